"""What stands around a case: its neighbours in the queue, several rows at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localtime

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import approval
from onegrid.cases.bounds import bounds
from onegrid.cases.models import Case
from onegrid.cases.queries.desk import (
    _COLUMNS,
    ORDERS,
    DeskRow,
    Filters,
    apply,
    nulls_last,
    rows_of,
    scoped,
)
from onegrid.cases.queries.reaching import may_call
from onegrid.cases.terms import AskKind, CaseClass
from onegrid.core.flow import FINAL, State

#: States in which a grid worker may still solve a case on the spot.
_ON_SPOT = frozenset({State.REGISTERED})


def rows_by_id(viewer: Viewer, *, ids: Iterable[UUID]) -> tuple[DeskRow, ...]:
    """Return the rows of some cases, without those outside the viewer's scope; sorted by number."""
    found = scoped(viewer).filter(pk__in=list(ids)).order_by("number")
    return rows_of(found.values_list(*_COLUMNS), viewer.language)


def neighbours(viewer: Viewer, *, filters: Filters, case: Case) -> tuple[str, str]:
    """Return the numbers of the case before and after one in a queue; empty where there is none.

    The case itself need not be in the queue any more: it is looked for where it would stand.
    """
    order = ORDERS.get(filters.order, ORDERS["due"])
    found = apply(viewer, filters).exclude(pk=case.pk)
    turned = tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)
    after = found.filter(_beyond(order, case, forward=True))
    before = found.filter(_beyond(order, case, forward=False))
    following = after.order_by(*(nulls_last(name) for name in order))
    preceding = before.order_by(*(nulls_last(name, nulls_first=True) for name in turned))
    first = preceding.values_list("number", flat=True).first()
    second = following.values_list("number", flat=True).first()
    return first or "", second or ""


def _beyond(order: tuple[str, ...], case: Case, *, forward: bool) -> Q:
    """Return the condition for standing after (or before) a case; empty times stand last."""
    condition, equal = Q(pk__in=[]), Q()
    for name in order:
        field = name.removeprefix("-")
        value = getattr(case, field)
        if value is not None:
            larger = name.startswith("-") != forward
            step = Q(**{f"{field}__{'gt' if larger else 'lt'}": value})
            if forward and field == "due_at":
                step |= Q(due_at__isnull=True)
            condition |= equal & step
            equal &= Q(**{field: value})
        else:
            if not forward:
                condition |= equal & Q(**{f"{field}__isnull": False})
            equal &= Q(**{f"{field}__isnull": True})
    return condition


def may_handle_on_spot(viewer: Viewer, *, case: Case, now: datetime) -> bool:
    """Tell whether the viewer, a grid worker of the case's grid, may still solve it on the spot.

    Where even general cases need approval, only who may approve own work does.
    """
    if case.grid_id is None or State(case.state) not in _ON_SPOT:
        return False
    mine = [
        grant
        for grant in viewer.grants
        if grant.role is Role.GRID_WORKER and grant.area_id == case.grid_id
    ]
    if any(grant.self_approval for grant in mine) or not mine:
        return bool(mine)
    return not approval.needed(CaseClass.GENERAL, AskKind.CLOSURE, bounds(on=localtime(now).date()))


def may_see_contact(viewer: Viewer, *, case: Case) -> bool:
    """Tell whether `contact` would show this viewer how to reach the reporter."""
    return may_call(viewer, case) and State(case.state) not in FINAL
