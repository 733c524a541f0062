"""Run one method in this process: ``python -m benchmarks.peers METHOD IN.npz K LEAST MOST S OUT``.

Prints a line of JSON with wall and processor seconds of the method and the peak of memory (MB).
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.peers import METHODS, Job


def _spent() -> float:
    """Return processor seconds of this process and of those it has ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def peak_mb() -> float:
    """Return the most memory this process has held, in megabytes (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def main(arguments: list[str]) -> int:
    """Run a method; 3 says that its package is not installed."""
    name, instance, grids, least, most, seconds, out = arguments
    with np.load(instance) as file:
        job = Job(dict(file.items()), int(grids), float(least), float(most), float(seconds))
    started, spent = time.perf_counter(), _spent()
    try:
        labels = METHODS[name][1](job)
    except ModuleNotFoundError as missing:
        print(missing, file=sys.stderr)
        return 3
    wall = time.perf_counter() - started
    figures = {"wall": wall, "cpu": _spent() - spent, "memory": peak_mb()}
    np.savez_compressed(Path(out), labels=labels)
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
