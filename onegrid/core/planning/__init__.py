"""Cut a town into connected, balanced, compact grids, and say how good the cut is.

The method is described in docs/methods/planning.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from onegrid.core.planning.explain import Hindrance, Nearest, Story, explain
from onegrid.core.planning.measures import Measures, measure
from onegrid.core.planning.nest import communities
from onegrid.core.planning.solve import plan
from onegrid.core.planning.terms import (
    FEW_CHANGES,
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

if TYPE_CHECKING:
    from onegrid.core.planning.bounds import lower_bound
    from onegrid.core.planning.moves import LeastMoves, least_moves
    from onegrid.core.planning.proofs import prove
    from onegrid.core.planning.siting import site
    from onegrid.core.planning.walks import Served, served

__all__ = [
    "CLOSED",
    "FEW_CHANGES",
    "Asked",
    "Band",
    "Barrier",
    "Effort",
    "Hindrance",
    "LeastMoves",
    "Measures",
    "Miss",
    "Nearest",
    "Plan",
    "Progress",
    "Reason",
    "Served",
    "Story",
    "Town",
    "TownError",
    "Watch",
    "Wishes",
    "communities",
    "explain",
    "least_moves",
    "lower_bound",
    "make_town",
    "measure",
    "plan",
    "prove",
    "served",
    "site",
]

#: What loads compiled code or solvers, and so waits until it is asked for.
_LATER = {
    "LeastMoves": "moves",
    "least_moves": "moves",
    "lower_bound": "bounds",
    "prove": "proofs",
    "Served": "walks",
    "served": "walks",
    "site": "siting",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
