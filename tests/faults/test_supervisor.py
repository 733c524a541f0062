"""Processes killed by force: what was acknowledged stays, and the county serves again by itself."""

from __future__ import annotations

import http.client
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from onegrid.runtime import processes
from onegrid.runtime.exits import Exit
from onegrid.runtime.paths import ROOT
from onegrid.runtime.postgres import Cluster

#: Hangs are found, not slowness: the ten seconds of S53 are measured on a quiet machine.
PATIENCE = 60.0


@dataclass
class County:
    """A running tiny county: its supervisor, its folder and its port."""

    supervisor: subprocess.Popen[bytes]
    var: Path
    port: int

    def ask(self, method: str = "GET", path: str = "/") -> int | None:
        """Return the status of the answer, None without one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with suppress(OSError, http.client.HTTPException), closing(connection):
            connection.request(method, path)
            return connection.getresponse().status
        return None

    def serves(self) -> bool:
        return self.ask() == 200

    def database(self) -> list[int]:
        return processes.in_folder(self.var / "pg")

    def postmaster(self) -> int:
        return int((self.var / "pg" / "postmaster.pid").read_text().split()[0])

    def services(self, name: str) -> list[int]:
        """Return the processes of web or worker, known by their command line."""
        sign = b"granian" if name == "web" else b"sleep(3600)"
        return [
            pid
            for pid in processes.marked(str(self.var.resolve()))
            if sign in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]

    def everything(self) -> list[int]:
        return self.database() + processes.marked(str(self.var.resolve()))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(var: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.faults.tiny_county", str(var), str(port)]
    with (var / "said.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


@contextmanager
def running(var: Path) -> Iterator[County]:
    port = free_port()
    county = County(start(var, port), var, port)
    try:
        assert processes.wait_until(county.serves, PATIENCE), (var / "said.log").read_text()
        yield county
    finally:
        county.supervisor.kill()
        county.supervisor.wait()


@pytest.fixture
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="onegrid-"))
    folder.chmod(0o711)
    yield folder
    processes.sweep(lambda: processes.marked(str(folder.resolve())), grace=2.0)
    processes.sweep(lambda: processes.in_folder(folder / "pg"), grace=2.0)
    shutil.rmtree(folder)


def stored(var: Path) -> dict[str, int]:
    with Cluster(var) as cluster:
        rows = cluster.psql("SELECT key, tries FROM kept", database="onegrid").splitlines()
    return {key: int(tries) for key, _, tries in (row.partition("|") for row in rows)}


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_stop_everything_ends_cleanly(var: Path, order: signal.Signals) -> None:
    with running(var) as county:
        county.supervisor.send_signal(order)
        assert county.supervisor.wait(timeout=PATIENCE) == Exit.OK
        assert county.everything() == []
        assert "database system is shut down" in (var / "log" / "postgres.log").read_text()


def test_a_killed_supervisor_leaves_nothing_behind_and_the_next_one_serves(var: Path) -> None:
    with running(var) as county:
        assert county.ask("POST", "/before") == 200
        county.supervisor.kill()
        county.supervisor.wait()
        assert processes.wait_until(lambda: county.everything() == [], PATIENCE)
    with running(var) as again:
        assert again.ask("POST", "/after") == 200
    assert set(stored(var)) == {"before", "after"}


def test_a_start_right_after_a_kill_sweeps_what_still_runs(var: Path) -> None:
    with running(var) as county:
        before = county.everything()
        frozen = [county.postmaster(), *county.services("worker")]
        processes.send(frozen, signal.SIGSTOP)
        county.supervisor.kill()
        county.supervisor.wait()
        with running(var) as again:
            assert again.serves()
            assert not set(before) & set(again.everything())


def test_a_second_supervisor_is_refused_and_the_first_goes_on(var: Path) -> None:
    with running(var) as county:
        assert start(var, free_port()).wait(timeout=PATIENCE) == Exit.BUSY
        assert county.serves()


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_killed_service_comes_back_and_the_database_never_stops(var: Path, name: str) -> None:
    with running(var) as county:
        postmaster, killed = county.postmaster(), county.services(name)
        assert killed
        processes.send(killed, signal.SIGKILL)
        assert processes.wait_until(
            lambda: county.serves() and bool(set(county.services(name)) - set(killed)),
            PATIENCE,
        )
        assert county.postmaster() == postmaster


def test_a_database_killed_whole_or_in_part_comes_back(var: Path) -> None:
    parts: list[Callable[[County], list[int]]] = [
        lambda county: [county.postmaster()],
        lambda county: county.database(),
    ]
    with running(var) as county:
        for part in parts:
            before = county.postmaster()
            processes.send(part(county), signal.SIGKILL)
            assert processes.wait_until(
                lambda before=before: county.serves() and county.postmaster() != before,  # type: ignore[misc]
                PATIENCE,
            )


def test_s53_twenty_kills_under_load_lose_and_double_nothing(var: Path) -> None:
    rng = random.Random(53)
    acknowledged: list[str] = []
    over = threading.Event()

    with running(var) as county:

        def send(client: int) -> None:
            number = 0
            while not over.is_set():
                number += 1
                key = f"{client}-{number}"
                if county.ask("POST", f"/{key}") == 200:
                    acknowledged.append(key)
                else:
                    time.sleep(0.05)

        clients = [threading.Thread(target=send, args=(client,)) for client in range(3)]
        for client in clients:
            client.start()
        for turn in range(20):
            time.sleep(rng.uniform(0.05, 0.25))
            victims = (county.services("web"), county.services("worker"), county.database())[
                turn % 3
            ]
            processes.send([rng.choice(victims)] if turn % 2 else victims, signal.SIGKILL)
            assert processes.wait_until(county.serves, PATIENCE), turn
        over.set()
        for client in clients:
            client.join()
        county.supervisor.send_signal(signal.SIGTERM)
        county.supervisor.wait(timeout=PATIENCE)
    kept = stored(var)
    assert len(acknowledged) > 100
    assert set(acknowledged) <= set(kept)
    assert {key for key in acknowledged if kept[key] != 1} == set()


def test_a_served_request_runs_in_our_session_group_and_not_in_the_terminals(var: Path) -> None:
    with running(var) as county:
        own = os.getpgid(county.supervisor.pid)
        assert own not in {os.getpgid(pid) for pid in county.everything() if processes.alive(pid)}
