"""In which relation a viewer stands to a case, and which cases a viewer may see."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.accounts.viewer import Grant, Viewer
from onegrid.cases.models import Case, Step
from onegrid.cases.terms import REPLAYED, VOID
from onegrid.core.flow import Actor, State
from onegrid.organisation.queries import units

#: What a role may be to a case in its scope. Administrators are nothing to a case.
RELATIONS: dict[Role, frozenset[Actor]] = {
    Role.GRID_WORKER: frozenset({Actor.VERIFIER}),
    Role.COMMUNITY_CLERK: frozenset({Actor.TRIAGE, Actor.DISPATCH}),
    Role.COMMUNITY_SECRETARY: frozenset(
        {Actor.TRIAGE, Actor.DISPATCH, Actor.VERIFIER, Actor.LEADER}
    ),
    Role.UNIT_MEMBER: frozenset({Actor.HANDLER}),
    Role.UNIT_HEAD: frozenset({Actor.HANDLER, Actor.LEADER}),
    Role.STREET_OFFICER: frozenset({Actor.TRIAGE, Actor.DISPATCH, Actor.VERIFIER, Actor.LEADER}),
    Role.DISPATCHER: frozenset({Actor.TRIAGE, Actor.DISPATCH}),
    Role.CALLBACK_AGENT: frozenset({Actor.CALLER}),
    Role.SUPERVISOR: frozenset({Actor.VERIFIER, Actor.LEADER}),
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
    Role.UNIT_MEMBER: (State.DISPATCHED, State.ACCEPTED, State.IN_PROGRESS, State.PLANNED),
    Role.UNIT_HEAD: (
        State.DISPATCHED,
        State.ACCEPTED,
        State.IN_PROGRESS,
        State.PLANNED,
        State.REOPEN_REQ,
    ),
    Role.STREET_OFFICER: (State.VERIFY, State.REOPEN_REQ, State.REOPENED, State.TRIAGE),
    Role.DISPATCHER: (State.REGISTERED, State.TRIAGE, State.CLASSIFIED, State.REOPENED),
    Role.CALLBACK_AGENT: (State.CALLBACK,),
    Role.SUPERVISOR: (State.VERIFY, State.REOPEN_REQ),
}

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
        return grant.unit_id is not None and grant.unit_id == case.lead_unit_id
    value: UUID | None = getattr(case, _COLUMN[grant.level])
    return value is not None and value == grant.area_id


def visible(viewer: Viewer) -> Q:
    """Return the condition for the cases a viewer may see on a desk."""
    condition = Q(pk__in=[])
    for grant in viewer.grants:
        if grant.role not in RELATIONS:
            continue
        if grant.level is ScopeLevel.COUNTY:
            return Q()
        if grant.level is ScopeLevel.UNIT:
            condition |= Q(lead_unit_id=grant.unit_id)
        else:
            condition |= Q(**{_COLUMN[grant.level]: grant.area_id})
    return condition


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
    for grant in viewer.grants:
        if covers(grant, case):
            found |= RELATIONS[grant.role]
            if _handles_for_community(grant, case):
                found.add(Actor.HANDLER)
    if viewer.user_id is not None and viewer.user_id == case.reporter_id:
        found.add(Actor.REPORTER)
    if found & {Actor.VERIFIER, Actor.CALLER} and viewer.user_id in (
        handlers_of(case) if handlers is None else handlers
    ):
        found -= {Actor.VERIFIER, Actor.CALLER}
    return frozenset(found)


def _handles_for_community(grant: Grant, case: Case) -> bool:
    """Tell whether the case was given to the community whose staff holds this grant."""
    unit = units().get(case.lead_unit_id) if case.lead_unit_id else None
    return (
        unit is not None
        and unit.kind == "community"
        and unit.area_id == case.community_id
        and grant.role in {Role.GRID_WORKER, Role.COMMUNITY_CLERK, Role.COMMUNITY_SECRETARY}
    )


def handlers_of(case: Case) -> frozenset[UUID]:
    """Return the accounts that handled a case in its current round."""
    rows = Step.objects.filter(case_id=case.pk, relation=Actor.HANDLER)
    return handlers_among(rows.only("actor_id", "data", "relation"), case)


def handlers_among(steps: Iterable[Step], case: Case) -> frozenset[UUID]:
    """Return the accounts that handled a case in its current round, from its steps."""
    return frozenset(
        step.actor_id
        for step in steps
        if step.relation == Actor.HANDLER
        and step.actor_id is not None
        and step.data.get("round", 1) == case.round
    )
