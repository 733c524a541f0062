"""Turn a few hundred cases that went through the actions into very many, inside the database."""

from __future__ import annotations

import psycopg
from psycopg import sql

#: Tables that hang on a case, and their columns that must differ.
CHILDREN = ("cases_part", "cases_step", "cases_clock", "cases_verdict", "cases_contact")
#: How far copies are scattered, in degrees from end to end.
_SCATTER = 0.04
#: Where a scattered copy lies; its key of the index follows.
_PLACE: dict[str, sql.Composable] = {
    "building_id": sql.SQL("NULL"),
    "lon": sql.SQL("row.lon + twin.east"),
    "lat": sql.SQL("row.lat + twin.north"),
    "cell": sql.SQL(
        "CASE row.cell WHEN '' THEN '' ELSE split_part(row.cell, ':', 1) || ':' || "
        "floor((row.lon + twin.east) / 0.005)::int || ':' || "
        "floor((row.lat + twin.north) / 0.005)::int END"
    ),
}


def _columns(connection: psycopg.Connection[tuple[str]], table: str) -> list[str]:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
    )
    return [row[0] for row in rows.fetchall()]


def multiply(
    url: str, *, wanted: int, children: tuple[str, ...] = CHILDREN, scattered: bool = False
) -> int:
    """Copy every case with its parts, steps, clocks and verdicts until there are ``wanted``.

    Closed copies are spread over two earlier years; open ones keep their times, so that the queue
    is as long as ``wanted`` makes it.

    Args:
        url: libpq URL of the owner of the tables.
        children: tables that are copied along.
        scattered: whether each copy lies up to some 2 km from its original, in no building, so that
            the copies fill the county as real cases would.
    """
    with psycopg.connect(url) as connection:
        connection.execute("SELECT setseed(0.5)")
        row = connection.execute("SELECT count(*) FROM cases_case").fetchone()
        have = int(row[0]) if row else 0
        copies = -(-(wanted - have) // have)
        connection.execute(
            "CREATE TEMP TABLE twin AS SELECT id AS old, n, gen_random_uuid() AS new, "
            "CASE WHEN closed_at IS NULL THEN interval '0' ELSE n * interval '700 days' / %s END "
            "AS back, (random() - 0.5) * %s AS east, (random() - 0.5) * %s AS north "
            "FROM cases_case, generate_series(1, %s) AS n",
            [copies, _SCATTER * scattered, _SCATTER * scattered, copies],
        )
        connection.execute("ALTER TABLE cases_step DISABLE TRIGGER USER")
        _copy(connection, "cases_case", "id", _PLACE if scattered else {})
        for table in children:
            _copy(connection, table, "case_id", {})
        found = connection.execute("SELECT count(*) FROM cases_case").fetchone()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return int(found[0]) if found else 0


def _copy(
    connection: psycopg.Connection[tuple[str]],
    table: str,
    link: str,
    other: dict[str, sql.Composable],
) -> None:
    columns = _columns(connection, table)
    values = [other.get(column) or _value(table, column) for column in columns]
    connection.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} row JOIN twin ON row.{} = twin.old").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(values),
            sql.Identifier(table),
            sql.Identifier(link),
        )
    )


def _value(table: str, column: str) -> sql.Composable:
    if column == "id":
        return sql.SQL("twin.new" if table == "cases_case" else "gen_random_uuid()")
    if column == "case_id":
        return sql.SQL("twin.new")
    if column == "number":
        return sql.SQL("left(row.number, 20) || '-' || lpad(twin.n::text, 5, '0')")
    if column == "key":
        return sql.SQL("NULL")
    if column in {"opened_at", "closed_at", "changed_at", "due_at", "at", "started_at", "ended_at"}:
        return sql.SQL("row.{} - twin.back").format(sql.Identifier(column))
    return sql.SQL("row.{}").format(sql.Identifier(column))
