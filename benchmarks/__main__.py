"""Run every benchmark in a process of its own, one after the other: ``./run bench [NAME …]``."""

from __future__ import annotations

import subprocess
import sys

ALL = ("grid_at", "cases", "duplicates", "sweep", "export", "recovery", "hotline_storm")


def main() -> int:
    """Run the named benchmarks, or all; return how many failed to run."""
    names = sys.argv[1:] or list(ALL)
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    done = [
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False) for name in names
    ]
    return sum(one.returncode != 0 for one in done)


if __name__ == "__main__":
    sys.exit(main())
