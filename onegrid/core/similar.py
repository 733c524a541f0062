"""How much two requests are alike: category family, place, words, time, reporter.

Source: docs/methods/duplicates.md. Rules only; a person decides what follows from a score.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import cos, floor, radians

from onegrid.core.geo import distance_m

#: From this score on two requests are shown side by side.
SUGGEST_FROM = 0.6
#: Requests further apart in time are not of one occasion.
WINDOW = timedelta(days=30)
#: Side of a cell of the index, in degrees: about 560 m from south to north.
CELL_DEGREES = 0.005
MAX_RADIUS_M = 500
_METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each of the five signs counts; together 1."""

    family: float = 0.3
    place: float = 0.3
    words: float = 0.2
    time: float = 0.1
    reporter: float = 0.1


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Matter:
    """What is compared of a request.

    Attributes:
        family: code of the first-level category; empty when unknown.
        grams: see `bigrams`.
        radius_m: how far apart two requests of the family may be one matter.
        lon, lat: WGS 84 degrees; both or neither.
        building: identity of the building, or empty.
        reporters: what the reporter can be known by; empty for nobody.
    """

    family: str
    grams: frozenset[str]
    radius_m: float
    at: datetime
    lon: float | None = None
    lat: float | None = None
    building: str = ""
    reporters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two matters are; each sign from 0 to 1.

    Attributes:
        distance_m: metres between them, or None.
        same_building: they name one building.
        days: whole days between them.
    """

    family: float
    place: float
    words: float
    time: float
    reporter: float
    distance_m: float | None
    same_building: bool
    days: int

    @property
    def score(self) -> float:
        """Return the weighted sum, from 0 to 1."""
        whole = (
            WEIGHTS.family * self.family
            + WEIGHTS.place * self.place
            + WEIGHTS.words * self.words
            + WEIGHTS.time * self.time
            + WEIGHTS.reporter * self.reporter
        )
        return min(1.0, round(whole, 6))

    @property
    def suggested(self) -> bool:
        """Tell whether the two are worth a look side by side."""
        return self.score >= SUGGEST_FROM

    @property
    def may_be_suggested(self) -> bool:
        """Tell whether the two would be, if every word of them were the same."""
        return round(self.score + WEIGHTS.words * (1.0 - self.words), 6) >= SUGGEST_FROM


def bigrams(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters and digits of a text; width and case are ignored."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    letters = [char for char in plain if char.isalnum()]
    if len(letters) == 1:
        return frozenset(letters)
    return frozenset(a + b for a, b in pairwise(letters))


def word_likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return Dice's coefficient of two sets of bigrams, from 0 to 1; nothing is like nothing."""
    if not one or not other:
        return 0.0
    return 2.0 * len(one & other) / (len(one) + len(other))


def likeness(one: Matter, other: Matter) -> Likeness:
    """Compare two matters; the order does not count."""
    same_building = bool(one.building) and one.building == other.building
    apart = _apart(one, other)
    span = abs(one.at - other.at)
    return Likeness(
        family=float(bool(one.family) and one.family == other.family),
        place=1.0 if same_building else _nearness(apart, max(one.radius_m, other.radius_m)),
        words=word_likeness(one.grams, other.grams),
        time=float(span <= WINDOW),
        reporter=float(not one.reporters.isdisjoint(other.reporters)),
        distance_m=apart,
        same_building=same_building,
        days=span.days,
    )


def _apart(one: Matter, other: Matter) -> float | None:
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    there = float(distance_m(one.lon, one.lat, other.lon, other.lat))
    back = float(distance_m(other.lon, other.lat, one.lon, one.lat))
    return (there + back) / 2.0


def _nearness(apart: float | None, radius_m: float) -> float:
    """Return 1 at the same point, falling evenly to 0 at the radius."""
    if apart is None or radius_m <= 0:
        return 0.0
    return max(0.0, 1.0 - apart / radius_m)


def cell(family: str, lon: float | None, lat: float | None) -> str:
    """Return the key of the index under which a matter is found again; empty without a place."""
    if not family or lon is None or lat is None:
        return ""
    return _key(family, floor(lon / CELL_DEGREES), floor(lat / CELL_DEGREES))


def cells_around(family: str, lon: float, lat: float, radius_m: float) -> tuple[str, ...]:
    """Return the keys of every cell that a circle may touch, at most twelve.

    Args:
        radius_m: metres, at most `MAX_RADIUS_M`.
    """
    across, up = reach(lat, radius_m)
    columns = range(floor((lon - across) / CELL_DEGREES), floor((lon + across) / CELL_DEGREES) + 1)
    rows = range(floor((lat - up) / CELL_DEGREES), floor((lat + up) / CELL_DEGREES) + 1)
    return tuple(_key(family, x, y) for x in columns for y in rows)


def reach(lat: float, radius_m: float) -> tuple[float, float]:
    """Return how many degrees of longitude and latitude a radius reaches from a latitude."""
    up = radius_m / _METRES_PER_DEGREE * 1.001
    return up / max(cos(radians(min(89.0, abs(lat) + up))), 0.01), up


def _key(family: str, x: int, y: int) -> str:
    return f"{family}:{x}:{y}"
