"""Small reference data kept in memory per county for a few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from onegrid.common.tenancy.context import current_tenant

T = TypeVar("T")

_ALL: list[TenantCache[object]] = []


class TenantCache(Generic[T]):
    """Keep what `load` returns for a county; other processes see a change within `seconds`.

    Only for data whose staleness for a few seconds changes no promise (calendars, policies,
    categories, unit names), never for rights or personal data.
    """

    def __init__(self, load: Callable[[], T], *, seconds: float = 10.0) -> None:
        self._load = load
        self._seconds = seconds
        self._kept: dict[int, tuple[float, T]] = {}
        _ALL.append(self)  # type: ignore[arg-type]

    def get(self) -> T:
        """Return the data of the current county."""
        tenant_id = current_tenant()
        kept = self._kept.get(tenant_id)
        moment = time.monotonic()
        if kept is not None and moment - kept[0] < self._seconds:
            return kept[1]
        value = self._load()
        self._kept[tenant_id] = (moment, value)
        return value

    def clear(self) -> None:
        """Forget everything; actions that change the data call this."""
        self._kept.clear()


def clear_all() -> None:
    """Forget the reference data of every county (after an import or a rolled back transaction)."""
    for cache in _ALL:
        cache.clear()
