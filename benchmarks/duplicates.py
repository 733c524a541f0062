"""Intake with duplicate search over very many cases, beside normal load.

Run: ``python -m benchmarks.duplicates [--cases 1000000] [--json FILE]``. It builds the demo county
in a database of its own, multiplies its cases with the ways to their reporters inside the database,
spreads them over the county and starts the web server. One client looks for like cases and then
opens the case, over loopback, while two others list and read cases at a steady pace. The figure is
what a resident waits: search and opening together, 95th percentile.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg

from benchmarks.cases import BASE, PORT, Figure, _build, _wait
from benchmarks.multiply import multiply
from benchmarks.processes import children, cpu_ms
from onegrid.commands import services
from onegrid.runtime.config import OWNER
from onegrid.runtime.postgres import Cluster

GOAL_MS = 30.0
#: Requests per second of each of the two clients beside.
PACE = 5.0
#: What residents write about, by category.
_TEXTS = {
    "power.light": "路灯不亮，第{}根灯杆，晚上看不清路",
    "water.leak": "楼下水管漏水已经{}天了，没有人来修",
    "clean.rubbish": "垃圾桶{}天没有清运，异味很大",
    "order.stalls": "早市占道经营，{}个摊位，车过不去",
}


def spread(url: str) -> None:
    """Move the copies a little, so that they fill the county as real cases would.

    Each copy goes up to some 2 km from its original; its key of the index follows.
    """
    with psycopg.connect(url) as connection:
        connection.execute("SELECT setseed(0.5)")
        connection.execute(
            "UPDATE cases_case SET building_id = NULL, lon = moved.lon, lat = moved.lat, "
            "cell = CASE cell WHEN '' THEN '' ELSE split_part(cell, ':', 1) || ':' || "
            "floor(moved.lon / 0.005)::int || ':' || floor(moved.lat / 0.005)::int END "
            "FROM (SELECT id, lon + (random() - 0.5) * 0.04 AS lon, "
            "lat + (random() - 0.5) * 0.04 AS lat FROM cases_case "
            "WHERE lon IS NOT NULL AND length(number) > 22) AS moved "
            "WHERE cases_case.id = moved.id"
        )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) cases_case")


def _crowded(url: str) -> tuple[int, int, list[tuple[float, float]]]:
    """Return how many cases are open, how many the fullest cell holds, and places of open cases."""
    with psycopg.connect(url) as connection:
        held = connection.execute(
            "SELECT cell, count(*) FROM cases_case WHERE cell <> '' AND closed_at IS NULL "
            "GROUP BY cell ORDER BY 2 DESC"
        ).fetchall()
        places = connection.execute(
            "SELECT lon, lat FROM cases_case WHERE cell <> '' AND closed_at IS NULL "
            "ORDER BY md5(id::text) LIMIT 2000"
        ).fetchall()
    return sum(row[1] for row in held), held[0][1] if held else 0, places


class Client:
    """Asks the interface; every answer must be good."""

    def __init__(self, token: str) -> None:
        self.http = httpx.Client(
            base_url=BASE, headers={"Authorization": f"Bearer {token}"}, timeout=60
        )
        self.numbers: list[str] = []

    def body(self, rng: random.Random, places: list[tuple[float, float]]) -> dict[str, object]:
        """Return a request near an open case."""
        category, words = rng.choice(list(_TEXTS.items()))
        lon, lat = rng.choice(places)
        return {
            "text": words.format(rng.randrange(2, 90)),
            "category": category,
            "place": {"lon": lon + rng.uniform(-5e-4, 5e-4), "lat": lat + rng.uniform(-5e-4, 5e-4)},
        }

    def search(self, body: dict[str, object]) -> int:
        """Look for like cases and return how many are offered."""
        answer = self.http.post("/api/v1/similar", json=body)
        assert answer.status_code == 200, answer.text[:300]
        return len(answer.json()["rows"])

    def open(self, body: dict[str, object]) -> None:
        """Open the case."""
        headers = {"Idempotency-Key": str(uuid4())}
        answer = self.http.post("/api/v1/cases", json=body, headers=headers)
        assert answer.status_code == 201, answer.text[:300]
        self.numbers.append(answer.json()["number"])

    def read(self, path: str) -> None:
        """Read an address."""
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text[:300]


def _beside(token: str, stop: threading.Event, ask: str, numbers: list[str]) -> threading.Thread:
    """Start a client that reads at a steady pace; ``ask`` is an address or ``detail``."""

    def run() -> None:
        client, turn = Client(token), 0
        while not stop.wait(1.0 / PACE):
            turn += 1
            path = f"/api/v1/cases/{numbers[turn % len(numbers)]}" if ask == "detail" else ask
            client.read(path)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def own_cpu(
    token: str, places: list[tuple[float, float]], count: int, roots: tuple[int, ...]
) -> Figure:
    """Return what a report costs web and database together when nobody else asks."""
    rng, client = random.Random(11), Client(token)
    before = cpu_ms({pid for root in roots for pid in children(root)})
    for _ in range(count):
        body = client.body(rng, places)
        client.search(body)
        client.open(body)
    after = cpu_ms({pid for root in roots for pid in children(root)})
    what = "intake with duplicate search, processor time"
    return Figure(what, (after - before) / count, "ms", 0)


def measure(token: str, places: list[tuple[float, float]], count: int) -> list[Figure]:
    """Return the figures of ``count`` reports, one after the other, beside two reading clients."""
    rng, client = random.Random(7), Client(token)
    for _ in range(20):
        body = client.body(rng, places)
        client.search(body)
        client.open(body)
    stop = threading.Event()
    beside = [
        _beside(token, stop, ask, client.numbers[:20])
        for ask in ("/api/v1/cases?size=50&which=all", "detail")
    ]
    searched: list[float] = []
    opened: list[float] = []
    offered = 0
    for _ in range(count):
        body = client.body(rng, places)
        start = time.perf_counter()
        offered += client.search(body) > 0
        middle = time.perf_counter()
        client.open(body)
        searched.append((middle - start) * 1000)
        opened.append((time.perf_counter() - middle) * 1000)
    stop.set()
    for thread in beside:
        thread.join(10)
    both = [one + other for one, other in zip(searched, opened, strict=True)]
    return [
        Figure("intake with duplicate search, 95th percentile", _p95(both), "ms", GOAL_MS),
        Figure("intake with duplicate search, median", statistics.median(both), "ms", 0),
        Figure("search alone, 95th percentile", _p95(searched), "ms", 0),
        Figure("opening alone, 95th percentile", _p95(opened), "ms", 0),
        Figure("reports with an offer", 100 * offered / count, "%", 0),
    ]


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _run(cases: int, count: int) -> list[Figure]:
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
        owner = cluster.url(OWNER)
        total = multiply(owner, wanted=cases, children=("cases_contact",))
        spread(owner)
        waiting, fullest, places = _crowded(owner)
        print(f"{total} cases, {waiting} open, {fullest} in the fullest cell", file=sys.stderr)
        web = subprocess.Popen(services.web("127.0.0.1", PORT).command, env=environment)
        try:
            _wait(web)
            return [
                *measure(token, places, count),
                own_cpu(token, places, 200, (web.pid, cluster.process.pid)),
                Figure("cases", total, "", 0),
                Figure("open cases", waiting, "", 0),
                Figure("open cases in the fullest cell", fullest, "", 0),
            ]
        finally:
            web.terminate()
            web.wait(20)


def main() -> None:
    """Print the table and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--reports", type=int, default=600)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onegrid.conf.settings")
    figures = _run(options.cases, options.reports)
    width = max(len(figure.what) for figure in figures)
    for figure in figures:
        goal = f"goal {figure.goal:g}" if figure.goal else ""
        print(f"{figure.what:<{width}}  {figure.value:10.2f} {figure.unit:<3} {goal}")
    if options.json:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=1))


if __name__ == "__main__":
    main()
