"""Cut again after a tenth of the compounds has changed: who moves, and who had to."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from typing import Any

import numpy as np

from onegrid.core.planning import Asked, Band, Effort, Town, Wishes, measure
from onegrid.core.planning.solve import plan


def changed(town: Town, share: float, seed: int) -> Town:
    """Return the town after some compounds were rebuilt with 0.5 to 1.8 times the households."""
    rng = np.random.default_rng(seed)
    names = np.unique(town.compound[town.compound >= 0])
    if not len(names):
        names, group = np.arange(len(town)), np.arange(len(town))
    else:
        group = town.compound
    chosen = rng.choice(names, max(1, round(share * len(names))), replace=False)
    factor = np.ones(int(max(names.max(), group.max())) + 1)
    factor[chosen] = rng.uniform(0.5, 1.8, len(chosen))
    grown = np.where(group >= 0, np.rint(town.households * factor[group]), town.households)
    return replace(town, households=grown.astype(np.float64), workload=None)


def least_moves(town: Town, today: np.ndarray, band: Band) -> float:
    """Return how many households must move at least, whatever the cut.

    A grid over the band must lose whole buildings that make up what it has too much; a grid under
    it must gain what it lacks or be given up. The two may be the same moves, so the larger counts.
    """
    leave, come = 0.0, 0.0
    for grid in np.unique(today):
        own = town.households[today == grid]
        load = float(own.sum())
        if load > band.most:
            leave += _least_sum(own, load - band.most)
        elif load < band.least:
            come += min(band.least - load, load)
    return max(leave, come)


def _least_sum(households: np.ndarray, need: float) -> float:
    """Return the least sum of some of the numbers that is at least what is needed."""
    reached = np.zeros(int(households.sum()) + 1, dtype=np.bool_)
    reached[0] = True
    for own in households.astype(np.int64):
        if own > 0:
            reached[own:] |= reached[:-own].copy()
    sums = np.flatnonzero(reached)
    return float(sums[sums >= need - 1e-9].min())


def replanned(
    name: str, town: Town, band: Band, grids: int, options: argparse.Namespace
) -> dict[str, Any]:
    """Plan, change the town, plan again with few changes and from nothing; print and return."""
    before = plan(town=town, asked=Asked(band, grids), effort=Effort(seconds=options.seconds))
    after = replace(changed(town, 0.1, 1), today=before.labels)
    most = max(1, round(float(after.households.sum()) / ((band.least + band.most) / 2)))
    row: dict[str, Any] = {"instance": name, "households": float(after.households.sum())}
    row["least moves"] = least_moves(after, before.labels, band) / row["households"]
    for key, wishes in (("fresh", Wishes()), ("few", Wishes(change=options.change))):
        started = time.perf_counter()
        found = plan(
            town=after, asked=Asked(band, most, wishes), effort=Effort(seconds=options.seconds)
        )
        measured = measure(after, found.labels, band)
        row[key] = {
            "moved": measured.moved / row["households"],
            "rms": measured.rms,
            "good": measured.good,
            "wall": time.perf_counter() - started,
        }
    few, fresh = row["few"], row["fresh"]
    row["times the least"] = few["moved"] / max(row["least moves"], 1e-12)
    row["compactness lost"] = (few["rms"] / fresh["rms"]) ** 2 - 1
    print(
        f"{name:<14} moved {few['moved']:.2%} (must {row['least moves']:.2%}, "
        f"{row['times the least']:.2f} times; from nothing {fresh['moved']:.2%}) · good "
        f"{few['good']:.1%} · rms {few['rms']:.2f} m against {fresh['rms']:.2f} m "
        f"({row['compactness lost']:+.1%} inertia)",
        flush=True,
    )
    return row
