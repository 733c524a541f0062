"""Walk far through the whole flow: ``python -m benchmarks.machine --steps 10000``.

It ends when so many acts were done, and prints after each round how far it is; at the end how often
each step of the table was taken. A broken rule ends it with the way that led there.
"""

from __future__ import annotations

import argparse
import os
import sys

import pytest


def main() -> int:
    """Run the state machine of the tests until so many acts were done; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000, help="acts that are done in all")
    parser.add_argument("--first", type=int, default=1, help="number of the first round: a seed")
    options = parser.parse_args()
    os.environ["ONEGRID_MACHINE_STEPS"] = str(options.steps)
    os.environ["ONEGRID_MACHINE_FIRST"] = str(options.first)
    return int(pytest.main(["tests/flows/test_machine.py", "-q", "-s", "-p", "no:xdist"]))


if __name__ == "__main__":
    sys.exit(main())
