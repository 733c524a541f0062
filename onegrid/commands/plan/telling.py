"""What is said at the end of ``plan``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onegrid.commands.terminal import show, show_json
from onegrid.gis.results import Result
from onegrid.runtime.words import words


def sum_up(made: Result, written: Sequence[Path], *, as_json: bool) -> None:
    """Print the figures of a plan and where it is."""
    found, town = made.measures, made.surveyed.town
    good = int((found.within & found.connected).sum())
    if as_json:
        show_json(
            {
                "buildings": len(town),
                "households": float(town.households.sum()),
                "grids": found.grids,
                "good": good,
                "rms_m": round(found.rms, 2),
                "moved": found.moved,
                "misses": [
                    {"grid": made.codes[miss.grid], "reason": str(miss.reason)}
                    for miss in made.misses
                ],
                "rounds": made.plan.rounds,
                "seconds": round(made.plan.seconds, 2),
                "files": [str(path) for path in written],
            }
        )
        return
    households = f"{town.households.sum():,.0f}"
    show(
        words(
            f"{len(town):,} buildings, {households} households, {found.grids:,} grids: "
            f"{good:,} within the band and in one piece, {found.rms:.1f} m to the middle.",
            f"{len(town):,} 栋建筑，{households} 户，{found.grids:,} 个网格："
            f"{good:,} 个户数达标且连通，到网格中心 {found.rms:.1f} 米。",
        )
    )
    if made.misses:
        show(
            words(
                f"{len(made.misses):,} are not as asked for; the report says why.",
                f"{len(made.misses):,} 个未达要求，报告中逐一说明原因。",
            )
        )
    for path in written:
        show(str(path))
