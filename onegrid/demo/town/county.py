"""A rough sketch of the county around the town, and one shared set of borders for everything."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely import Polygon

from onegrid.demo.town.frame import to_metres

_SNAP_M = 0.1
# Drawn by hand after the lie of the land; none of it is a surveyed border.
_OUTLINE = [
    (118.742, 36.735), (118.762, 36.772), (118.803, 36.789), (118.851, 36.781), (118.893, 36.794),
    (118.937, 36.771), (118.972, 36.733), (118.968, 36.690), (119.003, 36.652), (119.041, 36.640),
    (119.066, 36.598), (119.112, 36.571), (119.158, 36.533), (119.151, 36.484), (119.118, 36.452),
    (119.121, 36.404), (119.076, 36.381), (119.058, 36.338), (119.006, 36.312), (118.964, 36.281),
    (118.921, 36.297), (118.882, 36.331), (118.836, 36.343), (118.806, 36.386), (118.764, 36.412),
    (118.742, 36.463), (118.757, 36.509), (118.736, 36.553), (118.751, 36.601), (118.728, 36.648),
]  # fmt: skip
_SEATS = {
    "370725001000": (118.838, 36.688),
    "370725002000": (118.788, 36.747),
    "370725003000": (118.916, 36.718),
    "370725005000": (118.884, 36.652),
    "370725107000": (118.846, 36.577),
    "370725108000": (118.822, 36.446),
    "370725110000": (118.968, 36.382),
    "370725116000": (119.047, 36.510),
}


def outline() -> Polygon:
    """Return the county's sketched outline in metres, its corners cut twice."""
    ring = to_metres(np.array(_OUTLINE))
    for _ in range(2):
        following = np.roll(ring, -1, axis=0)
        pair = [0.75 * ring + 0.25 * following, 0.25 * ring + 0.75 * following]
        ring = np.stack(pair, axis=1).reshape(-1, 2)
    return Polygon(ring)


def cells() -> dict[str, Polygon]:
    """Return for each street or town the part of the county nearest to its seat, in metres."""
    codes = list(_SEATS)
    seats = shapely.points(to_metres(np.array([_SEATS[code] for code in codes])))
    border = outline()
    voronoi = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(seats), extend_to=border)
    )
    found = {}
    for code, seat in zip(codes, seats, strict=True):
        cell = voronoi[int(np.argmax(shapely.contains(voronoi, seat)))]
        found[code] = shapely.intersection(cell, border)
    return found


def share_borders(
    grids: list[Polygon], urban: Polygon, rural: dict[str, Polygon]
) -> tuple[list[Polygon], list[tuple[str, Polygon]]]:
    """Rebuild grids and the countryside from one noded set of lines, so that borders are shared.

    Returns:
        The grids in their order, and (street code, piece) for the land outside of the town.
    """
    outside = [shapely.difference(shapely.boundary(cell), urban) for cell in rural.values()]
    lines = [*(shapely.boundary(grid) for grid in grids), *outside]
    noded = shapely.union_all(lines, grid_size=_SNAP_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.point_on_surface(faces)
    in_town = shapely.contains(urban, inner)
    owner = shapely.STRtree(grids).query_nearest(inner[in_town], all_matches=False)[1]
    rebuilt = [shapely.coverage_union_all(faces[in_town][owner == i]) for i in range(len(grids))]
    return rebuilt, _by_street(faces[~in_town], inner[~in_town], rural)


def _by_street(faces: Any, inner: Any, rural: dict[str, Polygon]) -> list[tuple[str, Polygon]]:
    """Tell for each piece of countryside in whose cell it lies or nearest to which."""
    codes = list(rural)
    gaps = np.stack([shapely.distance(rural[code], inner) for code in codes])
    return [(codes[k], face) for k, face in zip(gaps.argmin(axis=0), faces, strict=True)]
