"""Which county the current transaction belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from psycopg import sql

_tenant: ContextVar[int | None] = ContextVar("onegrid_tenant", default=None)


class NoTenant(RuntimeError):
    """Raised when tenant rows are touched outside `tenant_tx`."""


def current_tenant() -> int:
    """Return the county code of the running transaction.

    Raises:
        NoTenant: no `tenant_tx` is open in this context.
    """
    tenant_id = _tenant.get()
    if tenant_id is None:
        raise NoTenant("no county is set: open tenant_tx(county_code) first")
    return tenant_id


def tenant_or_none() -> int | None:
    """Return the county code of the running transaction, or None outside of one."""
    return _tenant.get()


def _set_local(tenant_id: int) -> None:
    """Tell PostgreSQL the county, for this transaction only.

    A statement and not the function set_config: only statements reach the workers of a distributed
    engine, and SET LOCAL ends with the transaction, so a pooled connection carries nothing over.
    """
    statement = sql.SQL("SET LOCAL app.tenant = {}").format(sql.Literal(str(int(tenant_id))))
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def tenant_tx(tenant_id: int) -> Iterator[None]:
    """Open one transaction in which exactly the rows of one county are visible.

    Args:
        tenant_id: GB/T 2260 county code, e.g. 370725.
    """
    outer = _tenant.get()
    if outer is not None and connection.in_atomic_block and outer != tenant_id:
        raise NoTenant(f"a transaction of county {outer} cannot turn into one of {tenant_id}")
    token = _tenant.set(tenant_id)
    try:
        with transaction.atomic():
            _set_local(tenant_id)
            yield
    finally:
        _tenant.reset(token)
