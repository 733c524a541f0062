"""Lists of estates and how many have service again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import localtime

from onegrid.accounts.viewer import Viewer
from onegrid.estates import path, standing
from onegrid.estates.models import Estate
from onegrid.estates.queries.homes import Homes, homes
from onegrid.estates.terms import SERVED, STEP_LABELS, PathStage, ServiceKind
from onegrid.grids.queries import area_names

_MAX_WORDS = 40


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; what is not known is left out.

    Attributes:
        which: ``all``, ``open`` (without service) or ``overdue``.
    """

    words: str = ""
    community_id: UUID | None = None
    stage: str = ""
    kind: str = ""
    which: str = "all"


@dataclass(frozen=True, slots=True)
class EstateRow:
    """An estate in a list."""

    id: UUID
    name: str
    community_id: UUID
    community: str
    address: str
    year_built: int | None
    kind: str
    kind_label: str | Promise
    stage: str
    stage_label: str | Promise
    stage_on: date
    due_on: date | None
    person: str
    homes: Homes
    today: date

    @property
    def served(self) -> bool:
        """Tell whether it has service again."""
        return self.stage in SERVED

    @property
    def overdue(self) -> bool:
        """Tell whether the next step should have been taken."""
        return self.due_on is not None and self.due_on < self.today

    @property
    def next_stage(self) -> PathStage | None:
        """Return the stage that comes next."""
        return path.after(self.stage)

    @property
    def next_label(self) -> str | Promise:
        """Say what comes next; empty at the end of the path."""
        return STEP_LABELS.get(self.next_stage or "", "")


@dataclass(frozen=True, slots=True)
class CommunityCount:
    """How many estates of a community have service again."""

    community_id: UUID
    name: str
    total: int
    served: int
    overdue: int


def find(viewer: Viewer, *, wanted: Filters, now: datetime) -> QuerySet[Estate]:
    """Return the estates that a viewer may see and asked for, by community and name."""
    rows = Estate.objects.filter(standing.visible(viewer))
    for word in wanted.words[:_MAX_WORDS].split():
        rows = rows.filter(Q(name__icontains=word) | Q(address__icontains=word))
    if wanted.community_id is not None:
        rows = rows.filter(community_id=wanted.community_id)
    if wanted.stage in PathStage.values:
        rows = rows.filter(stage=wanted.stage)
    if wanted.kind in ServiceKind.values:
        rows = rows.filter(kind=wanted.kind)
    if wanted.which == "open":
        rows = rows.exclude(stage__in=SERVED)
    elif wanted.which == "overdue":
        rows = rows.filter(_late(now)).order_by("due_on", "name", "id")
        return rows
    return rows.order_by("community__code", "name", "id")


def _late(now: datetime) -> Q:
    return Q(due_on__lt=localtime(now).date())


def estates(
    viewer: Viewer, *, wanted: Filters, now: datetime, page: int = 1, size: int = 50
) -> tuple[tuple[EstateRow, ...], int]:
    """Return a page of a list, and how many there are in all."""
    found = find(viewer, wanted=wanted, now=now)
    begin = (page - 1) * size
    return rows_of(found[begin : begin + size], now=now), found.count()


def rows_of(found: Iterable[Estate], *, now: datetime) -> tuple[EstateRow, ...]:
    """Return estates as rows with their households."""
    rows, names = list(found), area_names()
    sums = homes([row.id for row in rows], on=now)
    return tuple(
        EstateRow(
            id=row.id,
            name=row.name,
            community_id=row.community_id,
            community=names[row.community_id],
            address=row.address,
            year_built=row.year_built,
            kind=row.kind,
            kind_label=ServiceKind(row.kind).label,
            stage=row.stage,
            stage_label=PathStage(row.stage).label,
            stage_on=row.stage_on,
            due_on=row.due_on,
            person=row.person_name,
            homes=sums.get(row.id, Homes()),
            today=localtime(now).date(),
        )
        for row in rows
    )


def counts(viewer: Viewer, *, now: datetime) -> tuple[CommunityCount, ...]:
    """Return for each community in sight how many estates have service again."""
    return _counted(Estate.objects.filter(standing.visible(viewer)), now)


def _counted(rows: QuerySet[Estate], now: datetime) -> tuple[CommunityCount, ...]:
    names = area_names()
    found = (
        rows.values("community_id", "community__code")
        .annotate(
            total=Count("id"),
            served=Count("id", filter=Q(stage__in=SERVED)),
            late=Count("id", filter=_late(now)),
        )
        .order_by("community__code")
    )
    return tuple(
        CommunityCount(
            row["community_id"], names[row["community_id"]], row["total"], row["served"],
            row["late"],
        )
        for row in found
    )  # fmt: skip


def open_to_all(
    *, community_id: UUID | None, now: datetime
) -> tuple[tuple[CommunityCount, ...], tuple[EstateRow, ...]]:
    """Return the counts of all communities and the estates of one; pages show no person of them."""
    there = Estate.objects.filter(removed_at__isnull=True)
    chosen = there.filter(community_id=community_id) if community_id else there.none()
    return _counted(there, now), rows_of(chosen.order_by("name", "id"), now=now)
