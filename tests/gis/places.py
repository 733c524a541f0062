"""A small invented town: rows of houses of 20 by 10 metres in Shandong."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pandas
import shapely
from geopandas import GeoDataFrame

LON, LAT = 119.0, 36.7
#: degrees of a metre there
X, Y = 1 / 89_390.0, 1 / 110_980.0


def house(column: int, row: int, *, wide: float = 20.0, deep: float = 10.0) -> shapely.Polygon:
    """Return the footprint of a house; houses stand 30 m apart, rows 30 m."""
    x, y = LON + column * 30 * X, LAT + row * 30 * Y
    return shapely.box(x, y, x + wide * X, y + deep * Y)


def houses(across: int = 6, up: int = 5, **columns: object) -> GeoDataFrame:
    """Return rows of houses with ten households each, and further columns."""
    places = [(column, row) for row in range(up) for column in range(across)]
    frame = GeoDataFrame(
        {"name": [f"{row + 1}排{column + 1}号" for column, row in places]},
        geometry=[house(*place) for place in places],
        crs=4326,
    )
    return frame.assign(**(columns or {"households": 10}))


def road(column: float, rows: int = 5) -> GeoDataFrame:
    """Return a road from south to north, just before a column of houses."""
    x = LON + (column * 30 - 5) * X
    line = shapely.LineString([(x, LAT - 300 * Y), (x, LAT + (rows * 30 + 300) * Y)])
    return GeoDataFrame({"highway": ["primary"]}, geometry=[line], crs=4326)


def centres(frame: GeoDataFrame, x: str = "lon", y: str = "lat") -> pandas.DataFrame:
    """Return a table with a coordinate in each row."""
    middles = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy()))
    return pandas.DataFrame(
        {x: middles[:, 0], y: middles[:, 1], **frame.drop(columns="geometry").to_dict("list")}
    )


def saved(frame: GeoDataFrame, path: Path) -> Path:
    """Write a layer in the format of the ending."""
    ending = path.suffix
    if ending == ".parquet":
        frame.to_parquet(path)
    elif ending in {".csv", ".xlsx"}:
        table = centres(frame)
        table.to_csv(path, index=False) if ending == ".csv" else table.to_excel(path, index=False)
    elif ending == ".zip":
        inner = path.parent / f"{path.stem}-inside"
        inner.mkdir()
        frame.rename(columns={"households": "hh"}).to_file(inner / "town.shp", encoding="utf-8")
        import zipfile

        with zipfile.ZipFile(path, "w") as archive:
            for part in sorted(inner.iterdir()):
                archive.write(part, f"data/{part.name}")
    elif ending == ".shp":
        frame.rename(columns={"households": "hh"}).to_file(path, encoding="utf-8")
    else:
        frame.to_file(path, driver={".kml": "KML", ".gpkg": "GPKG"}.get(ending, "GeoJSON"))
    return path


def random_houses(rng: np.random.Generator, n: int) -> GeoDataFrame:
    """Return n houses of different sizes at places that do not touch."""
    cells = rng.choice(40 * 40, size=n, replace=False)
    shapes = [
        house(int(cell % 40), int(cell // 40), wide=rng.uniform(4, 26), deep=rng.uniform(4, 26))
        for cell in cells
    ]
    return geopandas.GeoDataFrame(
        {"households": rng.integers(0, 30, n) + (np.arange(n) == 0)}, geometry=shapes, crs=4326
    )
