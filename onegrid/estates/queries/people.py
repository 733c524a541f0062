"""Who of a community can be in charge of a step."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from onegrid.accounts.queries.staff import Person, people_of_areas
from onegrid.estates.terms import IN_CHARGE
from onegrid.grids.queries import within


def candidates(community_id: UUID, now: datetime) -> tuple[Person, ...]:
    """Return the clerks, secretaries and grid workers of a community, by user name."""
    return people_of_areas(area_ids=within(area_id=community_id), now=now, roles=IN_CHARGE)
