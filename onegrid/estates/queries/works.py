"""Works of an estate with their pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise

from onegrid.accounts.viewer import Viewer
from onegrid.common.files import default_store
from onegrid.common.refusals import NotFound
from onegrid.common.tenancy.context import current_tenant
from onegrid.estates import standing
from onegrid.estates.models import Estate, Work, WorkEvent
from onegrid.estates.terms import WorkKind, WorkState


@dataclass(frozen=True, slots=True)
class WorkEventRow:
    """How a work went on; `photo` is the id of its picture."""

    state: str | Promise
    day: date
    note: str
    at: datetime
    by_name: str
    photo: UUID | None


@dataclass(frozen=True, slots=True)
class WorkRow:
    """Something built or mended; events oldest first."""

    id: UUID
    kind: str | Promise
    what: str
    state: str
    state_label: str | Promise
    events: tuple[WorkEventRow, ...]

    @property
    def day(self) -> date:
        """Return the day of the latest news."""
        return self.events[-1].day


def works_of(estate_id: UUID) -> tuple[WorkRow, ...]:
    """Return the works of an estate in the order in which they were written down."""
    events: dict[UUID, list[WorkEventRow]] = {}
    for row in WorkEvent.objects.filter(work__estate_id=estate_id).order_by("at", "id"):
        photo = row.id if row.sha256 else None
        events.setdefault(row.work_id, []).append(
            WorkEventRow(WorkState(row.state).label, row.day, row.note, row.at, row.by_name, photo)
        )
    works = Work.objects.filter(estate_id=estate_id).order_by("id")
    return tuple(
        WorkRow(
            one.id,
            WorkKind(one.kind).label,
            one.what,
            one.state,
            WorkState(one.state).label,
            tuple(events.get(one.id, ())),
        )
        for one in works
    )


def photo(viewer: Viewer, *, photo_id: UUID, thumb: bool) -> tuple[bytes, str]:
    """Return the bytes and type of a picture of a work.

    Raises:
        NotFound: there is none in the viewer's scope.
    """
    seen = Estate.objects.filter(standing.visible(viewer)).values("pk")
    row = WorkEvent.objects.filter(pk=photo_id, work__estate_id__in=seen).first()
    if row is None or not row.sha256:
        raise NotFound("estate.not_found")
    digest = row.thumb_sha256 if thumb else row.sha256
    content = default_store().read(tenant_id=current_tenant(), sha256=digest)
    return content, "image/jpeg" if thumb else row.mime


def known_files(digests: list[str]) -> set[str]:
    """Return those of some digests that belong to a work; the others may be removed."""
    rows = WorkEvent.objects.filter(Q(sha256__in=digests) | Q(thumb_sha256__in=digests))
    return {digest for row in rows.values_list("sha256", "thumb_sha256") for digest in row}
