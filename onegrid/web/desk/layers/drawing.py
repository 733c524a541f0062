"""Maps drawn by the server as lines of SVG: no script, any theme, on paper too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import cos, radians
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

#: units of the picture; lines are given to a tenth of one
WIDTH = 1000.0
_TALLEST, _FLATTEST = 1100.0, 420.0
#: detail that is left out, units
_GRAIN = 0.6
_MARGIN = 0.04
#: degrees; what is smaller is shown with some land around it
_LEAST = 0.002
_METRES_PER_DEGREE = 111_195.0
#: radius of a mark, units; where there are many they are small
_LARGE, _SMALL, _MANY = 9, 3, 60

Box = tuple[float, float, float, float]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ink:
    """Shapes that are drawn alike.

    Attributes:
        css: class of the path; the style sheet has the colours.
        fill: name of a hatching of the page, empty for what the style sheet says.
    """

    css: str
    shapes: Sequence[Any]
    fill: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One path; points are lines of no length with round ends."""

    css: str
    line: str
    fill: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place that is pointed at, in units."""

    x: float
    y: float
    css: str
    label: str = ""
    radius: int = _LARGE


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map of a box; `bar` is a scale of so many units that stands for `metres`."""

    height: float
    paths: tuple[Drawn, ...]
    marks: tuple[Mark, ...]
    bar: float
    metres: int
    width: float = field(default=WIDTH)


def around(shapes: Iterable[Any]) -> Box | None:
    """Return the box around shapes, with a margin; None without any."""
    found = list(shapes)
    if not found:
        return None
    west, south, east, north = map(float, shapely.total_bounds(found))
    if not np.isfinite([west, south, east, north]).all():
        return None
    wide = max((east - west) * (1 + 2 * _MARGIN), _LEAST)
    high = max((north - south) * (1 + 2 * _MARGIN), _LEAST)
    x, y = (west + east) / 2, (south + north) / 2
    return (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def draw(
    box: Box | None,
    inks: Iterable[Ink],
    marks: Sequence[tuple[float, float, str, str]] = (),
) -> Drawing | None:
    """Draw shapes of WGS 84 degrees, the first ones at the bottom.

    Args:
        box: what is shown (west, south, east, north); None draws nothing.
        marks: longitude, latitude, class and label of places that are pointed at.
    """
    if box is None:
        return None
    frame = _Frame.of(box)
    paths = [Drawn(ink.css, frame.line(ink.shapes), ink.fill) for ink in inks]
    many = len(marks) > _MANY
    spots = (
        Mark(*frame.spot(lon, lat), css, label, _SMALL if many else _LARGE)
        for lon, lat, css, label in marks
    )
    shown = tuple(m for m in spots if 0 <= m.x <= WIDTH and 0 <= m.y <= frame.height)
    metres = _round(0.22 * WIDTH / frame.scale * _METRES_PER_DEGREE)
    bar = metres / _METRES_PER_DEGREE * frame.scale
    return Drawing(frame.height, tuple(one for one in paths if one.line), shown, bar, metres)


def _round(metres: float) -> int:
    """Return the largest of 1, 2 and 5 with noughts that is not above some metres."""
    power = 10 ** int(np.floor(np.log10(max(metres, 1.0))))
    return int(max(step * power for step in (1, 2, 5) if step * power <= max(metres, 1.0)))


@dataclass(frozen=True, slots=True)
class _Frame:
    west: float
    north: float
    shrink: float
    scale: float
    height: float

    @classmethod
    def of(cls, box: Box) -> _Frame:
        west, south, east, north = box
        shrink = cos(radians((south + north) / 2))
        wide, high = (east - west) * shrink, north - south
        scale = min(WIDTH / wide, _TALLEST / high)
        height = min(_TALLEST, max(_FLATTEST, high * scale))
        left = west - (WIDTH / scale - wide) / 2 / shrink
        return cls(left, north + (height / scale - high) / 2, shrink, scale, height)

    def spot(self, lon: float, lat: float) -> tuple[float, float]:
        x, y = self._units(np.array([[lon, lat]]))[0]
        return round(float(x), 1), round(float(y), 1)

    def _units(self, xy: Floats) -> Floats:
        flat: Floats = np.column_stack(
            [
                (xy[:, 0] - self.west) * self.shrink * self.scale,
                (self.north - xy[:, 1]) * self.scale,
            ]
        )
        return flat

    def line(self, shapes: Sequence[Any]) -> str:
        """Return shapes as the ``d`` of a path; what lies outside the picture is left out."""
        if not len(shapes):
            return ""
        flat = shapely.transform(np.asarray(shapes, dtype=object), self._units)
        seen = shapely.box(-WIDTH, -self.height, 2 * WIDTH, 2 * self.height)
        flat = flat[shapely.intersects(flat, shapely.box(0, 0, WIDTH, self.height))]
        large = shapely.length(flat) > 4 * WIDTH
        flat[large] = shapely.intersection(shapely.make_valid(flat[large]), seen)
        return "".join(_lines(shapely.simplify(flat, _GRAIN)))


def _lines(shapes: NDArray[Any]) -> Iterable[str]:
    parts = shapely.get_parts(shapely.get_parts(shapes))
    kinds = shapely.get_dimensions(parts)
    dots = np.unique(shapely.get_coordinates(parts[kinds == 0]).round(), axis=0)
    yield from (f"M{x:g} {y:g}h.1" for x, y in dots)
    for part in parts[kinds == 1]:
        yield _run(part, "")
    for ring in shapely.get_rings(parts[kinds == 2]):
        yield _run(ring, "Z")


def _run(line: Any, end: str) -> str:
    spots = [f"{x:g} {y:g}" for x, y in shapely.get_coordinates(line).round(1).tolist()]
    return f"M{'L'.join(spots)}{end}"
