"""Who keeps the register of which community, and who sees which estates."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.accounts.viewer import Viewer
from onegrid.estates.terms import EDITORS, OVERSEERS
from onegrid.grids.queries import within


def may_edit(viewer: Viewer, community_id: UUID) -> bool:
    """Tell whether a viewer keeps the register of a community."""
    return viewer.is_system or community_id in own_communities(viewer)


def own_communities(viewer: Viewer) -> frozenset[UUID]:
    """Return the communities whose register a viewer keeps."""
    return frozenset(
        grant.area_id
        for grant in viewer.grants
        if grant.role in EDITORS
        and grant.level is ScopeLevel.COMMUNITY
        and grant.area_id is not None
    )


def visible(viewer: Viewer) -> Q:
    """Return the condition for the estates that a viewer may see; none that were taken off."""
    there = Q(removed_at__isnull=True)
    if viewer.is_system or viewer.has(*OVERSEERS):
        return there
    seen = set(own_communities(viewer))
    for grant in viewer.grants:
        if grant.role is Role.STREET_OFFICER and grant.area_id is not None:
            seen |= within(area_id=grant.area_id)
    return there & Q(community_id__in=seen)
