"""The smallest web application with a database: keeps the key of each POST, once."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

_local = threading.local()


def _connection() -> psycopg.Connection[Any]:
    kept: psycopg.Connection[Any] | None = getattr(_local, "connection", None)
    if kept is None or kept.closed or kept.broken:
        kept = psycopg.connect(os.environ["ONEGRID_DATABASE_URL"], autocommit=True)
        _local.connection = kept
    return kept


def application(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    key = environ["PATH_INFO"].strip("/")
    try:
        if environ["REQUEST_METHOD"] == "POST":
            _connection().execute(
                "INSERT INTO kept VALUES (%s) "
                "ON CONFLICT (key) DO UPDATE SET tries = kept.tries + 1",
                [key],
            )
        else:
            _connection().execute("SELECT 1")
    except psycopg.Error as error:
        start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
        return [str(error).encode()]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
