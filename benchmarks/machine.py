"""Walk far through the whole flow: ``python -m benchmarks.machine --steps 10000``."""

from __future__ import annotations

import argparse
import os
import sys

import pytest


def main() -> int:
    """Run the state machine of the tests with more steps; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000, help="steps tried in all")
    os.environ["ONEGRID_MACHINE_STEPS"] = str(parser.parse_args().steps)
    return int(pytest.main(["tests/flows/test_machine.py", "-q", "-s", "-p", "no:xdist"]))


if __name__ == "__main__":
    sys.exit(main())
