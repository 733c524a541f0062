"""Intake with duplicate search over very many cases, beside normal load.

Run: ``python -m benchmarks.duplicates [--cases 1000000] [--reports 600] [--json FILE]``, on a quiet
machine. It builds the demo county in a database of its own, multiplies its cases with the ways to
their reporters inside the database, scatters them over the county and starts the web server. One
client looks for like cases and then opens the case, over loopback, one report after the other,
while two others read (`benchmarks.beside`). The figure is what a resident waits: search and opening
together, 95th percentile. Building a million cases takes some three minutes and 3 GB. Where other
programs have work to do, ``chrt --rr 1 python -m benchmarks.duplicates`` lets this one go first
(root only); the table says how much of the processors they took all the same.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from benchmarks.beside import beside
from benchmarks.county import (
    Client,
    County,
    Figure,
    county,
    processes_of,
    served,
    settings,
    show,
)
from benchmarks.processes import busy_ms, cpu_ms

GOAL_MS = 30.0
WARM_UP = 40
#: What residents write about, by category.
_TEXTS = {
    "power.light": "路灯不亮，第{}根灯杆，晚上看不清路",
    "water.leak": "楼下水管漏水已经{}天了，没有人来修",
    "clean.rubbish": "垃圾桶{}天没有清运，异味很大",
    "order.stalls": "早市占道经营，{}个摊位，车过不去",
}
Places = list[tuple[float, float]]


def crowded(url: str) -> tuple[int, int, Places]:
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


class Reporter:
    """Reports as a resident does: looks for like cases, then opens one."""

    def __init__(self, token: str, places: Places, seed: int) -> None:
        self.client = Client(token)
        self.numbers: list[str] = []
        self._rng = random.Random(seed)
        self._places = places

    def body(self) -> dict[str, Any]:
        """Return a request near an open case."""
        rng = self._rng
        category, words = rng.choice(list(_TEXTS.items()))
        lon, lat = rng.choice(self._places)
        return {
            "text": words.format(rng.randrange(2, 90)),
            "category": category,
            "place": {"lon": lon + rng.uniform(-5e-4, 5e-4), "lat": lat + rng.uniform(-5e-4, 5e-4)},
        }

    def report(self) -> tuple[float, float, int]:
        """Report once; return the milliseconds of search and opening, and how many were offered."""
        body, key = self.body(), str(uuid4())
        start = time.perf_counter()
        offered = self.client.post("/api/v1/similar", body)["rows"]
        middle = time.perf_counter()
        opened = self.client.post("/api/v1/cases", body, **{"Idempotency-Key": key})
        end = time.perf_counter()
        self.numbers.append(opened["number"])
        return (middle - start) * 1000, (end - middle) * 1000, len(offered)


def own_cpu(token: str, places: Places, count: int, *roots: int) -> Figure:
    """Return what a report costs web and database together when nobody else asks."""
    reporter = Reporter(token, places, seed=11)
    before = cpu_ms(processes_of(*roots))
    for _ in range(count):
        reporter.report()
    spent = cpu_ms(processes_of(*roots)) - before
    return Figure("processor time of a report, web and database", spent / count, "ms")


def waited(token: str, places: Places, count: int, *roots: int) -> list[Figure]:
    """Return the figures of ``count`` reports, one after the other, beside the normal load."""
    reporter = Reporter(token, places, seed=7)
    for _ in range(WARM_UP):
        reporter.report()
    with beside(token, reporter.numbers[:20]) as load:
        ours = (*roots, load, os.getpid())
        begun, busy, own = time.perf_counter(), busy_ms(), cpu_ms(processes_of(*ours))
        rows = [reporter.report() for _ in range(count)]
        span = (time.perf_counter() - begun) * 1000 * (os.cpu_count() or 1)
        others = busy_ms() - busy - (cpu_ms(processes_of(*ours)) - own)
    searched, opened, offered = zip(*rows, strict=True)
    both = [one + other for one, other in zip(searched, opened, strict=True)]
    return [
        Figure("intake with duplicate search, 95th percentile", _p95(both), "ms", GOAL_MS),
        Figure("intake with duplicate search, median", statistics.median(both), "ms"),
        Figure("search alone, median", statistics.median(searched), "ms"),
        Figure("search alone, 95th percentile", _p95(searched), "ms"),
        Figure("opening alone, median", statistics.median(opened), "ms"),
        Figure("opening alone, 95th percentile", _p95(opened), "ms"),
        Figure("reports with an offer", 100 * sum(map(bool, offered)) / count, "%"),
        Figure("processors busy with other programs", max(0.0, 100 * others / span), "%"),
    ]


def _p95(values: list[float] | tuple[float, ...]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def figures(found: County, count: int) -> list[Figure]:
    """Serve a county and return the figures of ``count`` reports."""
    waiting, fullest, places = crowded(found.owner)
    with served(found) as web:
        return [
            *waited(found.token, places, count, web, found.database),
            own_cpu(found.token, places, 200, web, found.database),
            Figure("cases", found.cases, ""),
            Figure("open cases", waiting, ""),
            Figure("open cases in the fullest cell", fullest, ""),
        ]


def main() -> None:
    """Print the table and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--reports", type=int, default=600)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    settings()
    with county(options.cases, copied=("cases_contact",), scattered=True) as found:
        show(figures(found, options.reports), options.json)


if __name__ == "__main__":
    main()
