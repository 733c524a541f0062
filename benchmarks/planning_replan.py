"""Cut again after a tenth of the compounds has changed: who moves, and who had to."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from typing import Any

import numpy as np

from onegrid.core.planning import (
    Asked,
    Band,
    Effort,
    Town,
    Wishes,
    least_moves,
    measure,
    plan,
)


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


def replanned(
    name: str, town: Town, band: Band, grids: int, options: argparse.Namespace
) -> list[dict[str, Any]]:
    """Plan; for each seed change the town and plan again, with few changes and from nothing."""
    before = plan(town=town, asked=Asked(band, grids), effort=Effort(seconds=options.seconds))
    return [
        _once(name, replace(changed(town, 0.1, seed), today=before.labels), band, seed, options)
        for seed in range(1, options.changes + 1)
    ]


def _once(
    name: str, town: Town, band: Band, seed: int, options: argparse.Namespace
) -> dict[str, Any]:
    """Plan a changed town; print and return the figures."""
    households = float(town.households.sum())
    most = max(1, round(households / ((band.least + band.most) / 2)))
    row: dict[str, Any] = {"instance": name, "change": seed, "households": households}
    for key, wishes in (("fresh", Wishes()), ("few", Wishes(change=options.change))):
        asked, started = Asked(band, most, wishes), time.perf_counter()
        made = plan(town=town, asked=asked, effort=Effort(seconds=options.seconds))
        wall, figures = time.perf_counter() - started, measure(town, made.labels, band)
        row[key] = {
            "moved": figures.moved / households,
            "rms": figures.rms,
            "good": figures.good,
            "wall": wall,
        }
    least = least_moves(town=town, asked=asked, plan=made, seconds=options.limit)
    few, fresh = row["few"], row["fresh"]
    row["least moves"] = least.households / households
    row["times the least"] = few["moved"] / max(row["least moves"], 1e-12)
    row["rms lost"] = few["rms"] / fresh["rms"] - 1
    row["inertia lost"] = (few["rms"] / fresh["rms"]) ** 2 - 1
    print(
        f"{name:<11}{seed:>2} moved {few['moved']:.2%} (must {row['least moves']:.2%}, "
        f"{row['times the least']:.2f} times; from nothing {fresh['moved']:.2%}) · good "
        f"{few['good']:.1%} · rms {few['rms']:.2f} m against {fresh['rms']:.2f} m "
        f"({row['rms lost']:+.1%}; inertia {row['inertia lost']:+.1%})",
        flush=True,
    )
    return row
