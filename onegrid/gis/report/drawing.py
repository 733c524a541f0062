"""The map of a plan as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from onegrid.core.planning import Barrier
from onegrid.gis.report.colours import PALETTE, coloured
from onegrid.gis.report.markup import tag
from onegrid.gis.results import Result
from onegrid.gis.words import Say

Floats = NDArray[np.float64]
Shapes = NDArray[Any]

_WIDTH = 1000.0
_PAD = 14.0
_FOOT = 46.0
#: a town with more corners than this is drawn without its buildings
_MOST_CORNERS = 120_000
_MOST_LABELS = 220
_FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
LINES = {
    Barrier.SMALL_ROAD: ("#6b7078", 1.0, None),
    Barrier.MAIN_ROAD: ("#7a4b00", 2.0, None),
    Barrier.RIVER: ("#1f78b4", 2.4, None),
    Barrier.RAILWAY: ("#222222", 1.8, "6 3"),
}


@dataclass(frozen=True, eq=False)
class Frame:
    """How metres become places on the drawing: north is up.

    Attributes:
        west, north: metres of the upper left corner.
        scale: units of the drawing to a metre.
    """

    west: float
    north: float
    scale: float
    height: float

    def place(self, xy: Floats) -> Floats:
        """Return (n, 2) places of the drawing."""
        return np.column_stack(
            [
                (xy[:, 0] - self.west) * self.scale + _PAD,
                (self.north - xy[:, 1]) * self.scale + _PAD,
            ]
        )


def frame_of(shapes: Shapes) -> Frame:
    """Return the frame that holds some shapes."""
    import shapely

    west, south, east, north = shapely.total_bounds(shapes)
    width, height = max(east - west, 1.0), max(north - south, 1.0)
    scale = (_WIDTH - 2 * _PAD) / max(width, height * 0.7)
    return Frame(west, north, scale, height * scale + 2 * _PAD)


def path_of(shapes: Shapes, frame: Frame) -> str:
    """Return the path of shapes: areas, or lines."""
    import shapely

    parts = shapely.get_parts(shapes)
    rings = np.concatenate(
        [shapely.get_rings(parts[shapely.get_dimensions(parts) == 2]),
         parts[shapely.get_type_id(parts) == 1]]
    )  # fmt: skip
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(xy):
        return ""
    places = np.round(frame.place(xy), 1)
    words = [f"{x:g} {y:g}" for x, y in places.tolist()]
    starts = np.flatnonzero(np.diff(ring, prepend=-1)).tolist()
    ends = [*starts[1:], len(words)]
    closed = shapely.get_type_id(rings) == 2
    return "".join(
        "M" + "L".join(words[start:end]) + ("Z" if closed[ring[start]] else "")
        for start, end in zip(starts, ends, strict=True)
    )


def draw(result: Result, _: Say) -> Element:
    """Return the map: grids in few colours, barriers, grids out of the band hatched."""
    import shapely

    frame = frame_of(result.areas.shapes)
    simple = shapely.coverage_simplify(result.areas.shapes, 0.7 / frame.scale)
    svg = tag(
        "svg",
        _hatching(),
        _grids(result, simple, frame, _),
        _buildings(result, frame),
        _barriers(result, frame),
        _outlines(result, simple, frame),
        _labels(result, simple, frame),
        _stations(result, frame),
        _scale_bar(frame, _),
        _north(_),
        viewBox=f"0 0 {_WIDTH:g} {frame.height + _FOOT:.0f}",
        role="img",
        aria_label=_("Map of the grids"),
        xmlns="http://www.w3.org/2000/svg",
    )
    return svg


def _hatching() -> Element:
    line = tag("path", d="M0 8L8 0", stroke="#b00020", stroke_width="1.6")
    return tag(
        "defs",
        tag("pattern", line, id="out", width="8", height="8", patternUnits="userSpaceOnUse"),
    )


def _grids(result: Result, shapes: Shapes, frame: Frame, _: Say) -> Element:
    town = result.surveyed.town
    touching = town.shared > 0
    colours = coloured(result.labels[town.edges[touching]], len(result))
    group = tag("g", stroke="#ffffff", stroke_width="0.5")
    for number, shape in enumerate(shapes):
        words = _("%(code)s: %(households)s households") % {
            "code": result.codes[number],
            "households": f"{result.measures.households[number]:,.0f}",
        }
        path = path_of(np.array([shape]), frame)
        group.append(tag("path", tag("title", words), d=path, fill=PALETTE[colours[number]]))
    return group


def _buildings(result: Result, frame: Frame) -> Element | None:
    import shapely

    shapes = result.surveyed.frame.geometry.to_numpy()
    shapes = shapes[shapely.get_dimensions(shapes) == 2]
    shapes = shapely.simplify(shapes, 0.4 / frame.scale)
    if not len(shapes) or shapely.get_num_coordinates(shapes).sum() > _MOST_CORNERS:
        return None
    return tag("path", d=path_of(shapes, frame), fill="#3c4650", fill_opacity="0.42")


def _barriers(result: Result, frame: Frame) -> Element | None:
    import shapely

    barriers = result.surveyed.barriers
    if barriers is None:
        return None
    window = shapely.box(*shapely.total_bounds(result.areas.shapes))
    group = tag("g", fill="none", stroke_linejoin="round")
    for kind, (colour, width, dash) in LINES.items():
        mine = barriers.shapes[barriers.classes == kind]
        mine = shapely.intersection(shapely.simplify(mine, 0.6 / frame.scale), window)
        for dimension, fill in ((2, "#a9d3ec"), (1, "none")):
            some = mine[shapely.get_dimensions(mine) == dimension]
            path = path_of(some, frame) if len(some) else ""
            if path:
                group.append(
                    tag("path", d=path, stroke=colour, stroke_width=width, fill=fill,
                        stroke_dasharray=dash, fill_opacity="0.7")
                )  # fmt: skip
    return group


def _outlines(result: Result, shapes: Shapes, frame: Frame) -> Element:
    """Hatch the grids out of the band, and draw the borders of communities strong."""
    group = tag("g")
    good = result.measures.within & result.measures.connected
    if not good.all():
        path = path_of(shapes[~good], frame)
        group.append(tag("path", d=path, fill="url(#out)", stroke="#b00020", stroke_width="0.8"))
    if result.communities is not None:
        import shapely

        of_grid = result.communities.of_grid
        joined = np.array(
            [
                shapely.coverage_union_all(shapes[of_grid == number])
                for number in range(of_grid.max() + 1)
            ]
        )
        group.append(
            tag("path", d=path_of(joined, frame), fill="none", stroke="#1b1f24", stroke_width="2.2")
        )
    return group


def _labels(result: Result, shapes: Shapes, frame: Frame) -> Element | None:
    """Write the codes into the grids that are large enough to hold them.

    Of very many grids only those are named that are not as asked for, so that they can be found.
    """
    import shapely

    every = len(result) <= _MOST_LABELS
    named = {miss.grid for miss in result.misses}
    places = frame.place(shapely.get_coordinates(shapely.point_on_surface(shapes)))
    room = np.sqrt(shapely.area(shapes)) * frame.scale
    size = "10" if every else "7"
    group = tag("g", font_family=_FONT, font_size=size, text_anchor="middle", fill="#111111")
    for number, (x, y) in enumerate(places.tolist()):
        code = str(result.codes[number])
        short = code if not every or len(code) <= 6 else code[-3:]
        if room[number] > 7 * len(short) if every else number in named:
            halo = {"stroke": "#ffffff", "stroke_width": "2.4", "stroke_opacity": "0.8"}
            group.append(tag("text", short, x=f"{x:.0f}", y=f"{y + 4:.0f}", **halo))
            group.append(tag("text", short, x=f"{x:.0f}", y=f"{y + 4:.0f}"))
    return group


def station_sign(x: float, y: float) -> Element:
    """Return the sign of a station with its foot at a place of the drawing."""
    house = f"M{x - 7:.1f} {y:.1f}v-8l7 -6l7 6v8z"
    return tag("path", d=house, fill="#ffffff", stroke="#b00020", stroke_width="2.2")


def _stations(result: Result, frame: Frame) -> Element | None:
    """Return the stations that lie on the map, with their names."""
    places = frame.place(result.surveyed.town.stations)
    low = np.zeros(2)
    inside = ((places >= low) & (places <= [_WIDTH, frame.height])).all(axis=1)
    if not inside.any():
        return None
    group = tag("g")
    for row in np.flatnonzero(inside).tolist():
        x, y = places[row].tolist()
        name = tag("title", result.surveyed.stations[row])
        group.append(tag("g", name, station_sign(x, y)))
    return group


def _scale_bar(frame: Frame, _: Say) -> Element:
    """Return a bar of a round number of metres, about a fifth of the width."""
    wanted = _WIDTH / 5 / frame.scale
    power = 10 ** np.floor(np.log10(wanted))
    metres = float(max(step * power for step in (1, 2, 5) if step * power <= wanted))
    length, y = metres * frame.scale, frame.height + 18
    words = f"{metres:,.0f} m" if metres < 1000 else f"{metres / 1000:g} km"
    bar = f"M{_PAD:g} {y - 5:.0f}V{y:.0f}H{_PAD + length:.1f}V{y - 5:.0f}"
    return tag(
        "g",
        tag("path", d=bar, fill="none", stroke="#111111", stroke_width="1.6"),
        tag("text", words, x=f"{_PAD + length + 8:.0f}", y=f"{y + 2:.0f}"),
        font_family=_FONT,
        font_size="14",
    )


def _north(_: Say) -> Element:
    x, y = _WIDTH - 30, _PAD + 10
    arrow = f"M{x:g} {y:g}l9 26l-9 -7l-9 7z"
    return tag(
        "g",
        tag("path", d=arrow, fill="#111111", stroke="#ffffff", stroke_width="1"),
        tag("text", _("N"), x=x, y=y + 42, text_anchor="middle"),
        font_family=_FONT,
        font_size="14",
        font_weight="700",
    )
