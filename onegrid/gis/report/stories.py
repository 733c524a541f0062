"""Why is a grid where it is? For each grid its room, what bounds it, and what came closest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from xml.etree.ElementTree import Element

from onegrid.core.planning import Story, explain
from onegrid.core.planning.explain import Hindrance, Nearest
from onegrid.gis.report.markup import Child, table, tag
from onegrid.gis.report.reasons import barrier_name, walk
from onegrid.gis.results import Result
from onegrid.gis.words import Say

#: a plan of more grids is looked at on a map, grid by grid
_MOST = 1000


def why_here(result: Result, _: Say) -> list[Element]:
    """Return the section that says why each grid is as it is; none for a very large plan."""
    if len(result) > _MOST:
        return []
    plan = replace(result.plan, labels=result.labels, grids=len(result))
    told = explain(result.surveyed.town, plan, result.asked)
    rows: list[list[Child]] = [
        [
            result.codes[one.grid],
            _room(one, _),
            _borders(one, _),
            *([_station(one, result.surveyed.stations, _)] if result.served else []),
            _closest(one.nearest, result.codes, _),
        ]
        for one in sorted(told, key=lambda one: result.codes[one.grid])
    ]
    words = _(
        "How many households each grid could still take or lose within the band, what lies on its "
        "borders, and which neighbours came closest to being in it."
    )
    head = [_("grid"), _("room, households"), _("borders")]
    head += [_("station"), _("closest neighbours outside")][0 if result.served else 1 :]
    return [tag("h2", _("Why here?")), tag("p", words), table(head, rows)]


def _room(one: Story, _: Say) -> str:
    more, fewer = one.room
    return f"+{max(0.0, more):,.0f} / −{max(0.0, fewer):,.0f}"


def _borders(one: Story, _: Say) -> str:
    """Return the metres of border by what lies there, the longest first."""
    longest = sorted(one.borders.items(), key=lambda pair: -pair[1])
    return ", ".join(
        f"{barrier_name(kind, _)}\u00a0{metres:,.0f}\u00a0m" for kind, metres in longest
    )


def _station(one: Story, names: Sequence[str], _: Say) -> str:
    """Return the station of a grid and the walk there."""
    if one.station is None:
        return ""
    return f"{names[one.station]}\u00a0{walk(inf if one.walk is None else one.walk, _)}"


def _closest(nearest: Nearest | None, codes: Sequence[str], _: Say) -> str:
    """Return who lives closest outside and what speaks against taking them in."""
    if nearest is None:
        return _("nobody could change")
    against = {
        Hindrance.TOO_MANY: _("it would hold %(by)s households too many"),
        Hindrance.TOO_FEW: _("%(grid)s would be left with %(by)s households too few"),
        Hindrance.APART: _("%(grid)s would fall apart"),
        Hindrance.FARTHER: _("the ways to the middles would become longer"),
    }[nearest.hindrance]
    words = _("%(households)s households of %(grid)s: %(against)s")
    grid = {"grid": codes[nearest.grid]}
    return words % {
        **grid,
        "households": f"{nearest.households:,.0f}",
        "against": against % {**grid, "by": f"{nearest.by:,.0f}"},
    }
