"""How long it takes to find the grid of a point, in a process that knows the plan.

Run: ``python -m benchmarks.grid_at [--json FILE]`` in the environment of the tests; it starts a
database of its own, adopts the invented town and asks for 20,000 points spread over it.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import tests.database  # noqa: F401  (starts a throw-away database and sets the environment)

COUNTY, POINTS = 370725, 20_000
GOAL_US = 20.0


def _prepare() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onegrid.conf.settings")
    django.setup()
    from onegrid.commands.prepare import migrate

    migrate()


def _measure(name: str, ask: Any, points: Any, on: datetime) -> dict[str, Any]:
    """Return microseconds of CPU per call, the best of three rounds."""
    rounds = []
    for _ in range(3):
        begun = time.process_time()
        for lon, lat in points:
            ask(tenant_id=COUNTY, lon=lon, lat=lat, on=on)
        rounds.append((time.process_time() - begun) / len(points) * 1e6)
    best = round(min(rounds), 2)
    return {"call": name, "cpu_us": best, "goal_us": GOAL_US, "points": len(points)}


def main() -> None:
    """Print the table and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    target = parser.parse_args().json
    _prepare()
    import numpy as np

    from onegrid.common.tenancy.context import tenant_tx
    from onegrid.demo.adopt import adopt_town
    from onegrid.demo.town import build_town
    from onegrid.grids import queries

    now = datetime(2026, 3, 2, 1, tzinfo=UTC)
    rng = np.random.default_rng(COUNTY)
    points = [(float(x), float(y)) for x, y in rng.normal((118.83, 36.70), 0.008, (POINTS, 2))]
    with tenant_tx(COUNTY):
        town = build_town(rng)
        adopt_town(town=town, now=now, since=now - timedelta(1), progress=lambda *_: None)
        queries.plan_version()
        rows = [
            _measure("grid_at", queries.grid_at, points, now),
            _measure("place_of", queries.place_of, points, now),
        ]
    for row in rows:
        print(f"{row['call']:<10} {row['cpu_us']:>8.2f} us of CPU   goal {row['goal_us']:.0f} us")
    if target:
        target.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
