"""In which coordinate system a layer is, or which ones it may be in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onegrid.core import geo
from onegrid.gis.errors import BadRows, CrsUnknown, GisError, Problem

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Floats = NDArray[np.float64]
#: degrees that a file in China may mean
DEGREES = ("wgs84", "gcj02", "bd09")
_SAME_AS_WGS84 = frozenset({"wgs84", "epsg:4326", "cgcs2000", "epsg:4490", "ogc:crs84"})
#: CGCS2000, zones of three degrees: by central meridian, and with the zone before the easting
_BY_MERIDIAN = {75 + 3 * step: f"EPSG:{4534 + step}" for step in range(21)}
_BY_ZONE = {25 + step: f"EPSG:{4513 + step}" for step in range(21)}
#: metres from the middle of a layer beyond which a row is a mistake
_FAR_M = 300_000.0
_LON, _LAT = 180.0, 90.0


def named(text: str, file: str = "") -> str:
    """Return the name of a system as it is kept: ``wgs84``, ``gcj02``, ``bd09`` or ``EPSG:4547``.

    Raises:
        GisError: no such system is known.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    key = text.strip().lower()
    if key in _SAME_AS_WGS84:
        return "wgs84"
    if key in DEGREES:
        return key
    try:
        system = CRS.from_user_input(f"EPSG:{key}" if key.isdigit() else text.strip())
    except CRSError as error:
        raise GisError("gis.crs_not_known", file=file, value=text[:60]) from error
    code = system.to_epsg()
    return f"EPSG:{code}" if code else str(system.to_wkt())


def candidates(box: Floats) -> tuple[str, ...]:
    """Return the systems that coordinates within (west, south, east, north) may be in."""
    west, south, east, north = (float(value) for value in box)
    if abs(west) <= _LON and abs(east) <= _LON and abs(south) <= _LAT and abs(north) <= _LAT:
        inside = geo.in_bounds((west + east) / 2, (south + north) / 2, geo.MAINLAND)
        return DEGREES if inside else ("wgs84",)
    found: list[str] = []
    zone = int(west // 1_000_000)
    if zone in _BY_ZONE and zone == int(east // 1_000_000) and 0 < south < 6_500_000:
        return (_BY_ZONE[zone],)
    if west > 100_000 and east < 900_000 and 0 < south < 10_000_000:
        found += [_BY_MERIDIAN[m] for m in (120, 117, 114, 111, 108, 105, 102, 123, 126)]
    if west > 7_500_000 and east < 16_000_000 and 300_000 < south < 7_600_000:
        found.insert(0, "EPSG:3857")
    return tuple(found)


def settle(frame: GeoDataFrame, *, file: str, wish: str | None, sure: bool) -> str:
    """Return the system of a layer: the wish, or what the file says where that is certain.

    Args:
        wish: what somebody chose, as `named` takes it.
        sure: the file names its system itself.

    Raises:
        CrsUnknown: nothing says it, or what says it cannot be.
    """
    box = frame.total_bounds
    if wish:
        return named(wish, file)
    if not np.isfinite(box).all():
        raise GisError("gis.empty", file=file)
    possible = candidates(box)
    if not possible and _swapped((box[0] + box[2]) / 2, (box[1] + box[3]) / 2):
        raise GisError("gis.swapped", file=file)
    if sure and frame.crs is not None:
        system = named(frame.crs.to_string(), file)
        if frame.crs.is_geographic and not _in_degrees(box):
            raise _unknown(file, possible, "gis.crs_not_so")
        if frame.crs.is_projected and _in_degrees(box):
            raise _unknown(file, possible, "gis.crs_degrees")
        return system
    if possible == ("wgs84",):
        return "wgs84"
    raise _unknown(file, possible)


def _unknown(file: str, possible: Sequence[str], code: str = "gis.crs_unknown") -> GisError:
    """Return the question for the system, or what to do when none fits."""
    return CrsUnknown(file, possible, code) if possible else GisError("gis.crs_none", file=file)


def _in_degrees(box: Floats) -> bool:
    return bool(np.abs(box[[0, 2]]).max() <= _LON and np.abs(box[[1, 3]]).max() <= _LON)


def to_degrees(frame: GeoDataFrame, system: str, *, file: str, first_row: int) -> GeoDataFrame:
    """Return a layer in WGS 84 degrees.

    Raises:
        GisError: longitude and latitude are swapped, or the coordinates are none of this system.
        BadRows: rows that lie far from all others.
    """
    import shapely

    if system in {"gcj02", "bd09"}:

        def moved(xy: Floats) -> Floats:
            return np.column_stack(geo.convert(xy[:, 0], xy[:, 1], system))

        shapes = shapely.transform(frame.geometry.to_numpy(), moved)
        result = frame.set_geometry(shapes).set_crs(4326, allow_override=True)
    elif system == "wgs84":
        result = frame.set_crs(4326, allow_override=True)
    else:
        result = frame.set_crs(system, allow_override=True).to_crs(4326)
    _refuse_odd(result, file, first_row)
    return result


def _refuse_odd(frame: GeoDataFrame, file: str, first_row: int) -> None:
    """Refuse degrees that cannot be: swapped, out of range, or one row far from the others."""
    bounds = frame.geometry.bounds.to_numpy()
    lon, lat = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    here = np.isfinite(lon) & np.isfinite(lat)
    if not here.any():
        raise GisError("gis.crs_impossible", file=file)
    mid_lon, mid_lat = float(np.median(lon[here])), float(np.median(lat[here]))
    if abs(mid_lat) > _LAT or _swapped(mid_lon, mid_lat):
        raise GisError("gis.swapped", file=file)
    if abs(mid_lon) > _LON:
        raise GisError("gis.crs_impossible", file=file)
    far = here & (
        geo.distance_m(lon, lat, np.full_like(lon, mid_lon), np.full_like(lat, mid_lat)) > _FAR_M
    )
    if far.any():
        rows = np.flatnonzero(far)
        raise BadRows(
            file,
            [
                Problem(int(row) + first_row, "", "gis.far_away",
                        {"place": f"{lon[row]:.4f}, {lat[row]:.4f}"})
                for row in rows[:200]
            ],
        )  # fmt: skip


def _swapped(lon: float, lat: float) -> bool:
    """Tell whether a place lies in China only when its coordinates are exchanged."""
    return not geo.in_bounds(lon, lat, geo.MAINLAND) and geo.in_bounds(lat, lon, geo.MAINLAND)


def local_metres(frame: GeoDataFrame) -> str:
    """Return a projection around the middle of a layer in degrees: distances hold to 0.1 ‰."""
    west, south, east, north = frame.total_bounds
    return (
        f"+proj=aeqd +lat_0={(south + north) / 2:.5f} +lon_0={(west + east) / 2:.5f} "
        "+datum=WGS84 +units=m +no_defs"
    )
