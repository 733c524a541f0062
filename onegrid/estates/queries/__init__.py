"""Read the register of estates: lists, counts, one estate, what everybody may see."""

from onegrid.estates.queries.detail import EstateView, estate
from onegrid.estates.queries.lists import (
    CommunityCount,
    EstateRow,
    Filters,
    counts,
    estates,
    find,
    open_to_all,
)

__all__ = [
    "CommunityCount",
    "EstateRow",
    "EstateView",
    "Filters",
    "counts",
    "estate",
    "estates",
    "find",
    "open_to_all",
]
