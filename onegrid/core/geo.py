"""Coordinates: WGS 84, GCJ-02 and BD-09, distances, and what may be wrong with a point.

GCJ-02 is the offset every public map in mainland China carries; BD-09 is Baidu's further offset on
top of it. Neither has an official specification: the forward formulas are the ones that have been
public since 2010 and that all open implementations share. The inverses are found by fixed-point
iteration, which is exact to well under a millimetre inside the country (the usual one-step inverse
is off by up to 2 m).

Every function takes longitude before latitude, in degrees, as floats or as arrays of one shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", float, NDArray[np.float64])
_Step = Callable[[Number, Number], tuple[Number, Number]]

EARTH_RADIUS_M = 6_371_008.8
_KRASOVSKY_A_M = 6_378_245.0
_KRASOVSKY_E2 = 0.00669342162296594323
_BD_PI = np.pi * 3000.0 / 180.0
_MERCATOR_A_M = 6_378_137.0
_INVERSE_STEPS = 6


class System(StrEnum):
    """Coordinate system in which a position came in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box in degrees, borders included."""

    west: float
    south: float
    east: float
    north: float

    def grown(self, degrees: float) -> Bounds:
        """Return the box with a margin on each side."""
        return Bounds(
            self.west - degrees, self.south - degrees, self.east + degrees, self.north + degrees
        )


MAINLAND = Bounds(72.004, 0.8293, 137.8347, 55.8271)
#: Degrees of the net on which places are shown to everybody: about 111 m by 89 m in Shandong.
_COARSE_DIGITS = 3


def in_bounds(lon: float, lat: float, bounds: Bounds) -> bool:
    """Tell whether a point lies in a box."""
    return bounds.west <= lon <= bounds.east and bounds.south <= lat <= bounds.north


def _gcj_offset(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Return the GCJ-02 offset in degrees at a WGS 84 position; zero outside the mainland's box."""
    x, y = lon - 105.0, lat - 35.0
    pi = np.pi
    root = np.sqrt(np.abs(x))
    wave = (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    d_lat = d_lat + (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    d_lat = d_lat + (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    d_lon = d_lon + (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    d_lon = d_lon + (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    phi = lat / 180.0 * pi
    curve = 1.0 - _KRASOVSKY_E2 * np.sin(phi) ** 2
    meridian = _KRASOVSKY_A_M * (1.0 - _KRASOVSKY_E2) / (curve * np.sqrt(curve))
    parallel = _KRASOVSKY_A_M / np.sqrt(curve) * np.cos(phi)
    inside = _inside_mainland(lon, lat)
    return inside * d_lon * 180.0 / (parallel * pi), inside * d_lat * 180.0 / (meridian * pi)


def _inside_mainland(lon: Number, lat: Number) -> Number:
    box = MAINLAND
    across = (lon >= box.west) & (lon <= box.east)
    return across & (lat >= box.south) & (lat <= box.north)  # type: ignore[return-value]


def wgs84_to_gcj02(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Convert WGS 84 to GCJ-02."""
    d_lon, d_lat = _gcj_offset(lon, lat)
    return lon + d_lon, lat + d_lat


def gcj02_to_bd09(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Convert GCJ-02 to BD-09."""
    radius = np.sqrt(lon * lon + lat * lat) + 2e-5 * np.sin(lat * _BD_PI)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BD_PI)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _invert(forward: _Step[Number], lon: Number, lat: Number) -> tuple[Number, Number]:
    """Find the point that `forward` maps to (lon, lat); the offset changes slowly: it converges."""
    guess_lon, guess_lat = lon, lat
    for _ in range(_INVERSE_STEPS):
        out_lon, out_lat = forward(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + (lon - out_lon), guess_lat + (lat - out_lat)
    return guess_lon, guess_lat


def gcj02_to_wgs84(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Convert GCJ-02 to WGS 84."""
    return _invert(wgs84_to_gcj02, lon, lat)


def bd09_to_gcj02(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Convert BD-09 to GCJ-02."""
    return _invert(gcj02_to_bd09, lon, lat)


def wgs84_to_bd09(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Convert WGS 84 to BD-09."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Convert BD-09 to WGS 84."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def convert(lon: Number, lat: Number, source: System | str) -> tuple[Number, Number]:
    """Convert a position in any known system to WGS 84.

    Raises:
        ValueError: `source` is not a known system.
    """
    system = System(source)
    if system is System.GCJ02:
        return gcj02_to_wgs84(lon, lat)
    if system is System.BD09:
        return bd09_to_wgs84(lon, lat)
    return lon, lat


def distance_m(lon1: Number, lat1: Number, lon2: Number, lat2: Number) -> Number:
    """Return the great-circle distance in metres (haversine on the mean sphere, error < 0.5 %)."""
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half_lat, half_lon = (phi2 - phi1) / 2.0, np.radians(lon2 - lon1) / 2.0
    square = np.sin(half_lat) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(half_lon) ** 2
    result: Number = 2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(square, 1.0)))
    return result


def looks_like(lon: float, lat: float, bounds: Bounds) -> System | None:
    """Guess the system of a point: the first one in which it falls into the box, or None.

    A point well inside the box always reads as WGS 84: the offset (about 500 m) is only visible
    where it carries a point over the border.
    """
    if not in_bounds(lon, lat, MAINLAND):
        return None
    for system in System:
        if in_bounds(*convert(lon, lat, system), bounds):
            return system
    return None


def diagnose(lon: float, lat: float, bounds: Bounds) -> str | None:
    """Name what is wrong with a point that should be WGS 84 degrees inside a box.

    Returns:
        None when nothing is wrong, otherwise a refusal code: ``place.not_a_number``,
        ``place.looks_swapped``, ``place.looks_like_gcj02``, ``place.looks_like_bd09``,
        ``place.looks_projected`` (metres of Web Mercator), ``place.looks_scaled`` (micro-degrees),
        ``place.outside_county``.
    """
    if not (isfinite(lon) and isfinite(lat)):
        return "place.not_a_number"
    if in_bounds(lon, lat, bounds):
        return None
    near = bounds.grown(0.05)
    if in_bounds(lat, lon, near):
        return "place.looks_swapped"
    if in_bounds(lon / 1e6, lat / 1e6, near):
        return "place.looks_scaled"
    if in_bounds(*_from_mercator(lon, lat), near):
        return "place.looks_projected"
    system = looks_like(lon, lat, bounds)
    return f"place.looks_like_{system}" if system else "place.outside_county"


def _from_mercator(x: float, y: float) -> tuple[float, float]:
    """Convert Web Mercator metres to degrees."""
    height = 2.0 * np.arctan(np.exp(np.clip(y / _MERCATOR_A_M, -4.0, 4.0))) - np.pi / 2.0
    return float(np.degrees(x / _MERCATOR_A_M)), float(np.degrees(height))


def coarse(lon: float, lat: float) -> tuple[float, float]:
    """Return the nearest knot of a net of about 100 m: what everybody may know of a place.

    The same place always gives the same knot, so that asking often tells no more.
    """
    return round(lon, _COARSE_DIGITS), round(lat, _COARSE_DIGITS)
