"""Rows built once in a process and put back in a moment for every later test.

Building the small county through the product's own actions takes most of a second, and two
thousand tests begin with it. What it writes is read back as JSON once, inside the transaction of
the first test; later tests insert the same rows, one statement for each table.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from graphlib import TopologicalSorter
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.db import connection

from onegrid.common.tenancy.context import current_tenant

T = TypeVar("T")
Rows = dict[str, dict[str, Any]]


class Snapshot(Generic[T]):
    """Keeps, by county and key, what a function returned and the rows that it wrote."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, object], tuple[T, list[tuple[str, str]]]] = {}

    def get(self, key: object, build: Callable[[], T]) -> T:
        """Return what ``build`` returns; its rows are in the database of this transaction."""
        name = (current_tenant(), key)
        if name not in self._kept:
            before = _rows()
            made = build()
            after = _rows()
            self._kept[name] = (deepcopy(made), _written(before, after))
            return made
        made, statements = self._kept[name]
        with connection.cursor() as cursor:
            for statement, rows in statements:
                cursor.execute(statement, [rows])
        return deepcopy(made)


def _tables() -> list[str]:
    """Return the tables of the product, each after those that it refers to."""
    ours = {
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith("onegrid.")
    }
    order: TopologicalSorter[str] = TopologicalSorter({table: () for table in sorted(ours)})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid <> confrelid"
        )
        for table, needed in cursor.fetchall():
            if {table, needed} <= ours:
                order.add(table, needed)
    return list(order.static_order())


def _rows() -> Rows:
    """Return every row of every table, by the text of its JSON."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
            found[table] = {text: json.loads(text) for (text,) in cursor.fetchall()}
    return found


def _written(before: Rows, after: Rows) -> list[tuple[str, str]]:
    """Return the statements that write the new rows, with their rows.

    Raises:
        AssertionError: rows that stood before were changed or removed; they could not be put back.
    """
    statements = []
    for table, rows in after.items():
        assert before[table].keys() <= rows.keys(), f"building has changed rows of {table}"
        new = [row for text, row in rows.items() if text not in before[table]]
        if new:
            columns = ", ".join(f'"{name}"' for name in new[0])
            statement = (
                f"INSERT INTO {table} ({columns}) SELECT {columns}"
                f" FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
            )
            statements.append((statement, json.dumps(new, ensure_ascii=False)))
    return statements
