"""How soon a demo county answers again after each kind of its processes was killed by force.

Run: ``python -m benchmarks.recovery [--times N] [--json FILE]`` in the environment of the tests, on
a quiet machine. It builds a demo county of its own in a temporary folder, on a free port of the
loopback address, kills one of its processes after the other by SIGKILL, and removes everything at
the end.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import children
from onegrid.runtime import processes
from onegrid.runtime.paths import ROOT

#: The county counts as back with the first of so many good answers in a row.
STREAK = 40
PAUSE_S = 0.05
PATIENCE_S = 60.0
BUILDING_S = 900.0
GOAL_S = 10.0


@dataclass
class County:
    """A running demo county: its supervisor, its folder and its port."""

    supervisor: subprocess.Popen[bytes]
    var: Path
    port: int

    def good(self) -> bool:
        """Ask for the first page, which reads the database; tell whether it came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with suppress(OSError, http.client.HTTPException), closing(connection):
            connection.request("GET", "/")
            return connection.getresponse().status == 200
        return False

    def back(self, since: float, seconds: float = PATIENCE_S) -> tuple[float, int]:
        """Return seconds until it answers again for good, and how many answers failed.

        Raises:
            SystemExit: it did not come back in time.
        """
        first, streak, failed = 0.0, 0, 0
        while streak < STREAK:
            asked = time.monotonic()
            if asked - since > seconds:
                said = (self.var / "said.log").read_text()[-2000:]
                raise SystemExit(f"no good answer within {seconds:.0f} s\n{said}")
            if self.good():
                first = first if streak else time.monotonic() - since
                streak += 1
            else:
                streak, failed = 0, failed + 1
            time.sleep(PAUSE_S)
        return first, failed

    def named(self, *signs: bytes) -> set[int]:
        """Return its processes whose command line holds all the signs."""
        mine = children(self.supervisor.pid) | set(processes.in_folder(self.var / "pg"))
        return {pid for pid in mine if all(sign in _command(pid) for sign in signs)}

    def web(self) -> int:
        """Return the web server, the parent of its workers."""
        found = self.named(b"granian")
        return next(pid for pid in found if _parent(pid) not in found)

    def web_worker(self) -> int:
        """Return one of the processes that answer requests."""
        master = self.web()
        return min(pid for pid in self.named(b"granian") if _parent(pid) == master)

    def postmaster(self) -> int:
        """Return the first process of the database."""
        return int((self.var / "pg" / "postmaster.pid").read_text().split()[0])


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _parent(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return 0


def _start(var: Path, port: int) -> County:
    environment = {**os.environ, "ONEGRID_VAR": str(var)}
    command = [sys.executable, "-m", "onegrid.cli", "demo", "--port", str(port)]
    with (var / "said.log").open("ab") as log:
        started = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    return County(started, var, port)


@contextmanager
def _folder() -> Iterator[Path]:
    """Make a folder; end what is left of the county in it and remove it."""
    folder = Path(tempfile.mkdtemp(prefix="onegrid-recovery-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        processes.sweep(lambda: processes.marked(str(folder.resolve())), grace=5.0)
        processes.sweep(lambda: processes.in_folder(folder / "pg"), grace=5.0)
        shutil.rmtree(folder.joinpath("pg").resolve(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    """Return a free port whose next one, the demo phone's, is free too."""
    while True:
        with socket.socket() as probe, socket.socket() as following:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            with suppress(OSError):
                following.bind(("127.0.0.1", port + 1))
                return port


#: what is killed, and how it is found
VICTIMS: tuple[tuple[str, Callable[[County], int]], ...] = (
    ("web worker", County.web_worker),
    ("web server", County.web),
    ("job worker", lambda county: min(county.named(b"onegrid.cli", b"work"))),
    ("one database connection", lambda county: min(county.named(b"postgres: onegrid_app"))),
    ("database", County.postmaster),
)


def _kills(county: County, times: int) -> Iterator[dict[str, Any]]:
    for name, find in VICTIMS:
        for _ in range(times):
            pid = find(county)
            begun = time.monotonic()
            os.kill(pid, signal.SIGKILL)
            yield _row(f"{name} killed", *county.back(begun))


def _row(what: str, seconds: float, failed: int) -> dict[str, Any]:
    return {"what": what, "seconds": round(seconds, 2), "failed": failed}


def _measure(var: Path, times: int) -> Iterator[dict[str, Any]]:
    port = _free_port()
    begun = time.monotonic()
    county = _start(var, port)
    yield _row("first start, builds the county", *county.back(begun, BUILDING_S))
    for _ in range(times):
        county.supervisor.send_signal(signal.SIGINT)
        county.supervisor.wait(timeout=PATIENCE_S)
        begun = time.monotonic()
        county = _start(var, port)
        yield _row("started again after Ctrl-C", *county.back(begun))
    yield from _kills(county, times)
    for _ in range(times):
        county.supervisor.kill()
        county.supervisor.wait()
        begun = time.monotonic()
        county = _start(var, port)
        yield _row("supervisor killed, started again", *county.back(begun))
    county.supervisor.send_signal(signal.SIGINT)
    county.supervisor.wait(timeout=PATIENCE_S)


def main() -> None:
    """Print the table, the slowest of each kind, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--times", type=int, default=3, help="how often each is killed")
    given = parser.parse_args()
    target = given.json
    rows: list[dict[str, Any]] = []
    with _folder() as var:
        for row in _measure(var, given.times):
            print(f"{row['what']:<36}{row['seconds']:>8.2f} s{row['failed']:>6} failed", flush=True)
            rows.append(row)
    kills = [row["seconds"] for row in rows if "killed" in row["what"]]
    print(f"slowest after a kill: {max(kills):.2f} s (goal {GOAL_S:.0f} s)")
    if target is not None:
        target.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
