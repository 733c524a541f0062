"""The map as GeoJSON: made once per plan version and process, then served from memory."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from onegrid.common.refusals import NotFound
from onegrid.common.tenancy.context import current_tenant
from onegrid.grids.models import PlaceLayer
from onegrid.grids.queries.lists import valid_buildings
from onegrid.grids.queries.plan import AreaRow, plan
from onegrid.grids.terms import AreaLevel, LayerKind

LAYERS = ("ground", "roads", "borders", "grids", "buildings")
_DIGITS = 6
_KEPT = 40
_METRES_PER_FLOOR = 3

_Feature = tuple[Any, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Layer:
    """A GeoJSON FeatureCollection in UTF-8, the same packed by gzip, and its ETag (quoted)."""

    body: bytes
    packed: bytes
    etag: str


_made: dict[tuple[int, str, str], Layer] = {}


def layer_geojson(*, layer: str, on: datetime) -> Layer:
    """Return a map layer as it stands at a moment; coordinates have 6 digits (about 0.1 m).

    Args:
        layer: ``ground`` (water and green), ``roads`` (and railways), ``borders`` (county, streets,
            communities), ``grids`` or ``buildings``.

    Raises:
        NotFound: there is no such layer.
    """
    if layer not in LAYERS:
        raise NotFound("place.unknown_layer")
    found = plan()
    etag = f'"{layer}-{found.version.hex if found.version else "none"}-{found.era(on)}"'
    key = (current_tenant(), layer, etag)
    if key not in _made:
        if len(_made) >= _KEPT:
            _made.clear()
        body = _collection(_features(layer, on))
        _made[key] = Layer(body, gzip.compress(body, mtime=0), etag)
    return _made[key]


def _features(layer: str, on: datetime) -> list[_Feature]:
    if layer == "ground":
        return _drawn(LayerKind.GREEN) + _drawn(LayerKind.WATER)
    if layer == "roads":
        return _drawn(LayerKind.ROAD) + _drawn(LayerKind.RAIL)
    if layer == "buildings":
        return _buildings(on)
    levels = [AreaLevel.GRID] if layer == "grids" else [AreaLevel.COUNTY, *_BORDERS]
    return [feature for level in levels for feature in _outlines(level, on)]


_BORDERS = (AreaLevel.STREET, AreaLevel.COMMUNITY)


def _outlines(level: str, on: datetime) -> list[_Feature]:
    found = plan().outlines[level]
    return [
        (shape, {"id": str(row.id), "level": level, "name": row.name, **_extra(row)})
        for row, shape in zip(found.rows, found.shapes, strict=True)
        if row.valid(on)
    ]


def _extra(row: AreaRow) -> dict[str, object]:
    """Return the short name of a grid (without its community) and whether it is a sketch."""
    extra: dict[str, object] = {"sketch": 1} if row.sketch else {}
    above = plan().by_id.get(row.parent_id) if row.parent_id else None
    if row.level == AreaLevel.GRID and above is not None:
        extra["short"] = row.name.removeprefix(above.name)
    return extra


def _drawn(kind: str) -> list[_Feature]:
    rows = PlaceLayer.objects.filter(kind=kind).order_by("-rank", "id")
    return [
        (shapely.from_wkb(bytes(geom)), {"kind": kind, "name": name, "rank": rank})
        for geom, name, rank in rows.values_list("geom", "name", "rank")
    ]


def _buildings(on: datetime) -> list[_Feature]:
    rows = valid_buildings(on).exclude(geom=None).order_by("id")
    return [
        (
            shapely.from_wkb(bytes(geom or b"")),
            {
                "id": str(pk),
                "name": f"{compound}{number}",
                "use": use,
                "h": floors * _METRES_PER_FLOOR,
            },
        )
        for pk, geom, compound, number, use, floors in rows.values_list(
            "id", "geom", "compound", "number", "use", "floors"
        )
    ]


def _round(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.round(xy, _DIGITS))


def _collection(features: Iterable[_Feature]) -> bytes:
    """Write a FeatureCollection without blanks."""
    listed = list(features)
    shapes = np.array([shape for shape, _ in listed], dtype=object)
    geometries = shapely.to_geojson(shapely.transform(shapes, _round)) if listed else []
    parts = [
        f'{{"type":"Feature","properties":{_json(values)},"geometry":{geometry}}}'
        for (_, values), geometry in zip(listed, geometries, strict=True)
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(parts)}]}}'.encode()


def _json(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
