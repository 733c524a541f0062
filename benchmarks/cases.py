"""CPU per request of web and database with many cases, idle memory, weight of the first page.

Run: ``python -m benchmarks.cases [--cases 100000] [--json FILE]``. It builds the demo county in a
database of its own, multiplies its cases, starts the web server with two workers and the job
worker, and asks over loopback, one request after the other. CPU is the difference of the
processes' own counters divided by the number of requests.
"""

from __future__ import annotations

import argparse
import gzip
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from uuid import uuid4

import httpx

from benchmarks.county import BASE, County, Figure, county, processes_of, served, settings, show
from benchmarks.processes import children, cpu_ms, pss_mb
from onegrid.commands import services

_WARM, _ROUNDS = 64, 5


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
        """Return CPU milliseconds per request of web and database; every answer must be good.

        Every thread of the server has answered before; the median of five rounds is given, because
        other programs of the machine slow single rounds down.
        """
        for number in range(_WARM):
            ask(number)
        rounds = [self._round(what, count // _ROUNDS, ask) for _ in range(_ROUNDS)]
        return median(web for web, _ in rounds), median(database for _, database in rounds)

    def _round(
        self, what: str, count: int, ask: Callable[[int], httpx.Response]
    ) -> tuple[float, float]:
        server = children(self.web)
        before = cpu_ms(server), cpu_ms(self.backends())
        for number in range(count):
            answer = ask(number)
            assert answer.status_code in {200, 201}, (what, answer.status_code, answer.text[:300])
        after = cpu_ms(server), cpu_ms(self.backends())
        return (after[0] - before[0]) / count, (after[1] - before[1]) / count

    def backends(self) -> set[int]:
        """Return the database's processes."""
        return processes_of(*self.database)

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


def _run(cases: int) -> list[Figure]:
    with county(cases) as found, served(found) as web:
        idle = _idle_mb(found, web)
        bench = Bench(web, {found.database}, found.token)
        weight = _first_page_kb(bench.client)
        return [
            *_figures(bench),
            Figure("idle memory of web, worker, database", idle, "MB", 400),
            Figure("first page compressed, without the map", weight, "kB", 150),
        ]


def _idle_mb(found: County, web: int) -> float:
    """Return the memory of all processes; the worker ends, so that requests are measured alone."""
    jobs = subprocess.Popen(services.worker().command, env=found.environment)
    try:
        time.sleep(3)
        return pss_mb(processes_of(web, jobs.pid, found.database))
    finally:
        jobs.terminate()
        jobs.wait(20)


def _figures(bench: Bench) -> list[Figure]:
    filters = {"size": 100, "which": "all", "case_class": "major"}
    found: list[Figure] = []
    for what, count, ask, goals in (
        ("open a case by API", 500, bench.open_case, (6.0, 4.0)),
        ("list of 100 with filters by API", 50,
         lambda n: bench.client.get("/api/v1/cases", params=filters), (40.0, 0.0)),
        ("detail by API", 250,
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
    settings()
    show(_run(options.cases), options.json)


if __name__ == "__main__":
    main()
