"""A running Onegrid on a database of its own, with the settings of a real one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from onegrid.runtime.processes import spawn

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60


@dataclass(frozen=True)
class Site:
    """What tests know of the running county.

    Attributes:
        logins: user name, password and secret of the authenticator, by role.
        cases: case numbers by state.
        environment: of its processes, for further ones.
    """

    url: str
    database: str
    environment: dict[str, str]
    logins: dict[str, dict[str, str]]
    cases: dict[str, str]

    def newest_code(self, phone: str) -> str:
        """Return the sign-in code that was queued last for a number."""
        rows = self._outbox("params->>'code'", "recipient = %s AND template = 'login_code'", phone)
        assert rows, "no code was sent"
        return rows[-1]

    def told(self, number: str) -> list[str]:
        """Return which notices were queued for the reporter of a case, in their order."""
        return self._outbox("template", "params->>'number' = %s", number)

    def _outbox(self, column: str, condition: str, value: str) -> list[str]:
        query = f"SELECT {column} FROM notices_outbox WHERE {condition} ORDER BY at, id"
        with psycopg.connect(self.database) as connection:
            connection.execute("SET LOCAL app.tenant = '370725'")
            return [row[0] for row in connection.execute(query, (value,))]  # type: ignore[call-overload]


@contextmanager
def running_site(name: str) -> Iterator[Site]:
    """Build the county in database ``name`` and serve it; everything is gone afterwards."""
    owner = os.environ.get("ONEGRID_DATABASE_OWNER_URL") or os.environ["ONEGRID_DATABASE_URL"]
    var = Path(tempfile.mkdtemp(prefix="onegrid-browser-"))
    with _database(owner, name):
        environment = _environment(name, var)
        told = _stage(environment)
        port = _free_port()
        process = _serve(environment, port, var)
        try:
            _await(port, process, var)
            yield Site(f"http://127.0.0.1:{port}", _named(owner, name), environment, **told)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            shutil.rmtree(var, ignore_errors=True)


@contextmanager
def _database(owner: str, name: str) -> Iterator[None]:
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(drop)  # type: ignore[call-overload]
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    yield
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(drop)  # type: ignore[call-overload]


def _named(url: str, database: str) -> str:
    return make_conninfo(url, dbname=database)


def _environment(name: str, var: Path) -> dict[str, str]:
    urls = {
        key: _named(os.environ[key], name)
        for key in ("ONEGRID_DATABASE_URL", "ONEGRID_DATABASE_OWNER_URL")
        if os.environ.get(key)
    }
    return {
        **os.environ,
        **urls,
        "ONEGRID_VAR": str(var),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(":"),
        "DJANGO_SETTINGS_MODULE": "onegrid.conf.settings",
    }


def _stage(environment: dict[str, str]) -> dict[str, dict[str, str]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.stage"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    told: dict[str, dict[str, str]] = json.loads(done.stdout.splitlines()[-1])
    return told


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(environment: dict[str, str], port: int, var: Path) -> subprocess.Popen[bytes]:
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--blocking-threads", "4", "--no-access-log", "--log-level", "warning"),
        "onegrid.conf.wsgi:application",
    ]
    with (var / "web.log").open("ab") as log:
        return spawn(
            command, environment=environment, on_orphan=signal.SIGTERM, log=log, folder=ROOT
        )


def _await(port: int, process: subprocess.Popen[bytes], var: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=20):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError("the server does not answer:\n" + (var / "web.log").read_text()[-4000:])
