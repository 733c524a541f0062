"""Receipts: a reminder counts as read when its receiver says so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases.models import Reminder


def read_reminders(*, viewer: Viewer, now: datetime, case_id: UUID | None = None) -> int:
    """Mark the signed-in person's reminders as read; return how many were unread.

    Args:
        case_id: only those of one case.
    """
    if viewer.user_id is None:
        return 0
    rows = Reminder.objects.filter(account_id=viewer.user_id, read_at__isnull=True, at__lte=now)
    if case_id is not None:
        rows = rows.filter(case_id=case_id)
    return rows.update(read_at=now)
