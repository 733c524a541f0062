"""The lists by which grids are handed over, and what an adoption would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from onegrid.accounts.queries.holders import Holder, holders, staff_names
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases.actions.replan import in_areas
from onegrid.cases.queries.moving import MovingCase, open_in
from onegrid.common.refusals import NotFound
from onegrid.grids.queries import area_names
from onegrid.grids.queries.inside import grids_of
from onegrid.plans import rights
from onegrid.plans.change import change_of
from onegrid.plans.models import Adoption, Draft, DraftGrid, Handover
from onegrid.plans.queries.drafts import adoption_row, seen
from onegrid.plans.queries.rows import AdoptionRow, Consequences


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """Buildings that go from an old grid to a new one.

    Attributes:
        main: most of the old grid goes there with its people: nothing to sign.
        listed: the open cases that move with it and that the viewer may see; none once they have.
        overdue: the day has come and a signature is missing.
        may: ``sign`` and ``name_taker``, as far as the viewer can.
    """

    id: UUID
    adoption_id: UUID
    effective_on: date
    old_name: str
    new_name: str
    new_code: str
    main: bool
    buildings: int
    households: int
    cases: int
    listed: tuple[MovingCase, ...]
    giver_name: str
    taker_name: str
    giver_signed_at: datetime | None
    taker_signed_at: datetime | None
    overdue: bool
    may: frozenset[str]


def handovers(*, viewer: Viewer, adoption_id: UUID, now: datetime) -> tuple[HandoverRow, ...]:
    """Return the lists of an adoption, those with something to sign first.

    Raises:
        NotFound: no such adoption, or out of the viewer's scope.
    """
    adoption = Adoption.objects.filter(pk=adoption_id).first()
    if adoption is None:
        raise NotFound("draft.not_found")
    seen(viewer, adoption.draft_id)
    return _rows(viewer, Handover.objects.filter(adoption=adoption), now)


def my_handovers(*, viewer: Viewer, now: datetime) -> tuple[HandoverRow, ...]:
    """Return the lists that the viewer gives or takes by and has not signed yet."""
    if viewer.user_id is None:
        return ()
    unsigned = Q(giver_id=viewer.user_id, giver_signed_at=None) | Q(
        taker_id=viewer.user_id, taker_signed_at=None
    )
    return _rows(viewer, Handover.objects.filter(unsigned, main=False), now)


def unnamed(*, viewer: Viewer) -> int:
    """Return how many lists wait for the viewer to name who takes over."""
    found = Handover.objects.filter(main=False, taker_id=None, adoption__revoked_at=None)
    scopes = found.values_list("adoption__draft__scope_id", flat=True)
    return sum(rights.may_plan(viewer, scope_id) for scope_id in scopes)


def _rows(viewer: Viewer, found: QuerySet[Handover], now: datetime) -> tuple[HandoverRow, ...]:
    rows = list(
        found.filter(adoption__revoked_at=None)
        .select_related("adoption")
        .order_by("main", "new_code", "-households", "id")
    )
    people = staff_names(
        ids={one for row in rows for one in (row.giver_id, row.taker_id) if one is not None}
    )
    scopes = dict(
        Draft.objects.filter(id__in={row.adoption.draft_id for row in rows}).values_list(
            "id", "scope_id"
        )
    )
    names, listed = area_names(), _listed(viewer, rows)
    return tuple(
        HandoverRow(
            id=row.id,
            adoption_id=row.adoption_id,
            effective_on=localtime(row.adoption.effective_at).date(),
            old_name=names.get(row.old_id, ""),
            new_name=row.new_name,
            new_code=row.new_code,
            main=row.main,
            buildings=row.buildings,
            households=row.households,
            cases=row.cases,
            listed=tuple(listed.get((row.adoption_id, row.old_id, row.new_id), ())),
            giver_name=people.get(row.giver_id, "") if row.giver_id else "",
            taker_name=people.get(row.taker_id, "") if row.taker_id else "",
            giver_signed_at=row.giver_signed_at,
            taker_signed_at=row.taker_signed_at,
            overdue=now >= row.adoption.effective_at and not signed(row),
            may=_may(viewer, row, scopes[row.adoption.draft_id]),
        )
        for row in rows
    )


def _listed(
    viewer: Viewer, rows: Sequence[Handover]
) -> dict[tuple[UUID, UUID, UUID], list[MovingCase]]:
    """Return the open cases by adoption, old and new grid: each goes with its building or grid."""
    found: dict[tuple[UUID, UUID, UUID], list[MovingCase]] = {}
    waiting = {row.adoption_id: row.adoption for row in rows if row.adoption.moved_at is None}
    for adoption in waiting.values():
        olds = {row.old_id for row in rows if row.adoption_id == adoption.pk}
        cases = open_in(viewer=viewer, grid_ids=olds)
        homes = [one.building_id for one in cases if one.building_id is not None]
        to = grids_of(building_ids=homes, on=adoption.effective_at)
        for one in cases:
            new = to.get(one.building_id) if one.building_id else None
            main = adoption.successors.get(str(one.grid_id))
            if new is not None or main is not None:
                key = (adoption.pk, one.grid_id, new or UUID(main))
                found.setdefault(key, []).append(one)
    return found


def signed(row: Handover) -> bool:
    """Tell whether nothing is left to sign."""
    gives = row.giver_id is None or row.giver_signed_at is not None
    return row.main or (gives and row.taker_signed_at is not None)


def _may(viewer: Viewer, row: Handover, scope_id: UUID) -> frozenset[str]:
    found: set[str] = set()
    if row.main or viewer.user_id is None:
        return frozenset()
    to_sign = (row.giver_id, row.giver_signed_at), (row.taker_id, row.taker_signed_at)
    if (viewer.user_id, None) in to_sign:
        found.add("sign")
    if row.taker_signed_at is None and rights.may_plan(viewer, scope_id):
        found.add("name_taker")
    return frozenset(found)


def concerns(viewer: Viewer, row: Handover) -> bool:
    """Tell whether a viewer may know of a list: who gives or takes, and whoever sees the draft."""
    mine = viewer.user_id is not None and viewer.user_id in {row.giver_id, row.taker_id}
    return mine or rights.may_see(viewer, row.adoption.draft.scope_id)


def candidates(*, now: datetime) -> tuple[Holder, ...]:
    """Return who may be named as the one who takes over: every grid worker of the county, once."""
    found = {one.id: one for one in reversed(holders(roles=[Role.GRID_WORKER], now=now))}
    return tuple(reversed(found.values()))


def adoptions(*, viewer: Viewer, now: datetime) -> tuple[AdoptionRow, ...]:
    """Return the adoptions that were not revoked and that the viewer may see, newest first."""
    found = Adoption.objects.filter(revoked_at=None).select_related("draft")
    return tuple(
        adoption_row(viewer, row, now)
        for row in found.order_by("-effective_at")
        if rights.may_see(viewer, row.draft.scope_id)
    )


def consequences(*, viewer: Viewer, draft_id: UUID, now: datetime) -> Consequences:
    """Return what adopting a draft now would change.

    Raises:
        NotFound: no such draft, or out of the viewer's scope.
        Conflict: it cannot be adopted as it is; says why.
    """
    found = seen(viewer, draft_id, whole=True)
    if not DraftGrid.objects.filter(draft=found).exists():
        raise NotFound("draft.no_run")
    change = change_of(found, at=now)
    people = {
        one.id for one in holders(roles=Role, now=now) if one.grant.area_id in change.successors
    }
    return Consequences(
        households=found.after["moved"],
        buildings=found.after["moved_buildings"],
        grids_ended=len(change.ended),
        grids_added=len(change.new),
        cases=in_areas(change.ended).count(),
        people=len(people),
    )
