"""1,000 orders of the hotline with 20 % faults, both sides killed three times: are the books equal?

Run: ``python -m benchmarks.hotline_storm [--orders 1000] [--json FILE]``. It makes a database of
its own, runs web server, worker and the hotline's twin, and removes everything at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.storm import Storm, county_book, differences, make_county
from onegrid.runtime.config import OWNER
from onegrid.runtime.postgres import Cluster


def main() -> int:
    """Run the storm; return 0 when the books of both sides are equal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    var = Path(tempfile.mkdtemp(prefix="onegrid-storm-"))
    var.chmod(0o711)
    try:
        with Cluster(var, durable=False) as cluster:
            return _storm(cluster, var, options.orders, options.json)
    finally:
        shutil.rmtree(var, ignore_errors=True)


def _storm(cluster: Cluster, var: Path, orders: int, target: Path | None) -> int:
    cluster.create_roles_and_database()
    environment = {
        "ONEGRID_DATABASE_URL": cluster.url(),
        "ONEGRID_DATABASE_OWNER_URL": cluster.url(OWNER),
        "ONEGRID_VAR": str(var),
        "ONEGRID_SECRET_KEY": "only-for-the-storm-" + "x" * 40,
        "DJANGO_SETTINGS_MODULE": "onegrid.conf.settings",
    }
    os.environ.update(environment)
    (var / "static").mkdir()
    storm = Storm(var, environment, orders, patience=1800.0)
    _prepare(storm)
    try:
        found = storm.run(county_book)
    finally:
        storm.stop()
    wrong = differences(found, orders)
    row = {
        "orders": orders,
        "messages": found["county"]["messages"],
        "faults": found["faults"],
        "kills of both sides": 3,
        "ended by themselves": sum(found["restarts"].values()),
        "seconds": round(found["seconds"], 1),
        "differences": len(wrong),
    }
    print("\n".join(f"{name:>20}  {value}" for name, value in row.items()))
    print("\n".join(wrong[:20]))
    if target:
        target.write_text(json.dumps({**row, "wrong": wrong}, ensure_ascii=False, indent=1))
    return 1 if wrong else 0


def _prepare(storm: Storm) -> None:
    import django
    from django.utils import timezone

    django.setup()
    from onegrid.commands.prepare import migrate

    migrate()
    make_county(timezone.now(), storm.hotline)


if __name__ == "__main__":
    sys.exit(main())
