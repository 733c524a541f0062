"""Decide what stands on the plots of one grid so that 300 to 500 households live in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.random import Generator
from shapely import Polygon

from onegrid.demo.town.houses import HOMES, PUBLIC, Row, place

LOW, HIGH = 300, 500
_SAFE_LOW, _SAFE_HIGH = 325, 475
_TRIES = 5
_MOST_HOME_PLOTS = 4


class NoRoom(ValueError):
    """Raised when an attempt at a town cannot be finished; the caller draws another one."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and the part of it that may be built on; `angle` is the direction of its rows."""

    shape: Polygon
    room: Any
    angle: float


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

    def with_floors(self, floors: int) -> Settled:
        """Return the plot with other floors."""
        return replace(self, floors=floors)


def _style(rng: Generator, far: float) -> str:
    """Choose a kind of home; `far` is 0 in the old middle and 1 at the edge of the town."""
    old = max(0.0, 1.0 - far / 0.45)
    weights = np.array(
        [0.05 + 0.5 * old, 0.34 + 0.3 * old, 0.25 * (1 - old / 2), 0.2 * far + 0.03, 0.24 * far]
    )
    return str(rng.choice(list(HOMES), p=weights / weights.sum()))


def _home(rng: Generator, plot: Plot, style: str) -> Settled:
    kind = HOMES[style]
    floors = int(rng.integers(kind.floors[0], kind.floors[1] + 1))
    return Settled(plot, style, place(rng, plot.room, plot.angle, kind), floors)


def _public(rng: Generator, plot: Plot, far: float) -> Settled:
    """Choose a public use; what finds no room becomes a park."""
    uses = ["school", "kindergarten", "market", "office", "hospital", "workshop", "park"]
    weights = np.array([0.16, 0.12, 0.16, 0.2, 0.05, 0.22 * (far > 0.6), 0.24])
    use = str(rng.choice(uses, p=weights / weights.sum()))
    if use == "park" or plot.room.is_empty:
        return Settled(plot, "park", None, 0)
    kind = PUBLIC[use]
    tries = [place(rng, plot.room, plot.angle, kind) for _ in range(_TRIES)]
    row = max(tries, key=lambda found: len(found.footprints))
    most = 12 if use == "workshop" else 3
    row = replace(row, footprints=row.footprints[:most])
    floors = int(rng.integers(kind.floors[0], kind.floors[1] + 1))
    return Settled(plot, use if row.footprints else "park", row, floors)


def _densest(rng: Generator, plot: Plot) -> Settled:
    """Choose the kind of home that could hold most households on a plot."""
    homes = [_home(rng, plot, style) for style in HOMES for _ in range(_TRIES)]
    return max(homes, key=lambda home: home.with_floors(HOMES[home.use].floors[2]).households)


def _nearest_subset(sizes: list[int], target: int) -> tuple[int, ...]:
    """Return the plots, at most four, whose homes together come closest to the target."""
    most = min(_MOST_HOME_PLOTS, len(sizes))
    subsets = [c for n in range(1, most + 1) for c in combinations(range(len(sizes)), n)]

    def miss(subset: tuple[int, ...]) -> float:
        total = max(1, sum(sizes[i] for i in subset))
        return abs(float(np.log(total / target)))

    return min(subsets, key=miss)


def _fit_floors(homes: list[Settled], target: int) -> list[Settled]:
    """Scale the floors of all homes towards the target, within what each style allows."""
    factor = target / max(1, sum(home.households for home in homes))
    out = []
    for home in homes:
        low, _, most = HOMES[home.use].floors
        out.append(home.with_floors(int(np.clip(round(home.floors * factor), low, most))))
    return out


def _thin(homes: list[Settled]) -> list[Settled]:
    """Take the last house away from the largest plot: its place stays open."""
    i = int(np.argmax([home.households for home in homes]))
    row = homes[i].row
    if row is None:
        return homes
    fewer = replace(homes[i], row=replace(row, footprints=row.footprints[:-1]))
    return [*homes[:i], fewer, *homes[i + 1 :]]


def _raise(homes: list[Settled]) -> list[Settled] | None:
    """Add a floor where it is allowed; None when all houses are at their utmost."""
    for i in np.argsort([home.floors / HOMES[home.use].floors[2] for home in homes]):
        home = homes[int(i)]
        if home.floors < HOMES[home.use].floors[2] and home.households:
            return [*homes[: int(i)], home.with_floors(home.floors + 1), *homes[int(i) + 1 :]]
    return None


def _into_band(homes: list[Settled], target: int) -> list[Settled] | None:
    """Bring the households of a grid into the safe band; None when its homes do not suffice."""
    if not homes:
        return None
    homes = _fit_floors(homes, target)
    while sum(home.households for home in homes) > _SAFE_HIGH:
        homes = _thin(homes)
    while sum(home.households for home in homes) < _SAFE_LOW:
        higher = _raise(homes)
        if higher is None:
            return None
        homes = higher
    total = sum(home.households for home in homes)
    return homes if LOW <= total <= HIGH else None


def settle(rng: Generator, plots: list[Plot], far: float) -> list[Settled]:
    """Fill the plots of one grid.

    Args:
        far: distance from the middle of the town, 0 to 1.

    Raises:
        NoRoom: the plots cannot hold 300 households.
    """
    target = int(np.clip(rng.normal(400, 26), 345, 455))
    homes = [_home(rng, plot, _style(rng, far)) for plot in plots]
    chosen = _nearest_subset([home.households for home in homes], target)
    fitted = _into_band([homes[i] for i in chosen], target)
    if fitted is None:
        homes = [_densest(rng, plot) for plot in plots]
        chosen = tuple(i for i, home in enumerate(homes) if home.households)
        fitted = _into_band([homes[i] for i in chosen], target)
    if fitted is None:
        raise NoRoom("a grid has no room for 300 households")
    others = [_public(rng, plots[i], far) for i in range(len(plots)) if i not in chosen]
    return fitted + others
