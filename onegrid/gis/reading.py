"""Read a layer from any of the usual files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onegrid.gis import systems, tables
from onegrid.gis.doors import checked, unpacked
from onegrid.gis.errors import GisError, Note

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_TABLES = frozenset({".csv", ".txt", ".xlsx"})
_PARQUET = frozenset({".parquet", ".geoparquet"})
#: ending → the word that keeps GDAL to one driver
_DRIVERS = {".geojson": "GeoJSON:", ".json": "GeoJSON:"}
_BUILDINGS = ("buildings", "building", "建筑", "建筑物", "房屋", "楼栋")


@dataclass(frozen=True, eq=False)
class Layer:
    """Features in WGS 84 degrees.

    Attributes:
        frame: a GeoDataFrame with the columns of the file; its index counts from 0.
        file: name of the file, for messages.
        system: in which system the file is, as `systems.named` names it.
        first_row: number that the file itself gives to the first feature.
        notes: what was assumed on the way.
    """

    frame: GeoDataFrame
    file: str
    system: str
    first_row: int = 1
    notes: tuple[Note, ...] = ()

    def but(self, frame: GeoDataFrame, *notes: Note) -> Layer:
        """Return the layer with other features, and with more notes."""
        return replace(self, frame=frame, notes=(*self.notes, *notes))


def read(path: Path, *, layer: str | None = None, crs: str | None = None) -> Layer:
    """Read a layer.

    Args:
        layer: its name, for a GeoPackage with several.
        crs: the coordinate system; None: as the file says.

    Raises:
        CrsUnknown: the file does not say its coordinate system; names the candidates.
        BadRows: cells that are no coordinates, or features far from all others.
        GisError: anything else that is wrong with the file.
    """
    ending = checked(path)
    try:
        if ending in _TABLES:
            frame, sure, first_row = tables.read(path, ending), False, tables.FIRST_ROW
        elif ending in _PARQUET:
            frame, sure, first_row = _parquet(path), True, 1
        else:
            frame, sure, first_row = _by_gdal(path, ending, layer), True, 1
    except (OSError, EOFError, UnicodeError) as error:
        raise GisError("gis.damaged", file=path.name) from error
    if frame.empty:
        raise GisError("gis.empty", file=path.name)
    frame = frame.reset_index(drop=True)
    system = systems.settle(frame, file=path.name, wish=crs, sure=sure and frame.crs is not None)
    frame = systems.to_degrees(frame, system, file=path.name, first_row=first_row)
    notes = [Note("note.read", {"file": path.name, "count": len(frame), "system": system})]
    if not crs and ending in {".geojson", ".json", ".kml"} and system == "wgs84":
        notes.append(Note("note.wgs84_by_format", {"file": path.name}))
    return Layer(frame, path.name, system, first_row, tuple(notes))


def _parquet(path: Path) -> GeoDataFrame:
    import geopandas
    import pyarrow

    try:
        return geopandas.read_parquet(path)
    except (ValueError, TypeError, KeyError, pyarrow.ArrowException) as error:
        raise GisError("gis.no_shapes", file=path.name) from error


def _by_gdal(path: Path, ending: str, layer: str | None) -> GeoDataFrame:
    from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError

    # No address of the network is ever opened, whatever a file names.
    from pyogrio import set_gdal_config_options  # isort: skip

    set_gdal_config_options({"CPL_VSIL_CURL_ALLOWED_FILENAME": "-", "GDAL_HTTP_TIMEOUT": "1"})
    try:
        with _opened(path, ending) as source:
            return _features(source, path, layer)
    except GisError:
        raise
    except (DataSourceError, DataLayerError, FieldError, GeometryError, ValueError) as error:
        raise GisError("gis.damaged", file=path.name) from error


@contextmanager
def _opened(path: Path, ending: str) -> Iterator[str]:
    """Yield what GDAL opens for a file."""
    if ending == ".zip":
        with unpacked(path) as inside:
            yield str(inside)
    else:
        yield _DRIVERS.get(ending, "") + str(path.resolve())


def _features(source: str, path: Path, layer: str | None) -> GeoDataFrame:
    """Read one layer, or all layers of a KML file, whose layers are its folders."""
    import pandas
    import pyogrio

    known = [str(name) for name, kind in pyogrio.list_layers(source) if kind is not None]
    if not known:
        raise GisError("gis.no_shapes", file=path.name)
    if path.suffix.lower() == ".kml" and layer is None:
        return pandas.concat([_one(source, name) for name in known], ignore_index=True)
    return _one(source, _chosen(known, layer, path.name))


def _chosen(known: list[str], layer: str | None, file: str) -> str:
    """Return the layer that was asked for, the only one, or the one of the buildings."""
    usual = [name for name in known if name.lower() in _BUILDINGS]
    if layer in known:
        return str(layer)
    if layer is None and (len(known) == 1 or len(usual) == 1):
        return (usual or known)[0]
    if layer is not None:
        raise GisError("gis.no_layer", file=file, layer=layer, known=", ".join(known))
    raise GisError("gis.which_layer", file=file, known=", ".join(known))


def _one(source: str, layer: str) -> GeoDataFrame:
    import pyogrio

    options: dict[str, Any] = {"layer": layer, "force_2d": True, "on_invalid": "ignore"}
    if source.endswith(".shp") and not Path(source).with_suffix(".cpg").exists():
        try:
            return pyogrio.read_dataframe(source, encoding="utf-8", **options)
        except UnicodeDecodeError:
            options["encoding"] = "gb18030"
    return pyogrio.read_dataframe(source, **options)
