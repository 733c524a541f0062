"""Read the log of looks: the person concerned, and the audit administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.audit.models import Look
from onegrid.common.refusals import Forbidden

PAGE = 50


@dataclass(frozen=True, slots=True)
class LookRow:
    """One look, as shown."""

    at: datetime
    viewer_name: str
    viewer_role: str
    purpose: str
    reason: str
    fields: str
    subject_kind: str
    subject_id: UUID


def _rows(queryset: object) -> list[LookRow]:
    names = (
        "at",
        "viewer_name",
        "viewer_role",
        "purpose",
        "reason",
        "fields",
        "subject_kind",
        "subject_id",
    )
    return [LookRow(*row) for row in queryset.values_list(*names)]  # type: ignore[attr-defined]


def looks_at(*, subject_kind: str, subject_id: UUID) -> list[LookRow]:
    """Return who looked at one subject, newest first; the caller has checked that it is theirs."""
    return _rows(
        Look.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-at")[:PAGE]
    )


def all_looks(viewer: Viewer, *, page: int = 1) -> tuple[list[LookRow], int]:
    """Return a page of all looks and their number, for the audit administrator.

    Raises:
        Forbidden: the viewer is somebody else.
    """
    if not viewer.has(Role.AUDIT_ADMIN):
        raise Forbidden("forbidden")
    rows = Look.objects.order_by("-at")
    return _rows(rows[(page - 1) * PAGE : page * PAGE]), rows.count()
