"""Notice that a matter comes back: the same kind at the same place after closing (N8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases import alike, reference
from onegrid.cases.actions.step import Doing, Move, take
from onegrid.cases.models import Case, Link
from onegrid.cases.terms import RECURRENCE_DAYS, REPLAYED, VOID, LinkKind
from onegrid.common.ids import uuid7
from onegrid.common.tenancy.context import current_tenant
from onegrid.core import similar
from onegrid.core.flow import Action, State
from onegrid.core.geo import distance_m

#: Closed cases of one cell that are looked at, the latest first.
_PER_CELL = 25
#: Requests of sibling categories that share so much of their words are of one kind, from 0 to 1.
_LIKE_WORDS = 0.3


def note_recurrence(*, case_id: UUID, now: datetime) -> bool:
    """Link a case to the closed one it comes back after, and say so on both; tell whether it did.

    Only the first time: running it again changes nothing.
    """
    case = Case.objects.filter(pk=case_id).first()
    if case is None or not _may_come_back(case):
        return False
    before = _closed_before(case)
    if before is None or _linked_meanwhile(case, before):
        return False
    Link.objects.create(case_id=case.pk, other_id=before.pk, kind=LinkKind.RECURRENCE, at=now)
    for one, other, way in ((case, before, "after"), (before, case, "before")):
        doing = Doing(Viewer.system(current_tenant()), now, uuid7())
        data = {"link": LinkKind.RECURRENCE.value, "way": way, "number": other.number}
        take(one.pk, doing, Move(Action.LINK, data=data, shown=False))
    return True


def _may_come_back(case: Case) -> bool:
    if not case.cell or case.category_id is None or case.batch.startswith((REPLAYED, VOID)):
        return False
    return not _known(case)


def _known(case: Case) -> bool:
    kinds = [LinkKind.RECURRENCE, LinkKind.CHILD]
    return Link.objects.filter(case_id=case.pk, kind__in=kinds).exists()


def _linked_meanwhile(case: Case, before: Case) -> bool:
    """Lock both in one order for everybody, and look again."""
    both = Case.objects.select_for_update().filter(pk__in=[case.pk, before.pk])
    return len(both.order_by("pk").values_list("pk")) < 2 or _known(case)


def _closed_before(case: Case) -> Case | None:
    """Return the latest case that was closed here within the days before this one came."""
    category = reference.categories.get().get(case.category_id) if case.category_id else None
    if category is None or case.lon is None or case.lat is None:
        return None
    since = case.opened_at - timedelta(days=RECURRENCE_DAYS)
    closed = Case.objects.filter(
        state=State.CLOSED, closed_at__gte=since, closed_at__lte=case.opened_at
    )
    radius = float(category.radius_m)
    first, *others = [
        closed.filter(cell=cell, cell__gt="").order_by("-closed_at")[:_PER_CELL]
        for cell in similar.cells_around(category.family, case.lon, case.lat, radius)
    ]
    found = first.union(*others, all=True) if others else first
    latest = sorted(found, key=lambda row: (row.closed_at or row.opened_at, row.pk), reverse=True)
    return next(
        (
            row
            for row in latest
            if _here(case, row, radius) and _same_kind(case, row) and _whose(case, row)
        ),
        None,
    )


def _here(case: Case, row: Case, radius_m: float) -> bool:
    if row.pk == case.pk or row.lon is None or row.lat is None:
        return False
    if case.building_id is not None and case.building_id == row.building_id:
        return True
    assert case.lon is not None and case.lat is not None
    return float(distance_m(case.lon, case.lat, row.lon, row.lat)) <= radius_m


def _same_kind(case: Case, row: Case) -> bool:
    """Tell whether it is the same category, or a sibling told in like words."""
    if case.category_id == row.category_id:
        return True
    words = (similar.bigrams(one.text[: alike.COMPARED]) for one in (case, row))
    return similar.word_likeness(*words) >= _LIKE_WORDS


def _whose(case: Case, row: Case) -> bool:
    """Tell whether the matter is the same: a personal one comes back to the same person only."""
    return not alike.personal(case) or alike.same_person(case, row)
