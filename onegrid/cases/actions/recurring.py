"""Notice that a matter comes back: the same kind at the same place after closing (N8)."""

from __future__ import annotations

from datetime import timedelta

from onegrid.accounts.viewer import Viewer
from onegrid.cases import alike, reference
from onegrid.cases.actions.step import Doing, Move, take
from onegrid.cases.models import Case, Link
from onegrid.cases.terms import RECURRENCE_DAYS, LinkKind
from onegrid.common.ids import uuid7
from onegrid.common.tenancy.context import current_tenant
from onegrid.core import similar
from onegrid.core.flow import Action, State
from onegrid.core.geo import distance_m

#: Closed cases of one cell that are looked at, the latest first.
_PER_CELL = 25


def note_recurrence(case: Case, doing: Doing) -> None:
    """Link a case to the closed one it comes back after, once, and say so on both."""
    known = Link.objects.filter(case_id=case.pk, kind__in=[LinkKind.RECURRENCE, LinkKind.CHILD])
    if not case.cell or case.category_id is None or known.exists():
        return
    before = _closed_before(case)
    if before is None:
        return
    Link.objects.create(case_id=case.pk, other_id=before.pk, kind=LinkKind.RECURRENCE, at=doing.now)
    for one, other, way in ((case, before, "after"), (before, case, "before")):
        own = Doing(Viewer.system(current_tenant()), doing.now, uuid7())
        data = {"link": LinkKind.RECURRENCE.value, "way": way, "number": other.number}
        take(one.pk, own, Move(Action.LINK, data=data, shown=False))


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
    return next((row for row in latest if _here(case, row, radius) and _whose(case, row)), None)


def _here(case: Case, row: Case, radius_m: float) -> bool:
    if row.pk == case.pk or row.lon is None or row.lat is None:
        return False
    if case.building_id is not None and case.building_id == row.building_id:
        return True
    assert case.lon is not None and case.lat is not None
    return float(distance_m(case.lon, case.lat, row.lon, row.lat)) <= radius_m


def _whose(case: Case, row: Case) -> bool:
    """Tell whether the matter is the same: a personal one comes back to the same person only."""
    return not alike.personal(case) or alike.same_person(case, row)
