"""A flat map of a town: metres instead of degrees."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from onegrid.core.geo import distance_m

Floats = NDArray[np.float64]
_STEP = 0.01


class Flat:
    """Metres to the east and to the north of a point; over 50 km distances hold to 0.5 %."""

    def __init__(self, lon: float, lat: float) -> None:
        self._origin = np.array([lon, lat])
        east = distance_m(lon, lat, lon + _STEP, lat)
        north = distance_m(lon, lat, lon, lat + _STEP)
        self._scale = np.array([east, north]) / _STEP

    def metres(self, shapes: Any) -> NDArray[Any]:
        """Return shapes of WGS 84 degrees in metres."""
        array = np.asarray(shapes, dtype=object)
        found: NDArray[Any] = shapely.transform(array, lambda xy: (xy - self._origin) * self._scale)
        return found

    def degrees(self, shapes: Any) -> NDArray[Any]:
        """Return shapes of metres in WGS 84 degrees."""
        array = np.asarray(shapes, dtype=object)
        found: NDArray[Any] = shapely.transform(array, lambda xy: xy / self._scale + self._origin)
        return found
