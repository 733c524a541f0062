"""What every method is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, eq=False)
class Job:
    """An instance and what is asked for.

    Attributes:
        arrays: xy, w, comp, edges, elen, ecls of the instance.
        grids: how many.
        least, most: households of a grid.
        seconds: for methods that can go on for as long as they are let.
    """

    arrays: dict[str, np.ndarray]
    grids: int
    least: float
    most: float
    seconds: float

    @property
    def households(self) -> np.ndarray:
        """Return (n,) households."""
        return self.arrays["w"]

    @property
    def xy(self) -> np.ndarray:
        """Return (n, 2) metres."""
        return self.arrays["xy"]

    @property
    def edges(self) -> np.ndarray:
        """Return (m, 2) pairs of neighbours."""
        return self.arrays["edges"]

    @property
    def balance(self) -> float:
        """Return by what share a grid may be above the mean."""
        return self.most * self.grids / float(self.households.sum()) - 1

    def rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the neighbours as sparse rows: starts, neighbours, and borders in tenths."""
        a, b = self.edges.T
        source, target = np.concatenate([a, b]), np.concatenate([b, a])
        order = np.argsort(source, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=len(self.xy)))])
        metres = self.arrays["elen"]
        tenths = np.maximum(1, np.rint(10 * metres / max(np.median(metres), 1e-9)))
        return starts, target[order], np.tile(tenths.astype(np.int64), 2)[order]

    def part(self, arrays: dict[str, np.ndarray], grids: int) -> Job:
        """Return the same question about other arrays."""
        return replace(self, arrays=arrays, grids=grids)


#: Returns (n,) the grid of each building.
Method = Callable[[Job], np.ndarray]
