"""One runner per installation, and passing commands that find the running one's database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from onegrid.runtime import database
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.lock import Lock
from onegrid.runtime.postgres import Cluster


@pytest.fixture(autouse=True)
def no_database_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(database.URL, raising=False)
    monkeypatch.delenv(database.OWNER_URL, raising=False)


def test_the_second_is_told_where_the_first_is(tmp_path: Path) -> None:
    with Lock(tmp_path, purpose="serve") as first:
        first.tell(address="http://127.0.0.1:8000/")
        with pytest.raises(Refused) as refusal:
            Lock(tmp_path, purpose="serve").acquire()
    assert refusal.value.code == Exit.BUSY
    assert "http://127.0.0.1:8000/" in refusal.value.message
    assert str(os.getpid()) in refusal.value.message


def test_a_freed_lock_is_free(tmp_path: Path) -> None:
    Lock(tmp_path, purpose="one").acquire()
    first = Lock(tmp_path, purpose="two")
    first.release()
    assert first.try_acquire() is False or first.held


def test_a_killed_holder_blocks_nobody(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib\n"
        "from onegrid.runtime.lock import Lock\n"
        "lock = Lock(pathlib.Path(sys.argv[1]), purpose='serve')\n"
        "lock.acquire()\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", script, str(tmp_path)]
    lock = Lock(tmp_path, purpose="serve")
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert not lock.try_acquire()
        holder.kill()
    assert lock.try_acquire()
    lock.release()


def test_a_command_starts_the_database_and_stops_it_again(var: Path) -> None:
    with database.connected(var, purpose="createuser") as found:
        with psycopg.connect(found[database.URL]) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("onegrid_app",)
        with psycopg.connect(found[database.OWNER_URL]) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("onegrid_owner",)
        assert found["ONEGRID_VAR"] == str(var)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(found[database.URL])


def test_a_command_borrows_the_database_of_the_running_county(var: Path) -> None:
    with (
        Lock(var, purpose=database.SERVE) as lock,
        Cluster(var, lock=lock, durable=False) as running,
    ):
        lock.tell(urls=database.urls(running))
        with database.connected(var, purpose="createuser") as found:
            assert found[database.URL] == running.url()
        assert running.running()


def test_a_database_from_outside_is_left_to_its_operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(database.URL, "postgresql://db.example/onegrid")
    with database.connected(tmp_path, purpose="createuser") as found:
        assert found == {"ONEGRID_VAR": str(tmp_path)}
    assert list(tmp_path.iterdir()) == []
