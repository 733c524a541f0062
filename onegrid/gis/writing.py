"""Write a plan: buildings with their codes, polygons of grids and communities."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np

from onegrid.gis.errors import GisError
from onegrid.gis.results import Result
from onegrid.gis.towns import HOUSEHOLDS

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

KINDS = (".gpkg", ".geojson", ".json")
_OURS = ("grid", "community", "grid_today", HOUSEHOLDS)
_INNER = frozenset({"geometry", "fid", "_counted"})


def check_target(path: Path) -> None:
    """Refuse a place that cannot be written, before any work is done.

    Raises:
        GisError: another kind of file, or no folder that may be written to.
    """
    if path.suffix.lower() not in KINDS:
        raise GisError("gis.kind_of_plan", file=path.name)
    check_folder(path)


def check_folder(path: Path) -> None:
    """Refuse a file whose folder is not there and cannot be made.

    Raises:
        GisError: it, or the nearest folder above it, may not be written to.
    """
    folder = path.resolve().parent
    while not folder.exists():
        folder = folder.parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise GisError("gis.no_folder", file=path.name, folder=str(folder))


def write(result: Result, path: Path) -> list[Path]:
    """Write the layers of a plan; return the files.

    A GeoPackage holds all layers, in the coordinate system of the buildings' file. Of GeoJSON, the
    named file holds the grids, files beside it the other layers, all in WGS 84.

    Raises:
        GisError: the file cannot be written.
    """
    check_target(path)
    packed = path.suffix.lower() == ".gpkg"
    system = result.surveyed.system
    system = system if packed and system not in {"wgs84", "gcj02", "bd09"} else "EPSG:4326"
    target = path.with_name(f".{path.stem}-{uuid4().hex[:8]}{path.suffix}")
    written: list[Path] = []
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for name, frame in layers(result):
            place = path if name == "grids" else path.with_name(f"{path.stem}-{name}{path.suffix}")
            _write(frame.to_crs(system), target, name if packed else None, append=packed)
            if not packed:
                target.replace(place)
                written.append(place)
        if packed:
            target.replace(path)
            written.append(path)
    except OSError as error:
        raise GisError("gis.cannot_write", file=path.name, reason=str(error)) from error
    finally:
        target.unlink(missing_ok=True)
    return written


def _write(frame: GeoDataFrame, path: Path, layer: str | None, *, append: bool) -> None:
    import pyogrio
    from pyogrio.errors import DataSourceError

    driver = "GPKG" if layer else "GeoJSON"
    try:
        pyogrio.write_dataframe(
            frame, path, layer=layer, driver=driver, append=append and path.exists(),
            use_arrow=driver == "GPKG",
        )  # fmt: skip
    except DataSourceError as error:
        raise OSError(str(error)) from error


def layers(result: Result) -> Iterator[tuple[str, GeoDataFrame]]:
    """Yield name and features of each layer, in local metres."""
    yield "grids", grids(result)
    if result.communities is not None:
        yield "communities", communities(result)
    yield "buildings", buildings(result)


def grids(result: Result) -> GeoDataFrame:
    """Return the grids with their figures."""
    from geopandas import GeoDataFrame

    found = result.measures
    why = {miss.grid: str(miss.reason) for miss in result.misses}
    columns = {
        "code": list(result.codes),
        HOUSEHOLDS: found.households,
        "buildings": np.bincount(result.labels, minlength=len(result)),
        "workload": found.workload,
        "within_band": found.within,
        "connected": found.connected,
        "rms_m": np.round(np.sqrt(found.inertia / np.maximum(found.households, 1)), 1),
        "compactness": np.round(found.compactness, 3),
        "miss": [why.get(number, "") for number in range(len(result))],
    }
    if result.communities is not None:
        names = np.array(result.communities.codes, dtype=object)
        columns["community"] = names[result.communities.of_grid]
    if result.served is not None:
        stations = np.array(result.surveyed.stations, dtype=object)
        columns["station"] = stations[result.served.station]
        metres = result.served.walk
        columns["walk_m"] = np.where(np.isfinite(metres), np.round(metres, 1), np.nan)
    if result.parts is not None:
        columns["part"] = list(result.parts)
    return GeoDataFrame(columns, geometry=result.areas.shapes, crs=result.surveyed.frame.crs)


def communities(result: Result) -> GeoDataFrame:
    """Return the communities with their figures.

    Raises:
        GisError: never; the plan must have communities.
    """
    from geopandas import GeoDataFrame

    above = result.communities
    if above is None:
        raise GisError("gis.empty", file="communities")
    columns = {
        "code": list(above.codes),
        HOUSEHOLDS: above.measures.households,
        "grids": np.bincount(above.of_grid, minlength=len(above.codes)),
        "within_band": above.measures.within,
    }
    return GeoDataFrame(columns, geometry=above.areas.shapes, crs=result.surveyed.frame.crs)


def buildings(result: Result) -> GeoDataFrame:
    """Return the buildings with the columns of their file, their households and their codes."""
    frame = result.surveyed.frame
    own = [name for name in frame.columns if name not in _INNER and name.lower() not in _OURS]
    new = {
        HOUSEHOLDS: frame[HOUSEHOLDS].to_numpy(),
        "grid": np.array(result.codes, dtype=object)[result.labels],
    }
    if result.communities is not None:
        names = np.array(result.communities.codes, dtype=object)
        new["community"] = names[result.communities.of_grid][result.labels]
    town = result.surveyed.town
    if town.today is not None and result.surveyed.today:
        names = np.array([*result.surveyed.today, ""], dtype=object)
        new["grid_today"] = names[town.today]
    return frame[[*own, "geometry"]].assign(**new)
