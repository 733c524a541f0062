"""PostgreSQL backend: least privilege at run time, composite keys and policies in migrations."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.postgresql import base

from onegrid.common.tenancy.backend.schema import SchemaEditor

APP_ROLE = "onegrid_app"


class _Mode:
    """Whether connections belong to the owner: set for commands that change tables only."""

    owner = os.environ.get("ONEGRID_AS_OWNER") == "1"


_mode = _Mode()


@contextmanager
def as_owner() -> Iterator[None]:
    """Work as the owner of the tables (migrations, new databases); close the connection after.

    Row-level security does not bind a superuser owner: never serve a request in here.
    """
    before = _mode.owner
    _close_all()
    _mode.owner = True
    try:
        yield
    finally:
        _close_all()
        _mode.owner = before


def _close_all() -> None:
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes the non-owner role on every connection, unless `as_owner` is active."""

    SchemaEditorClass = SchemaEditor

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        if _mode.owner:
            params.update({k: v for k, v in settings.DATABASE_OWNER.items() if v})
        return params

    def is_usable(self) -> bool:
        """Tell whether the idle connection still stands, without a statement.

        A server that ends a connection says so or hangs up: either makes the idle socket readable.
        """
        if self.connection is None or self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN | select.POLLRDHUP)
        return not waiting.poll(0)

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if not _mode.owner:
            with self.cursor() as cursor:
                cursor.execute(f"SET ROLE {APP_ROLE}")
