"""How good the plan of a draft is: what no plan as asked for can do better."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from onegrid.plans.figures import Figures

#: Where limits stand among the figures kept with a draft.
_KEY = "limits"
#: A wider gap tells that time was short, nothing of the plan.
_WIDEST = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run has shown of all plans that are as asked for.

    Attributes:
        grids: the most that were asked for, or that the households make at the middle of the band.
        households: in all grids.
        inertia: household square metres that no such plan is below; None when none were shown.
        moves: households that change their grid in every such plan; None when none were shown.
        left_out: households behind barriers of whose moves nothing is said.
        open: grids of this draft that are not as asked for and might be.
    """

    grids: int
    households: float
    inertia: float | None
    moves: int | None
    left_out: int
    open: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a draft stands to what is possible.

    Attributes:
        gap: by what share the moment of inertia can be above the least possible; None: not known,
            or so wide that it says nothing.
        open: grids that are not as asked for and might be; while there are any, no gap is told.
        must_move: households that change their grid whatever the cut; None: not known.
        left_out: households of which `must_move` says nothing.
        allowed: grids that there may be at most.
        too_many: grids beyond that.
    """

    gap: float | None
    open: int
    must_move: int | None
    left_out: int
    allowed: int
    too_many: int


def kept(figures: Figures, limits: Limits | None, still_open: int) -> dict[str, Any]:
    """Return figures and limits as they are kept with a draft."""
    plain = figures.plain()
    return plain if limits is None else {**plain, _KEY: asdict(replace(limits, open=still_open))}


def limits_of(after: dict[str, Any]) -> Limits | None:
    """Return the limits kept with a draft; None when no run has looked for them."""
    return Limits(**after[_KEY]) if _KEY in after else None


def without_limits(after: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept with a draft once something else is asked for."""
    return {name: value for name, value in after.items() if name != _KEY}


def figures_of(after: dict[str, Any]) -> Figures | None:
    """Return the figures kept with a draft; None before a first plan."""
    found = without_limits(after)
    return Figures(**found) if found else None


def standing_of(after: dict[str, Any]) -> Standing | None:
    """Return how a draft stands to what is possible; None when no run has looked."""
    figures, limits = figures_of(after), limits_of(after)
    if figures is None or limits is None:
        return None
    return Standing(
        gap=None if limits.open else _gap(figures, limits),
        open=limits.open,
        must_move=limits.moves,
        left_out=limits.left_out,
        allowed=limits.grids,
        too_many=max(0, figures.grids - limits.grids),
    )


def _gap(figures: Figures, limits: Limits) -> float | None:
    if not limits.inertia:
        return None
    gap = figures.rms**2 * limits.households / limits.inertia - 1
    return max(0.0, gap) if gap <= _WIDEST else None
