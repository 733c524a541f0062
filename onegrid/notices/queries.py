"""Reads of notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Forbidden
from onegrid.notices.models import Outbox
from onegrid.notices.terms import Delivery


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """State of the outbox of a county; ``oldest_due`` is None when nothing is late."""

    pending: int
    failed: int
    oldest_due: datetime | None


def outbox_health(viewer: Viewer, *, now: datetime) -> OutboxHealth:
    """Return how the outbox is doing, without recipients.

    Raises:
        Forbidden: the viewer is not a system administrator.
    """
    if not (viewer.is_system or viewer.has(Role.SYSTEM_ADMIN)):
        raise Forbidden("forbidden")
    pending = Q(state=Delivery.PENDING)
    found = Outbox.objects.aggregate(
        pending=Count("id", filter=pending),
        failed=Count("id", filter=Q(state=Delivery.FAILED)),
        oldest=Min("at", filter=pending & Q(next_attempt_at__lte=now)),
    )
    return OutboxHealth(
        pending=found["pending"], failed=found["failed"], oldest_due=found["oldest"]
    )
