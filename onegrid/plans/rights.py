"""Who sees, makes and decides on drafts."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.accounts.viewer import Viewer
from onegrid.grids.queries import within
from onegrid.plans.terms import COMMUNITY_LEVEL, COUNTY_LEVEL, PLANNERS, STREET_LEVEL


def _holds(viewer: Viewer, roles: Iterable[Role], areas: frozenset[UUID]) -> bool:
    """Tell whether a role of the viewer is for the county or for one of the areas."""
    wanted = frozenset(roles)
    return viewer.is_system or any(
        grant.role in wanted and (grant.level is ScopeLevel.COUNTY or grant.area_id in areas)
        for grant in viewer.grants
    )


def may_plan(viewer: Viewer, scope_id: UUID) -> bool:
    """Tell whether a viewer may make and change drafts of a street or of the county."""
    return _holds(viewer, PLANNERS, frozenset({scope_id}))


def areas_to_plan(viewer: Viewer) -> frozenset[UUID] | None:
    """Return the areas of which a viewer makes plans; None: all of the county."""
    if _holds(viewer, PLANNERS, frozenset()):
        return None
    own = _areas(viewer, PLANNERS)
    return frozenset[UUID]().union(*(within(area_id=area_id) for area_id in own))


def may_see(viewer: Viewer, scope_id: UUID) -> bool:
    """Tell whether a viewer may read a draft: whoever works in its scope or above."""
    roles = (*PLANNERS, *COMMUNITY_LEVEL, Role.GRID_WORKER)
    return _holds(viewer, roles, within(area_id=scope_id))


def may_approve(viewer: Viewer) -> bool:
    """Tell whether a viewer approves and adopts for the county."""
    return viewer.has(*COUNTY_LEVEL)


def streets_of(viewer: Viewer) -> frozenset[UUID]:
    """Return the streets for which a viewer agrees."""
    return _areas(viewer, STREET_LEVEL)


def communities_of(viewer: Viewer) -> frozenset[UUID]:
    """Return the communities for which a viewer comments."""
    return _areas(viewer, COMMUNITY_LEVEL)


def _areas(viewer: Viewer, roles: Iterable[Role]) -> frozenset[UUID]:
    wanted = frozenset(roles)
    return frozenset(
        grant.area_id
        for grant in viewer.grants
        if grant.role in wanted and grant.area_id is not None
    )
