"""How long a sweep takes to find and mark what is due among very many open clocks.

Run: ``python -m benchmarks.sweep [--clocks 1000000] [--due 1000] [--json FILE]``. It builds the
demo county in a database of its own, opens two cases through the actions, one with its response
time just over, copies the other one's open clocks until there are enough and the first one ``due``
times, and lets the sweep run as the worker does. The second sweep must find nothing to say.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from onegrid.commands import services
from onegrid.runtime.config import OWNER
from onegrid.runtime.postgres import Cluster

#: Open clocks of a case that was just reported: response, solution, legal limit.
PER_CASE = 3
_CHILDREN = ("cases_part", "cases_step", "cases_clock")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was found; times in seconds of the wall clock."""

    clocks: int
    due_cases: int
    due_clocks: int
    find: float
    sweep: float
    steps: int
    reminders: int
    again: float
    steps_again: int


def _prepared() -> None:
    """Make the tables and the demo county."""
    import django

    django.setup()
    from onegrid.commands.prepare import migrate
    from onegrid.demo.build import build
    from onegrid.locale.build import compile_messages

    compile_messages()
    migrate()
    build(full=False, progress=lambda *_: None)


def _opened(at: datetime) -> UUID:
    """Open a case at a moment through the actions."""
    from onegrid.accounts.viewer import Viewer
    from onegrid.cases import actions
    from onegrid.common.tenancy.context import tenant_tx
    from onegrid.demo.divisions import TENANT_ID
    from onegrid.grids.queries import areas

    with tenant_tx(TENANT_ID):
        grid = areas(level="grid", on=at)[0]
        receipt = actions.open_case(
            viewer=Viewer.anonymous(TENANT_ID),
            request=actions.Request(
                text="路灯不亮，晚上看不清路",
                place=actions.Place(address="东门", area_id=grid.id),
                category_code="power.light",
            ),
            now=at,
            key=uuid4(),
        )
    return receipt.case_id


def _copy(url: str, case_id: UUID, times: int) -> None:
    """Copy a case with its parts, steps and clocks, inside the database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE TEMP TABLE twin AS SELECT %s::uuid AS old, n, gen_random_uuid() AS new "
            "FROM generate_series(1, %s) AS n",
            [case_id, times],
        )
        connection.execute("ALTER TABLE cases_step DISABLE TRIGGER USER")
        for table in ("cases_case", *_CHILDREN):
            link = "id" if table == "cases_case" else "case_id"
            found = connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
            )
            columns = [str(row[0]) for row in found.fetchall()]
            connection.execute(
                sql.SQL(
                    "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} row "
                    "JOIN twin ON row.{link} = twin.old"
                ).format(
                    table=sql.Identifier(table),
                    columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                    values=sql.SQL(", ").join(_value(table, column) for column in columns),
                    link=sql.Identifier(link),
                )
            )
        connection.execute("ALTER TABLE cases_step ENABLE TRIGGER USER")
        connection.execute("DROP TABLE twin")


def _value(table: str, column: str) -> sql.Composable:
    if column == "id":
        return sql.SQL("twin.new" if table == "cases_case" else "gen_random_uuid()")
    if column == "case_id":
        return sql.SQL("twin.new")
    if column == "number":
        return sql.SQL("left(row.number, 20) || '-' || lpad(twin.n::text, 7, '0')")
    if column == "key":
        return sql.SQL("NULL")
    return sql.SQL("row.{}").format(sql.Identifier(column))


def _swept(now: datetime) -> tuple[int, float, float]:
    """Sweep as the worker does; return the steps, and the seconds of finding and of everything."""
    from onegrid.cases import actions
    from onegrid.common.tenancy.context import tenant_tx
    from onegrid.demo.divisions import TENANT_ID

    steps, finding, start = 0, 0.0, time.perf_counter()
    while True:
        looked = time.perf_counter()
        with tenant_tx(TENANT_ID):
            due = actions.due_case_ids(now=now)
        finding += time.perf_counter() - looked
        if not due:
            return steps, finding, time.perf_counter() - start
        with tenant_tx(TENANT_ID):
            steps += actions.mark_cases(case_ids=due, now=now)


def _run(clocks: int, due: int) -> Figures:
    scratch = tempfile.TemporaryDirectory(prefix="onegrid-bench-")
    with scratch as folder, Cluster(Path(folder)) as cluster:
        os.environ.update(
            services.environment(
                {
                    "ONEGRID_DATABASE_URL": cluster.url(),
                    "ONEGRID_DATABASE_OWNER_URL": cluster.url(OWNER),
                    "ONEGRID_VAR": folder,
                }
            )
        )
        _prepared()
        return _measured(cluster.url(OWNER), clocks, due)


def _measured(url: str, clocks: int, due: int) -> Figures:
    from django.utils import timezone

    morning = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0)
    now = morning + timedelta(days=1)
    _swept(now)
    late, fresh = _opened(now - timedelta(minutes=31)), _opened(now - timedelta(minutes=1))
    _copy(url, late, due - 1)
    _copy(url, fresh, clocks // PER_CASE - due)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        open_clocks, due_clocks, due_cases = _counted(connection, now)
    print(f"{open_clocks} open clocks, {due_clocks} of them due", file=sys.stderr)
    steps, find, sweep = _swept(now)
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM cases_reminder WHERE at = %s", [now])
        reminders = int(row.fetchone()[0])  # type: ignore[index]
    again, _, seconds = _swept(now)
    return Figures(
        open_clocks, due_cases, due_clocks, find, sweep, steps, reminders, seconds, again
    )


def _counted(connection: psycopg.Connection[tuple[int, ...]], now: datetime) -> tuple[int, ...]:
    found = connection.execute(
        "SELECT count(*) FILTER (WHERE ended_at IS NULL), "
        "count(*) FILTER (WHERE next_mark_at <= %s), "
        "count(DISTINCT case_id) FILTER (WHERE next_mark_at <= %s) FROM cases_clock",
        [now, now],
    ).fetchone()
    return found or (0, 0, 0)


def main() -> None:
    """Print the table and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clocks", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=1_000, help="cases with something due")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onegrid.conf.settings")
    found = _run(options.clocks, options.due)
    for name, value in asdict(found).items():
        print(
            f"{name:<12} {value:12.2f}" if isinstance(value, float) else f"{name:<12} {value:>12}"
        )
    print(f"goal: sweep <= 5 s; {'met' if found.sweep <= 5 else 'missed'}")
    if options.json:
        options.json.write_text(json.dumps(asdict(found), indent=1))


if __name__ == "__main__":
    main()
