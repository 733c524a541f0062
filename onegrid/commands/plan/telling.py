"""What is said at the end of ``plan``."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from onegrid.commands.terminal import show, show_json
from onegrid.core.planning import Wishes
from onegrid.gis.results import Communities, Result
from onegrid.gis.words import sentence, speech
from onegrid.runtime.words import language, words


def sum_up(made: Result, written: Sequence[Path], *, as_json: bool) -> None:
    """Print the figures of a plan and where it is."""
    _ = speech("zh-hans" if language() == "zh" else "en")
    notes = [sentence(note.code, note.params, _) for note in made.notes]
    if as_json:
        show_json(_figures(made, notes, written))
        return
    for line in (*_said(made), *_compared(made)):
        show(line)
    for note in notes:
        show(f"· {note}")
    for path in written:
        show(str(path))


def _figures(made: Result, notes: list[str], written: Sequence[Path]) -> dict[str, object]:
    found, above, moves = made.measures, made.communities, made.moves
    return {
        "buildings": len(made.surveyed.town),
        "households": float(made.surveyed.town.households.sum()),
        "grids": found.grids,
        "good": _good(made),
        "rms_m": round(found.rms, 2),
        "moved": found.moved,
        "walk_m": _metres(made),
        "no_way": None if made.served is None else made.served.beyond,
        "too_many": made.plan.too_many,
        "gap": None if made.gap is None else round(made.gap, 4),
        "must_move": None if moves is None else moves.households,
        "must_move_without": None if moves is None else moves.left_out,
        "communities": None if above is None else len(above.codes),
        "communities_good": None if above is None else len(above.codes) - len(above.misses),
        "misses": [
            {"grid": made.codes[miss.grid], "reason": str(miss.reason)} for miss in made.misses
        ],
        "notes": notes,
        "rounds": made.plan.rounds,
        "seconds": round(made.plan.seconds, 2),
        "files": [str(path) for path in written],
    }


def _good(made: Result) -> int:
    return int((made.measures.within & made.measures.connected).sum())


def _said(made: Result) -> list[str]:
    """Say how large the plan is and how many grids and communities are as asked for."""
    found, town = made.measures, made.surveyed.town
    good, households = _good(made), f"{town.households.sum():,.0f}"
    said = [
        words(
            f"{len(town):,} buildings, {households} households, {found.grids:,} grids: "
            f"{good:,} within the band and in one piece, {found.rms:.1f} m to the middle.",
            f"{len(town):,} 栋建筑，{households} 户，{found.grids:,} 个网格："
            f"{good:,} 个户数达标且连通，到网格中心 {found.rms:.1f} 米。",
        )
    ]
    if made.misses:
        said.append(
            words(
                f"{len(made.misses):,} are not as asked for; the report says why.",
                f"{len(made.misses):,} 个未达要求，报告中逐一说明原因。",
            )
        )
    if made.communities is not None:
        said.append(_upper(made.communities))
    return said


def _upper(above: Communities) -> str:
    count, bad = len(above.codes), len(above.misses)
    return words(
        f"{count:,} communities: {count - bad:,} within their band.",
        f"{count:,} 个社区：{count - bad:,} 个户数达标。",
    )


def _metres(made: Result) -> float | None:
    """Return the mean walk to the stations as JSON can hold it."""
    known = made.served is not None and isfinite(made.served.mean)
    return round(made.served.mean, 1) if made.served is not None and known else None


def _walked(made: Result) -> list[str]:
    """Say how far people walk to the station of their grid."""
    metres = _metres(made)
    if made.served is None or metres is None:
        return []
    line = words(
        f"{metres:,.0f} m to walk to the station of the grid.",
        f"到本网格站点步行 {metres:,.0f} 米。",
    )
    far = made.served.beyond
    if not far:
        return [line]
    none = words(f"{far:,.0f} households have no way to it.", f"{far:,.0f} 户没有步行通路。")
    return [line, none]


def _too_many(made: Result) -> str:
    many, least = made.plan.too_many, made.least_grids
    allowed = made.plan.grids - many
    if least > allowed:
        return words(
            f"{many:,} more grids than {allowed:,}: the households need {least:,} at least.",
            f"比 {allowed:,} 个多出 {many:,} 个网格：这些住户至少需要 {least:,} 个网格。",
        )
    return words(
        f"{many:,} more grids than {allowed:,}: barriers leave small pieces, or no plan "
        f"with fewer was found.",
        f"比 {allowed:,} 个多出 {many:,} 个网格：道路河流隔出了零碎片区，或未找到更少的方案。",
    )


def _compared(made: Result) -> list[str]:
    """Say how a plan compares with what is possible, as far as it is known."""
    said = _walked(made)
    if made.plan.too_many:
        said.append(_too_many(made))
    if made.gap is not None:
        said.append(
            words(
                f"At most {made.gap:.1%} from the best possible.",
                f"与理论最优相差不超过 {made.gap:.1%}。",
            )
            if made.asked.wishes == Wishes()
            else words(
                f"At most {made.gap:.1%} from the most compact possible; wishes are not counted.",
                f"与理论上最紧凑的方案相差不超过 {made.gap:.1%}（其他要求不计入）。",
            )
        )
    if made.moves is not None:
        least, moved = made.moves.households, made.measures.moved
        said.append(
            words(
                f"At least {least:,.0f} households must change their grid; here {moved:,.0f} do.",
                f"至少有 {least:,.0f} 户必须调整网格，本方案调整 {moved:,.0f} 户。",
            )
        )
    return said
