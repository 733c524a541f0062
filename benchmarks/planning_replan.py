"""Cut again after a tenth of the compounds has changed: who moves, and who had to.

The goal: at most 3 % of the households move, at most 1.5 times as many as must, and the root mean
square distance is at most 3 % above that of a plan from nothing with the same effort. What must
move is counted in all pieces for plans with no worse exceptions than the one that was made.
"""

from __future__ import annotations

import argparse
import resource
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
from onegrid.core.planning.first import first_plan

#: The most that may move as a share of the households, times those who must, and be lost of rms.
_MOVED, _TIMES, _LOST = 0.03, 1.5, 0.03


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
    first_plan()
    before = plan(town=town, asked=Asked(band, grids), effort=_effort(options))
    return [
        _once(name, replace(changed(town, 0.1, seed), today=before.labels), band, seed, options)
        for seed in range(1, options.changes + 1)
    ]


def _effort(options: argparse.Namespace) -> Effort:
    """Return the effort of each plan: rounds do not depend on what else the machine does."""
    return Effort(None, options.rounds) if options.rounds else Effort(seconds=options.seconds)


def _once(
    name: str, town: Town, band: Band, seed: int, options: argparse.Namespace
) -> dict[str, Any]:
    """Plan a changed town; print and return the figures."""
    households = float(town.households.sum())
    most = max(1, round(households / ((band.least + band.most) / 2)))
    row: dict[str, Any] = {"instance": name, "change": seed, "households": households}
    for key, wishes in (("fresh", Wishes()), ("few", Wishes(change=options.change))):
        asked, started, before = Asked(band, most, wishes), time.perf_counter(), _cpu()
        made = plan(town=town, asked=asked, effort=_effort(options))
        wall, figures = time.perf_counter() - started, measure(town, made.labels, band)
        spent = _cpu() - before
        row[key] = {
            "moved": figures.moved / households,
            "rms": figures.rms,
            "good": figures.good,
            "wall": wall,
            "cpu": spent,
        }
    least = least_moves(town=town, asked=asked, plan=made, seconds=options.limit)
    few, fresh = row["few"], row["fresh"]
    row["least moves"] = least.households / households
    row["times the least"] = few["moved"] / max(row["least moves"], 1e-12)
    row["rms lost"] = few["rms"] / fresh["rms"] - 1
    row["left out"] = least.left_out / households
    print(_line(row), flush=True)
    return row


def _cpu() -> float:
    """Return the processor seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _line(row: dict[str, Any]) -> str:
    """Return a row of the table."""
    few, fresh = row["few"], row["fresh"]
    left = f", {row['left out']:.1%} not counted" if row["left out"] else ""
    return (
        f"{row['instance']:<11}{row['change']:>2} moved {few['moved']:.2%} (must "
        f"{row['least moves']:.2%}{left}, {row['times the least']:.2f} times; from nothing "
        f"{fresh['moved']:.2%}) · good {few['good']:.1%} ({fresh['good']:.1%}) · rms "
        f"{few['rms']:.2f} m against {fresh['rms']:.2f} m ({row['rms lost']:+.1%}) · CPU "
        f"{few['cpu']:.0f} s ({fresh['cpu']:.0f} s) · {verdict(row)}"
    )


def verdict(row: dict[str, Any]) -> str:
    """Say whether the goal is met, and what is missed."""
    missed = []
    if row["times the least"] > _TIMES and row["few"]["moved"] > 0:
        missed.append(f"more than {_TIMES:g} times the least")
    if row["rms lost"] > _LOST:
        missed.append(f"more than {_LOST:.0%} less compact")
    if row["least moves"] > _MOVED:
        return ", ".join(missed or ["met"]) + f"; more than {_MOVED:.0%} must move whatever the cut"
    if row["few"]["moved"] > _MOVED:
        missed.insert(0, f"more than {_MOVED:.0%} move")
    return ", ".join(missed or ["met"])
