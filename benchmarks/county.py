"""A demo county for a benchmark: in a database of its own, multiplied, served over loopback."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.multiply import CHILDREN, multiply
from benchmarks.processes import children
from onegrid.commands import services
from onegrid.runtime.config import OWNER
from onegrid.runtime.postgres import Cluster

HOST, PORT = "127.0.0.1", 8719
BASE = f"http://{HOST}:{PORT}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; ``goal`` 0 means that none was set."""

    what: str
    value: float
    unit: str
    goal: float = 0

    @property
    def verdict(self) -> str:
        """Return what the value says of its goal, empty without one."""
        if not self.goal:
            return ""
        return f"goal {self.goal:g}, {'met' if self.value <= self.goal else 'missed'}"


@dataclass(frozen=True, slots=True)
class County:
    """A county that is ready to be served.

    Attributes:
        owner: libpq URL of the owner of the tables.
        database: the first process of the database.
        token: of a dispatcher, for the interface.
        cases: how many it has.
    """

    environment: dict[str, str]
    owner: str
    database: int
    token: str
    cases: int


@contextmanager
def county(
    cases: int, *, copied: tuple[str, ...] = CHILDREN, scattered: bool = False
) -> Iterator[County]:
    """Build a county with so many cases in a temporary folder, and remove it at the end.

    Args:
        copied: tables that are multiplied with the cases.
        scattered: see `multiply`.
    """
    scratch = tempfile.TemporaryDirectory(prefix="onegrid-bench-")
    with scratch as folder, Cluster(Path(folder)) as cluster:
        assert cluster.process is not None
        environment = services.environment(
            {
                "ONEGRID_DATABASE_URL": cluster.url(),
                "ONEGRID_DATABASE_OWNER_URL": cluster.url(OWNER),
                "ONEGRID_VAR": folder,
                "ONEGRID_STAFF_MFA": "0",
                "ONEGRID_API_OPEN_PER_MINUTE": "0",
            }
        )
        token, owner = _build(environment), cluster.url(OWNER)
        total = multiply(owner, wanted=cases, children=copied, scattered=scattered)
        print(f"{total} cases", file=sys.stderr)
        yield County(environment, owner, cluster.process.pid, token, total)


@contextmanager
def served(county: County) -> Iterator[int]:
    """Serve a county with two web processes; give the first process of the server."""
    web = subprocess.Popen(services.web(HOST, PORT).command, env=county.environment)
    try:
        _wait(web)
        yield web.pid
    finally:
        web.terminate()
        web.wait(20)


def processes_of(*roots: int) -> set[int]:
    """Return some processes and all below them."""
    return {pid for root in roots for pid in children(root)}


def _build(environment: dict[str, str]) -> str:
    script = (
        "import django; django.setup();"
        "from onegrid.commands.prepare import migrate, static;"
        "from onegrid.locale.build import compile_messages;"
        "compile_messages(); static(); migrate();"
        "from onegrid.demo.build import build; build(full=False, progress=lambda *a: None);"
        "from benchmarks.county import print_token; print_token()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.splitlines()[-1]


def print_token() -> None:
    """Print a token of the demo's dispatcher (runs inside Django)."""
    from django.utils import timezone

    from onegrid.accounts.actions import create_token
    from onegrid.accounts.queries import viewer_by_id
    from onegrid.accounts.queries.admin import accounts
    from onegrid.accounts.terms import Role, ScopeLevel, TokenScope
    from onegrid.accounts.viewer import Grant, Viewer
    from onegrid.common.tenancy.context import tenant_tx
    from onegrid.demo.divisions import TENANT_ID

    now = timezone.now()
    admin = Viewer(
        user_id=uuid4(), tenant_id=TENANT_ID, grants=(Grant(Role.SYSTEM_ADMIN, ScopeLevel.COUNTY),)
    )
    with tenant_tx(TENANT_ID):
        rows, _ = accounts(admin, search="diaodu", page=1)
        row = next(row for row in rows if row.username == "diaodu")
        made = create_token(
            viewer=viewer_by_id(user_id=row.id, now=now),
            label="benchmark",
            scopes=[scope.value for scope in TokenScope],
            expires_at=now + timedelta(days=1),
            now=now,
        )
    print(made.secret)


def _wait(process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the web server stopped"
        try:
            Client("").get("/healthz")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the web server does not answer")


class Client:
    """Asks over one connection that is kept; every answer must be good."""

    def __init__(self, token: str) -> None:
        self._connection = http.client.HTTPConnection(HOST, PORT, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str) -> bytes:
        """Return the body of an address."""
        return self._answer("GET", path, None, {})

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        """Send a body as JSON and return the answer's."""
        more = {"Content-Type": "application/json", **headers}
        return json.loads(self._answer("POST", path, json.dumps(body).encode(), more))

    def _answer(self, method: str, path: str, body: bytes | None, more: dict[str, str]) -> bytes:
        self._connection.request(method, path, body, {**self._headers, **more})
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status in {200, 201}, (path, answer.status, content[:300])
        return content


def show(figures: Sequence[Figure], target: Path | None) -> None:
    """Print the table and write the figures as JSON if a file is given."""
    width = max(len(figure.what) for figure in figures)
    for figure in figures:
        print(f"{figure.what:<{width}}  {figure.value:10.2f} {figure.unit:<7} {figure.verdict}")
    if target is not None:
        target.write_text(json.dumps([asdict(figure) for figure in figures], indent=1))


def settings() -> None:
    """Name the settings to everything that is started from here."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onegrid.conf.settings")
