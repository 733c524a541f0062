"""Write down a look at personal data."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.audit.models import Look


def record_look(
    *,
    viewer: Viewer,
    purpose: str,
    subject_kind: str,
    subject_id: UUID,
    fields: str,
    now: datetime,
    reason: str = "",
    once_within: timedelta | None = None,
) -> None:
    """Record a look in the transaction that reads: no row, no look (trust.md S48).

    Args:
        once_within: the same look of the same person this short after is not written again.
    """
    if once_within is not None and _seen(viewer, purpose, subject_id, fields, now - once_within):
        return
    role = next(iter(sorted(viewer.roles)), "system" if viewer.is_system else "")
    Look.objects.create(
        at=now,
        viewer_id=viewer.user_id,
        viewer_name=viewer.name,
        viewer_role=role,
        purpose=purpose,
        reason=reason,
        subject_kind=subject_kind,
        subject_id=subject_id,
        fields=fields,
    )


def _seen(viewer: Viewer, purpose: str, subject_id: UUID, fields: str, since: datetime) -> bool:
    rows = Look.objects.filter(subject_id=subject_id, viewer_id=viewer.user_id, at__gt=since)
    return rows.filter(purpose=purpose, fields=fields).exists()
