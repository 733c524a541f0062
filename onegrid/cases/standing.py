"""In which relation a viewer stands to a case, and which cases a viewer may see."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.db.models import Q

from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.accounts.viewer import Grant, Viewer
from onegrid.cases.models import Case, Step
from onegrid.cases.terms import REPLAYED, VOID
from onegrid.common.refusals import Conflict, NotFound
from onegrid.core.flow import Action, Actor, State
from onegrid.grids.queries import area
from onegrid.organisation.queries import unit_of_area, units

#: What a role may be to a case in its scope. Administrators are nothing to a case.
RELATIONS: dict[Role, frozenset[Actor]] = {
    Role.GRID_WORKER: frozenset({Actor.VERIFIER}),
    Role.COMMUNITY_CLERK: frozenset({Actor.TRIAGE, Actor.DISPATCH}),
    Role.COMMUNITY_SECRETARY: frozenset(
        {Actor.TRIAGE, Actor.DISPATCH, Actor.VERIFIER, Actor.LEADER}
    ),
    Role.UNIT_MEMBER: frozenset({Actor.HANDLER}),
    Role.UNIT_HEAD: frozenset({Actor.HANDLER, Actor.LEADER}),
    Role.STREET_OFFICER: frozenset(
        {Actor.TRIAGE, Actor.DISPATCH, Actor.ARBITER, Actor.VERIFIER, Actor.LEADER}
    ),
    Role.DISPATCHER: frozenset({Actor.TRIAGE, Actor.DISPATCH, Actor.ARBITER}),
    Role.CALLBACK_AGENT: frozenset({Actor.CALLER}),
    Role.SUPERVISOR: frozenset({Actor.VERIFIER, Actor.LEADER, Actor.ARBITER, Actor.SUPERVISOR}),
}

#: States in which a role has something to do: its desk opens on these.
TURN: dict[Role, tuple[State, ...]] = {
    Role.GRID_WORKER: (
        State.REGISTERED,
        State.DISPATCHED,
        State.ACCEPTED,
        State.IN_PROGRESS,
        State.VERIFY,
    ),
    Role.COMMUNITY_CLERK: (
        State.REGISTERED,
        State.TRIAGE,
        State.CLASSIFIED,
        State.DISPATCHED,
        State.ACCEPTED,
        State.IN_PROGRESS,
    ),
    Role.COMMUNITY_SECRETARY: (State.VERIFY, State.REOPEN_REQ, State.REGISTERED, State.TRIAGE),
    Role.UNIT_MEMBER: (
        State.DISPATCHED,
        State.ACCEPTED,
        State.IN_PROGRESS,
        State.PLANNED,
        State.ON_HOLD,
    ),
    Role.UNIT_HEAD: (
        State.DISPATCHED,
        State.ACCEPTED,
        State.IN_PROGRESS,
        State.PLANNED,
        State.ON_HOLD,
        State.REOPEN_REQ,
    ),
    Role.STREET_OFFICER: (
        State.VERIFY,
        State.REOPEN_REQ,
        State.REOPENED,
        State.TRIAGE,
        State.ARBITRATION,
    ),
    Role.DISPATCHER: (
        State.REGISTERED,
        State.TRIAGE,
        State.CLASSIFIED,
        State.RETURN_REQ,
        State.ARBITRATION,
        State.EXTERNAL,
        State.REOPENED,
    ),
    Role.CALLBACK_AGENT: (State.CALLBACK,),
    Role.SUPERVISOR: (State.VERIFY, State.REOPEN_REQ, State.ARBITRATION),
}

#: Roles that decide what units ask for; an open ask waits for them.
DECIDING = frozenset({Role.DISPATCHER, Role.STREET_OFFICER})

#: Roles whose desks show what waits for their approval (a head's desk shows such work anyway).
APPROVING = frozenset({Role.UNIT_HEAD, Role.COMMUNITY_SECRETARY, Role.STREET_OFFICER})

#: States in which a head can approve; what rests or is merged waits until it goes on.
_RELEASABLE = (State.IN_PROGRESS, State.PLANNED)

#: Cases that are worked on: neither replayed from an archive nor undone.
LIVE = ~Q(batch__startswith=REPLAYED) & ~Q(batch__startswith=VOID)

_COLUMN = {
    ScopeLevel.STREET: "street_id",
    ScopeLevel.COMMUNITY: "community_id",
    ScopeLevel.GRID: "grid_id",
}


def covers(grant: Grant, case: Case) -> bool:
    """Tell whether a grant reaches a case."""
    if grant.role not in RELATIONS:
        return False
    if grant.level is ScopeLevel.COUNTY:
        return True
    if grant.level is ScopeLevel.UNIT:
        return grant.unit_id is not None and grant.unit_id in {case.lead_unit_id, *case.co_unit_ids}
    value: UUID | None = getattr(case, _COLUMN[grant.level])
    return value is not None and value == grant.area_id


def marks(account_id: UUID | None, grants: Iterable[Grant]) -> frozenset[UUID]:
    """Return what a complaint may name somebody by: the account and the units it belongs to.

    The staff of a community or a street belong to the unit that answers for it.
    """
    found = {account_id} if account_id is not None else set()
    for grant in grants:
        unit_id = grant.unit_id if grant.level is ScopeLevel.UNIT else _unit_of(grant)
        if unit_id is not None:
            found.add(unit_id)
    return frozenset(found)


def _unit_of(grant: Grant) -> UUID | None:
    area_id = grant.area_id
    if area_id is not None and grant.level is ScopeLevel.GRID:
        with suppress(NotFound):  # a grid of a plan that is gone
            area_id = area(area_id=area_id).parent_id
    unit = unit_of_area(area_id)
    return unit.id if unit is not None else None


def barred(viewer: Viewer, case: Case) -> bool:
    """Tell whether a case is about this viewer or the viewer's unit (trust.md D8)."""
    return bool(case.excluded_ids) and not marks(viewer.user_id, viewer.grants).isdisjoint(
        case.excluded_ids
    )


def check_not_accused(case: Case) -> None:
    """Refuse to let a unit handle what is about itself.

    Raises:
        Conflict: names the unit.
    """
    holding = {case.lead_unit_id, *case.co_unit_ids} & set(case.excluded_ids)
    if holding:
        unit = next((units()[one] for one in holding if one in units()), None)
        raise Conflict("subjects.unit_accused", field="unit", unit=unit.name if unit else "")


def reaches(viewer: Viewer, case: Case, *, roles: Iterable[Role] = RELATIONS) -> bool:
    """Tell whether one of some roles of a viewer reaches a case that is not about the viewer."""
    wanted = frozenset(roles)
    return any(
        grant.role in wanted and covers(grant, case) for grant in viewer.grants
    ) and not barred(viewer, case)


def to_approve(viewer: Viewer) -> Q:
    """Return the condition for what a viewer can approve now, within what is visible."""
    led = Q(pk__in=[])
    for grant in viewer.grants:
        if Actor.LEADER not in RELATIONS.get(grant.role, ()):
            continue
        if grant.level is ScopeLevel.UNIT:
            led |= Q(lead_unit_id=grant.unit_id)
        elif grant.level is ScopeLevel.COMMUNITY:
            led |= Q(lead_unit_id__in=_near(grant.area_id), community_id=grant.area_id)
        elif grant.level is ScopeLevel.STREET:
            led |= Q(lead_unit_id__in=_near(), street_id=grant.area_id)
    return Q(approval_open=True, state__in=_RELEASABLE) & led


def _near(area_id: UUID | None = None) -> list[UUID]:
    """Return the units of an area, or of any."""
    wanted = {area_id} if area_id else {unit.area_id for unit in units().values()} - {None}
    return [unit.id for unit in units().values() if unit.area_id in wanted]


def visible(viewer: Viewer, *, through: str = "") -> Q:
    """Return the condition for the cases a viewer may see on a desk.

    Args:
        through: prefix of the columns where the case is reached from another table.
    """
    condition = Q(pk__in=[])
    for grant in viewer.grants:
        if grant.role not in RELATIONS:
            continue
        if grant.level is ScopeLevel.COUNTY:
            condition = Q()
            break
        if grant.level is ScopeLevel.UNIT:
            condition |= Q(**{f"{through}lead_unit_id": grant.unit_id})
            condition |= Q(**{f"{through}co_unit_ids__contains": [grant.unit_id]})
        else:
            condition |= Q(**{f"{through}{_COLUMN[grant.level]}": grant.area_id})
    own = sorted(marks(viewer.user_id, viewer.grants))
    return condition & ~Q(**{f"{through}excluded_ids__overlap": own})


def relations(
    viewer: Viewer, case: Case, *, handlers: frozenset[UUID] | None = None
) -> frozenset[Actor]:
    """Return every relation in which a viewer stands to a case.

    Whoever handled the case in this round neither verifies it nor calls back (N5).

    Args:
        handlers: accounts that handled it in this round, if already known.
    """
    if viewer.is_system:
        return frozenset({Actor.SYSTEM})
    found: set[Actor] = set()
    for grant in () if barred(viewer, case) else viewer.grants:
        if covers(grant, case):
            found |= _by_grant(grant, case)
    if viewer.user_id is not None and viewer.user_id == case.reporter_id:
        found.add(Actor.REPORTER)
    if found & {Actor.VERIFIER, Actor.CALLER} and viewer.user_id in (
        handlers_of(case) if handlers is None else handlers
    ):
        found -= {Actor.VERIFIER, Actor.CALLER}
    return frozenset(found)


def _by_grant(grant: Grant, case: Case) -> frozenset[Actor]:
    """Return what one grant that reaches the case makes of its holder.

    Staff of a unit handle or help to handle; staff of a community do so for the community's unit.
    """
    found = RELATIONS[grant.role]
    if Actor.LEADER in found and _heads(grant, case):
        found |= {Actor.HEAD}
    if grant.level is ScopeLevel.UNIT:
        leads = grant.unit_id == case.lead_unit_id
        return found if leads else frozenset({Actor.CO_HANDLER})
    if grant.role in _COMMUNITY_STAFF:
        if _is_community(case.lead_unit_id, case):
            found |= {Actor.HANDLER}
        if any(_is_community(unit_id, case) for unit_id in case.co_unit_ids):
            found |= {Actor.CO_HANDLER}
    return found


def _heads(grant: Grant, case: Case) -> bool:
    """Tell whether a leader's grant that reaches the case is one over its leading unit.

    A unit of a community has its secretary and the street above it, a street office its street.
    """
    if grant.level is ScopeLevel.UNIT:
        return grant.unit_id == case.lead_unit_id
    unit = units().get(case.lead_unit_id) if case.lead_unit_id else None
    if unit is None or unit.area_id is None or grant.level is ScopeLevel.COUNTY:
        return False
    streets = {case.street_id} if grant.level is ScopeLevel.STREET else set()
    return unit.area_id in {case.community_id, *streets}


def approves_itself(viewer: Viewer, case: Case) -> bool:
    """Tell whether a viewer who handles a case needs nobody else's approval."""
    return not barred(viewer, case) and any(
        grant.self_approval and covers(grant, case) and Actor.HANDLER in _by_grant(grant, case)
        for grant in viewer.grants
    )


def helping_units(viewer: Viewer, case: Case) -> frozenset[UUID]:
    """Return the helping units of a case for which a viewer stands."""
    return frozenset(
        unit_id
        for unit_id in case.co_unit_ids
        for grant in viewer.grants
        if covers(grant, case) and _stands_for(grant, unit_id, case)
    )


def _stands_for(grant: Grant, unit_id: UUID, case: Case) -> bool:
    if grant.level is ScopeLevel.UNIT:
        return grant.unit_id == unit_id
    return grant.role in _COMMUNITY_STAFF and _is_community(unit_id, case)


_COMMUNITY_STAFF = frozenset({Role.GRID_WORKER, Role.COMMUNITY_CLERK, Role.COMMUNITY_SECRETARY})


def _is_community(unit_id: UUID | None, case: Case) -> bool:
    unit = units().get(unit_id) if unit_id else None
    return unit is not None and unit.kind == "community" and unit.area_id == case.community_id


#: Relations in which somebody has had a hand in the work.
HANDLED = frozenset({Actor.HANDLER, Actor.CO_HANDLER, Actor.HEAD})


def handlers_of(case: Case) -> frozenset[UUID]:
    """Return the accounts that handled a case in its current round."""
    handled = Q(relation__in=HANDLED) | Q(action=Action.FOLLOW)
    rows = Step.objects.filter(handled, case_id=case.pk)
    return handlers_among(rows.only("actor_id", "action", "data", "relation"), case)


def handlers_among(steps: Iterable[Step], case: Case) -> frozenset[UUID]:
    """Return the accounts that handled a case in its current round, from its steps.

    A merged case was handled by those who handled the one it was answered with.
    """
    found: set[UUID] = set()
    for step in steps:
        if step.data.get("round", 1) != case.round:
            continue
        if step.relation in HANDLED and step.actor_id is not None:
            found.add(step.actor_id)
        elif step.action == Action.FOLLOW:
            found.update(UUID(one) for one in step.data.get("handlers", ()))
    return frozenset(found)
