"""Cut a town into connected, balanced, compact grids, and say how good the cut is.

The method is described in docs/methods/planning.md.
"""

from onegrid.core.planning.explain import Hindrance, Nearest, Story, explain
from onegrid.core.planning.measures import Measures, measure
from onegrid.core.planning.nest import communities
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
    "Hindrance",
    "Measures",
    "Miss",
    "Nearest",
    "Plan",
    "Progress",
    "Reason",
    "Story",
    "Town",
    "TownError",
    "Watch",
    "Wishes",
    "communities",
    "explain",
    "make_town",
    "measure",
    "plan",
]
