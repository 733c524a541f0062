"""The cut before, and the plan that replaced it: adopted long ago, by people who have left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.timezone import localtime

from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.accounts.viewer import Grant, Viewer
from onegrid.demo.divisions import TENANT_ID
from onegrid.demo.town import Town, cutting
from onegrid.grids.queries import areas, buildings
from onegrid.plans import actions
from onegrid.plans.actions import Doing
from onegrid.plans.actions.layers import draft_as_drawn
from onegrid.plans.naming import Named
from onegrid.plans.ports import DraftWish

_NAME = "城市社区调整：9个社区78个大网格改为22个社区"
_WHY = "按照方便群众、便于服务、规模适度、全面覆盖的原则。道路、河流不变。"


def replace_earlier_cut(*, town: Town, since: datetime) -> UUID:
    """Draft, agree on, approve and adopt the plan of today for the day of a moment in the past.

    The labels are those that the planner has cut for the town; borders are those of its plots.

    Returns:
        The id of the adoption; `begin_plan` has to follow once there are units.
    """
    days = _days(since - timedelta(days=60))
    planner = _former("王立新", Role.DISPATCHER)
    draft_id = _drafted(planner, next(days), town)
    actions.submit(doing=_by(planner, next(days)), draft_id=draft_id)
    for street in areas(level="street", on=since - timedelta(days=60)):
        if buildings(area_id=street.id, on=since - timedelta(days=60)):
            officer = _former(f"{street.name}原干部", Role.STREET_OFFICER, street.id)
            actions.agree(doing=_by(officer, next(days)), draft_id=draft_id)
    supervisor = _former("赵国栋", Role.SUPERVISOR)
    actions.approve(doing=_by(supervisor, next(days)), draft_id=draft_id)
    return actions.adopt(
        doing=_by(supervisor, next(days)),
        draft_id=draft_id,
        effective_on=localtime(since).date(),
        drawn={one.code: one.polygon for one in town.of_level("grid")},
    )


def begin_plan(*, adoption_id: UUID, since: datetime) -> None:
    """Let the plan begin on its day; nothing was under way that had to move."""
    actions.begin(adoption_id=adoption_id, now=since)
    actions.move_cases(adoption_id=adoption_id, now=since)


def _drafted(planner: Viewer, at: datetime, town: Town) -> UUID:
    """Make the draft with the grids of today's town."""
    grid, community = cutting.GRID_BAND, cutting.COMMUNITY_BAND
    wish = DraftWish(
        name=_NAME,
        scope_id=areas(level="county", on=at)[0].id,
        least=round(grid.least),
        most=round(grid.most),
        community_least=round(community.least),
        community_most=round(community.most),
        assumptions=_WHY,
    )
    names = {one.code: one.name for one in town.areas}
    codes = [one.code for one in town.of_level("grid")]
    known = {
        n: Named(code, names[code], code[:12], names[code[:12]], None)
        for n, code in enumerate(codes)
    }
    numbers = {code: n for n, code in enumerate(codes)}
    doors = {one.address: numbers[one.grid_code] for one in town.buildings}
    by_id = {row.id: doors[row.address] for row in buildings(area_id=wish.scope_id, on=at)}
    return draft_as_drawn(doing=_by(planner, at), wish=wish, grid_of=by_id, named=known)


def _days(first: datetime) -> Iterator[datetime]:
    """Return a moment in each week, one after the other."""
    while True:
        yield first
        first += timedelta(days=7)


def _former(name: str, role: Role, area_id: UUID | None = None) -> Viewer:
    """Return somebody who had a role then and has no account any more."""
    level = ScopeLevel.COUNTY if area_id is None else ScopeLevel.STREET
    grants = (Grant(role, level, area_id),)
    return Viewer(uuid5(NAMESPACE_URL, name), TENANT_ID, name, grants=grants)


def _by(viewer: Viewer, at: datetime) -> Doing:
    return Doing(viewer, at, uuid5(NAMESPACE_URL, f"{viewer.name} {at:%Y-%m-%d}"))
