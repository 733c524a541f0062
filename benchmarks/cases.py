"""CPU per request of web and database with many cases, idle memory, weight of the first page.

Run: ``python -m benchmarks.cases [--cases 100000] [--json FILE]``. It builds the demo county in a
database of its own, multiplies its cases, starts the web server with two workers and the job
worker, and asks over loopback, one request after the other. CPU is the difference of the
processes' own counters divided by the number of requests.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx

from benchmarks.multiply import multiply
from benchmarks.processes import children, cpu_ms, pss_mb
from onegrid.commands import services
from onegrid.runtime.config import OWNER
from onegrid.runtime.postgres import Cluster

PORT = 8719
BASE = f"http://127.0.0.1:{PORT}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; ``goal`` 0 means that none was set."""

    what: str
    value: float
    unit: str
    goal: float


def _build(environment: dict[str, str]) -> dict[str, str]:
    script = (
        "import django; django.setup();"
        "from onegrid.commands.prepare import migrate, static;"
        "from onegrid.locale.build import compile_messages;"
        "compile_messages(); static(); migrate();"
        "from onegrid.demo.build import build; build(full=False, progress=lambda *a: None);"
        "from benchmarks.cases import tokens; tokens()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def tokens() -> None:
    """Print a token of a dispatcher (runs inside Django)."""
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
        viewer = viewer_by_id(user_id=row.id, now=now)
        made = create_token(
            viewer=viewer,
            label="benchmark",
            scopes=[scope.value for scope in TokenScope],
            expires_at=now + timedelta(days=1),
            now=now,
        )
    print(json.dumps({"token": made.secret}))


class Bench:
    """Measures requests against the running server."""

    def __init__(self, web: int, database: set[int], token: str) -> None:
        self.web, self.database = web, database
        #: copies of cases have no check digit; these were opened here
        self.numbers: list[str] = []
        self.client = httpx.Client(
            base_url=BASE, headers={"Authorization": f"Bearer {token}"}, timeout=60
        )

    def measure(
        self, what: str, count: int, ask: Callable[[int], httpx.Response]
    ) -> tuple[float, float]:
        """Return CPU milliseconds per request of web and database; every answer must be good."""
        for number in range(8):
            ask(number)
        server = children(self.web)
        before = cpu_ms(server), cpu_ms(self.backends())
        for number in range(count):
            answer = ask(number)
            assert answer.status_code in {200, 201}, (what, answer.status_code, answer.text[:300])
        after = cpu_ms(server), cpu_ms(self.backends())
        return (after[0] - before[0]) / count, (after[1] - before[1]) / count

    def backends(self) -> set[int]:
        """Return the database's processes."""
        return {pid for root in self.database for pid in children(root)}

    def open_case(self, number: int) -> httpx.Response:
        body = {
            "text": f"路灯不亮，第{number}根灯杆，晚上看不清路",
            "category": "power.light",
            "place": {"lon": 118.83 + (number % 50) * 1e-4, "lat": 36.70},
        }
        answer = self.client.post(
            "/api/v1/cases", json=body, headers={"Idempotency-Key": str(uuid4())}
        )
        self.numbers.append(answer.json()["number"])
        return answer

    def detail(self, number: int) -> httpx.Response:
        """Read one of the cases opened before."""
        return self.client.get(f"/api/v1/cases/{self.numbers[number % len(self.numbers)]}")


def _first_page_kb(client: httpx.Client) -> float:
    """Return the compressed weight of the home page, its styles and scripts, without the map."""
    html = client.get("/", headers={"Accept-Encoding": "identity"}).text
    total = len(gzip.compress(html.encode()))
    for link in dict.fromkeys(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg))"', html)):
        if "maplibre" in link or "/map" in link:
            continue
        with client.stream("GET", link, headers={"Accept-Encoding": "br, gzip"}) as answer:
            total += sum(len(part) for part in answer.iter_raw())
    return total / 1000


def _wait(process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the web server stopped"
        try:
            httpx.get(f"{BASE}/healthz", timeout=2)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the web server does not answer")


def _run(cases: int) -> list[Figure]:
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
        token = _build(environment)["token"]
        total = multiply(cluster.url(OWNER), wanted=cases)
        print(f"{total} cases", file=sys.stderr)
        web = subprocess.Popen(services.web("127.0.0.1", PORT).command, env=environment)
        jobs = subprocess.Popen(services.worker().command, env=environment)
        try:
            _wait(web)
            time.sleep(3)
            idle = pss_mb(children(web.pid) | children(jobs.pid) | children(cluster.process.pid))
            bench = Bench(web.pid, {cluster.process.pid}, token)
            weight = _first_page_kb(bench.client)
            return [
                *_figures(bench),
                Figure("idle memory of web, worker, database", idle, "MB", 400),
                Figure("first page compressed, without the map", weight, "kB", 150),
            ]
        finally:
            for process in (web, jobs):
                process.terminate()
                process.wait(20)


def _figures(bench: Bench) -> list[Figure]:
    filters = {"size": 100, "which": "all", "case_class": "major"}
    found: list[Figure] = []
    for what, count, ask, goals in (
        ("open a case by API", 300, bench.open_case, (6.0, 4.0)),
        ("list of 100 with filters by API", 60,
         lambda n: bench.client.get("/api/v1/cases", params=filters), (40.0, 0.0)),
        ("detail by API", 150,
         bench.detail, (10.0, 0.0)),
    ):  # fmt: skip
        web, database = bench.measure(what, count, ask)
        found.append(Figure(f"{what}: web", web, "ms CPU", goals[0]))
        found.append(Figure(f"{what}: database", database, "ms CPU", goals[1]))
    return found


def main() -> None:
    """Print the table and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onegrid.conf.settings")
    figures = _run(options.cases)
    width = max(len(figure.what) for figure in figures)
    for figure in figures:
        goal = f"goal {figure.goal:g}" if figure.goal else ""
        print(f"{figure.what:<{width}}  {figure.value:8.2f} {figure.unit:<7} {goal}")
    if options.json:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=1))


if __name__ == "__main__":
    main()
