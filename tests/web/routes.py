"""Writes `routes.csv` anew, for review like code: ``python -m tests.web.routes --write``."""

from __future__ import annotations

import os
import sys

import pytest

WRITE = "ONEGRID_WRITE_ROUTES"


def main() -> int:
    """Run the test of the table in writing mode."""
    if sys.argv[1:] != ["--write"]:
        sys.stderr.write("usage: python -m tests.web.routes --write\n")
        return 2
    os.environ[WRITE] = "1"
    return int(pytest.main(["tests/web/test_routes.py", "-k", "as_the_table_says"]))


if __name__ == "__main__":
    raise SystemExit(main())
