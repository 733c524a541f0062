"""The normal load beside a measurement: ``python -m benchmarks.beside NUMBER …``, until terminated.

Two clients of a dispatcher, each with `PACE` requests per second: one lists all
cases, one reads the cases named. Ten requests a second are 36,000 an hour, more than the staff of a
county ask for. It is a process of its own, so that it does not slow the client that measures.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle

from benchmarks.county import Client

#: Requests per second of each of the two clients.
PACE = 5.0
_TOKEN = "BENCHMARK_TOKEN"  # the name of a variable


@contextmanager
def beside(token: str, numbers: Sequence[str]) -> Iterator[int]:
    """Let the load run; give its process.

    Raises:
        RuntimeError: one of its requests had no good answer.
    """
    load = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.beside", *numbers], env={**os.environ, _TOKEN: token}
    )
    try:
        time.sleep(1.0)
        yield load.pid
        if load.poll() is not None:
            raise RuntimeError("the load beside has ended before the measurement")
    finally:
        load.terminate()
        load.wait(20)


def _ask(paths: Sequence[str]) -> None:
    client = Client(os.environ[_TOKEN])
    try:
        for path in cycle(paths):
            client.get(path)
            time.sleep(1.0 / PACE)
    finally:
        os._exit(1)


def main() -> None:
    """Ask until terminated; end with an error at the first bad answer."""
    details = [f"/api/v1/cases/{number}" for number in sys.argv[1:]]
    for paths in (["/api/v1/cases?size=50&which=all"], details):
        threading.Thread(target=_ask, args=[paths]).start()


if __name__ == "__main__":
    main()
