"""Decide what stands on each plot of the town, so that a given number of households lives there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.random import Generator
from shapely import Polygon

from onegrid.demo.town.houses import HOMES, PUBLIC, Row, place

#: A larger compound would not fit into a grid.
_MOST_HOUSEHOLDS = 300
_LEAST_HOUSEHOLDS = 20
_DRAFTS = 3
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and the part of it that may be built on; `angle` is the direction of its rows.

    Attributes:
        far: distance from the middle of the town, 0 to 1.
    """

    shape: Polygon
    room: Any
    angle: float
    far: float


@dataclass(frozen=True, slots=True)
class Settled:
    """A plot with its use: a style of homes, a public use, or park."""

    plot: Plot
    use: str
    row: Row | None
    floors: int

    @property
    def households(self) -> int:
        """Return the households on the plot."""
        return self.row.households(self.floors) if self.row else 0


def _home(rng: Generator, plot: Plot) -> Settled:
    """Choose the denser of some drafts for a plot."""
    return max((_draft(rng, plot) for _ in range(_DRAFTS)), key=lambda home: home.households)


def _draft(rng: Generator, plot: Plot) -> Settled:
    """Build homes; the old middle has other houses than the edge of the town."""
    old = max(0.0, 1.0 - plot.far / 0.45)
    weights = np.array(
        [
            0.05 + 0.5 * old,
            0.34 + 0.3 * old,
            0.25 * (1 - old / 2),
            0.2 * plot.far + 0.03,
            0.24 * plot.far,
        ]
    )
    style = HOMES[str(rng.choice(list(HOMES), p=weights / weights.sum()))]
    floors = int(rng.integers(style.floors[0], style.floors[1] + 1))
    row = place(rng, plot.room, plot.angle, style)
    most = _MOST_HOUSEHOLDS // (row.units * style.flats_per_floor * floors)
    return Settled(plot, style.name, replace(row, footprints=row.footprints[:most]), floors)


def _public(rng: Generator, plot: Plot) -> Settled:
    """Choose a public use for which there is room; else the plot becomes a park."""
    uses = ["school", "kindergarten", "market", "office", "hospital", "workshop", "park"]
    weights = np.array([0.16, 0.12, 0.16, 0.2, 0.05, 0.22 * (plot.far > 0.6) + 0.001, 0.24])
    for use in rng.choice(uses, len(uses), replace=False, p=weights / weights.sum()):
        if use == "park" or plot.room.is_empty:
            break
        kind = PUBLIC[use]
        tries = [place(rng, plot.room, plot.angle, kind) for _ in range(_TRIES)]
        row = max(tries, key=lambda found: len(found.footprints))
        if row.footprints:
            most = 12 if use == "workshop" else 3
            floors = int(rng.integers(kind.floors[0], kind.floors[1] + 1))
            return Settled(plot, str(use), replace(row, footprints=row.footprints[:most]), floors)
    return Settled(plot, "park", None, 0)


def settle(rng: Generator, plots: list[Plot], households: int) -> list[Settled]:
    """Fill plots in a random order with homes until enough households live there.

    Returns:
        The plots in their order; those that were not needed for homes have public uses.
    """
    found: list[Settled | None] = [None] * len(plots)
    left = households
    for i in rng.permutation(len(plots)):
        home = _home(rng, plots[i])
        if _LEAST_HOUSEHOLDS <= home.households <= left:
            found[i] = home
            left -= home.households
    return [home or _public(rng, plot) for home, plot in zip(found, plots, strict=True)]
