"""Read web hooks and what was told to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Forbidden
from onegrid.common.tenant_cache import TenantCache
from onegrid.exchange.models import HookCall, HookTarget
from onegrid.exchange.terms import HookEvent

_MOST = 100


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A web hook without its secret."""

    id: UUID
    url: str
    events: tuple[str, ...]
    labels: tuple[str, ...]
    is_active: bool
    created_at: datetime
    failures: int
    given_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallRow:
    """One event told to one web hook; it waits while neither settled nor failed."""

    id: UUID
    url: str
    event: str
    at: datetime
    attempts: int
    status: int | None
    error: str
    waits: bool


def targets(viewer: Viewer) -> tuple[TargetRow, ...]:
    """Return the web hooks of the county.

    Raises:
        Forbidden: the viewer is not a system administrator.
    """
    _check_admin(viewer)
    return tuple(
        TargetRow(
            row.id,
            row.url,
            tuple(row.events),
            tuple(str(HookEvent(event).label) for event in row.events),
            row.is_active,
            row.created_at,
            row.failures,
            row.given_up_at,
        )
        for row in HookTarget.objects.order_by("created_at")
    )


def calls(viewer: Viewer) -> tuple[CallRow, ...]:
    """Return the newest calls, at most 100.

    Raises:
        Forbidden: the viewer is not a system administrator.
    """
    _check_admin(viewer)
    rows = HookCall.objects.select_related("target").order_by("-at", "-id")[:_MOST]
    return tuple(
        CallRow(
            row.id,
            row.target.url,
            row.event,
            row.at,
            row.attempts,
            row.status,
            row.error,
            row.next_attempt_at is not None,
        )
        for row in rows
    )


def _load_listening() -> tuple[tuple[UUID, frozenset[str]], ...]:
    rows = HookTarget.objects.filter(is_active=True).values_list("id", "events")
    return tuple((target_id, frozenset(events)) for target_id, events in rows)


#: Who listens to what; read at every step of every case, hence kept for a few seconds.
listening: TenantCache[tuple[tuple[UUID, frozenset[str]], ...]] = TenantCache(
    _load_listening, seconds=5.0
)


def _check_admin(viewer: Viewer) -> None:
    if not (viewer.is_system or viewer.has(Role.SYSTEM_ADMIN)):
        raise Forbidden("forbidden")
