"""What is handed to the actions of plans."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from onegrid.plans.terms import USUAL_SECONDS


@dataclass(frozen=True, slots=True)
class DraftWish:
    """What a draft is asked for.

    Attributes:
        scope_id: a street or the county.
        least, most: households of a grid.
        community_least, community_most: households of a community; None: communities stay.
        borders, workload, change, station: weights from 0 to 100, as in `core.planning.Wishes`.
        frozen: grids of today that stay as they are.
        seconds: how long the planner improves.
    """

    name: str
    scope_id: UUID
    least: int
    most: int
    community_least: int | None = None
    community_most: int | None = None
    most_grids: int | None = None
    borders: int = 0
    workload: int = 0
    change: int = 0
    station: int = 0
    frozen: tuple[UUID, ...] = ()
    seed: int = 0
    seconds: int = USUAL_SECONDS
    assumptions: str = ""
