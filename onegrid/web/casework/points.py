"""Cases as GeoJSON for the map of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from onegrid.cases.queries import DeskRow, PointRow
from onegrid.cases.terms import ClockMark

_MARKS = {ClockMark.DUE_SOON: "due", ClockMark.OVERDUE: "overdue"}
#: Room around the points, in degrees (about 150 m).
_MARGIN = 0.0015


def collection(
    rows: Iterable[PointRow | DeskRow],
    *,
    named: bool = True,
    around: Iterable[tuple[float, float]] = (),
) -> dict[str, Any]:
    """Return a FeatureCollection that leads to the description of the base map.

    Args:
        named: give each point its number, by which the page finds the row.
        around: places (lon, lat in degrees) that the map shows besides the points.
    """
    features = [_feature(row, named=named) for row in rows if row.lon is not None]
    found: dict[str, Any] = {
        "type": "FeatureCollection",
        "base": reverse("map_plan"),
        "features": features,
    }
    spots = [tuple(point["geometry"]["coordinates"]) for point in features] + list(around)
    if spots:
        lons, lats = zip(*spots, strict=True)
        found["bbox"] = [
            min(lons) - _MARGIN, min(lats) - _MARGIN, max(lons) + _MARGIN, max(lats) + _MARGIN,
        ]  # fmt: skip
    return found


def _feature(row: PointRow | DeskRow, *, named: bool) -> dict[str, Any]:
    properties = {"mark": _MARKS.get(ClockMark(row.mark), ""), "id": row.number if named else ""}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
        "properties": properties,
    }
