"""Cut a town into connected, balanced, compact grids, and say how good the cut is.

The method is described in docs/methods/planning.md.
"""

from onegrid.core.planning.measures import Measures, measure
from onegrid.core.planning.solve import plan
from onegrid.core.planning.terms import (
    Asked,
    Band,
    Effort,
    Miss,
    Plan,
    Progress,
    Reason,
    Watch,
    Wishes,
)
from onegrid.core.planning.town import CLOSED, Barrier, Town, TownError, make_town

__all__ = [
    "CLOSED",
    "Asked",
    "Band",
    "Barrier",
    "Effort",
    "Measures",
    "Miss",
    "Plan",
    "Progress",
    "Reason",
    "Town",
    "TownError",
    "Watch",
    "Wishes",
    "make_town",
    "measure",
    "plan",
]
