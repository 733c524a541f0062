"""On which side of a call a viewer stands, and which calls a viewer sees."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.accounts.viewer import Grant, Viewer
from onegrid.calls.flow import Side
from onegrid.calls.models import Call, Summons
from onegrid.calls.terms import ANSWERERS, CALLERS, OVERSEERS
from onegrid.cases.standing import barred, marks


def calls_for(grant: Grant, *, community_id: UUID | None, street_id: UUID | None) -> bool:
    """Tell whether a grant lets its holder call departments to a place."""
    if grant.role not in CALLERS or grant.area_id is None:
        return False
    return grant.area_id == (community_id if grant.level is ScopeLevel.COMMUNITY else street_id)


def is_caller(viewer: Viewer, call: Call) -> bool:
    """Tell whether a viewer stands on the side that called."""
    return any(
        calls_for(grant, community_id=call.community_id, street_id=call.street_id)
        for grant in viewer.grants
    )


def unit_ids(viewer: Viewer, *roles: Role) -> frozenset[UUID]:
    """Return the units a viewer belongs to, by one of some roles."""
    return frozenset(
        grant.unit_id
        for grant in viewer.grants
        if grant.role in (roles or ANSWERERS) and grant.unit_id is not None
    )


def sides(viewer: Viewer, summons: Summons) -> frozenset[Side]:
    """Return the sides on which a viewer stands to a department's way through a call."""
    if viewer.is_system:
        return frozenset({Side.SYSTEM})
    if summons.call.case is not None and barred(viewer, summons.call.case):
        return frozenset()
    found: set[Side] = set()
    if is_caller(viewer, summons.call):
        found.add(Side.CALLER)
    if summons.unit_id in unit_ids(viewer):
        found.add(Side.TEAM)
    return frozenset(found)


def oversees(viewer: Viewer) -> bool:
    """Tell whether a viewer sees every call of the county."""
    return viewer.is_system or viewer.has(*OVERSEERS)


def visible(viewer: Viewer, *, through: str = "") -> Q:
    """Return the condition for the ways of departments a viewer may see.

    A call for a case that is about the viewer or the viewer's unit is never among them (D8).

    Args:
        through: path from the row asked for to `Call`, e.g. ``call__``.
    """
    named = list(marks(viewer.user_id, viewer.grants))
    own = Q(**{f"{through}case__isnull": True}) | ~Q(
        **{f"{through}case__excluded_ids__overlap": named}
    )
    if oversees(viewer):
        return own if named else Q()
    condition = Q(pk__in=[])
    mine = unit_ids(viewer)
    if mine:
        condition |= Q(unit_id__in=mine)
    for grant in viewer.grants:
        if grant.role in CALLERS and grant.area_id is not None:
            column = "community_id" if grant.level is ScopeLevel.COMMUNITY else "street_id"
            condition |= Q(**{f"{through}{column}": grant.area_id})
    return condition & own
