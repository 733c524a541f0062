"""Metres east and north of the town's centre, and back to degrees."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

CENTRE_LON, CENTRE_LAT = 118.830, 36.700
_M_PER_DEGREE = np.pi * 6_371_008.8 / 180.0
_SCALE = np.array([_M_PER_DEGREE * np.cos(np.radians(CENTRE_LAT)), _M_PER_DEGREE])
_ORIGIN = np.array([CENTRE_LON, CENTRE_LAT])
_DIGITS = 7


def to_degrees(shapes: Any) -> Any:
    """Convert shapes from metres to degrees, rounded to 1 cm so that shared borders stay shared."""

    def convert(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.round(xy / _SCALE + _ORIGIN, _DIGITS))

    return shapely.transform(shapes, convert)


def to_metres(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convert an (n, 2) array of degrees to metres."""
    return np.asarray((lonlat - _ORIGIN) * _SCALE)
