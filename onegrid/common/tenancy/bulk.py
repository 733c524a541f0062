"""Write many rows of one table in one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import connection
from psycopg import sql

from onegrid.common.tenancy.models import TenantModel


def insert_all(rows: Sequence[TenantModel]) -> None:
    """Insert new rows of one model, where `bulk_create` would cost too much.

    The rows go as one JSON value instead of one parameter for each value of each row. Defaults are
    those that the rows were made with; nothing is set on them afterwards.
    """
    if not rows:
        return
    meta = rows[0]._meta
    columns = {str(field.column): field.attname for field in meta.concrete_fields}
    records = [{name: getattr(row, attr) for name, attr in columns.items()} for row in rows]
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    statement = sql.SQL(
        "INSERT INTO {table} ({names}) "
        "SELECT {names} FROM json_populate_recordset(NULL::{table}, %s::json)"
    ).format(table=sql.Identifier(meta.db_table), names=names)
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(records, default=_plain)])


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
