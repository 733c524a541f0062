"""Tables with a coordinate in each row: CSV and Excel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from onegrid.gis import columns
from onegrid.gis.doors import check_workbook
from onegrid.gis.errors import GisError

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

#: the header is row 1
FIRST_ROW = 2
_DELIMITERS = ",;\t，；"


def read(path: Path, ending: str) -> GeoDataFrame:
    """Return the rows of a table as points, without a coordinate system.

    Raises:
        GisError: not readable, or no columns of coordinates.
        BadRows: cells that are no coordinates.
    """
    from geopandas import GeoDataFrame, points_from_xy

    frame = _excel(path) if ending == ".xlsx" else _csv(path)
    if frame.empty:
        raise GisError("gis.empty", file=path.name)
    x, y = columns.find(frame, "x"), columns.find(frame, "y")
    if x is None or y is None:
        raise GisError("gis.no_coordinates", file=path.name, known=", ".join(map(str, frame)))
    places = columns.coordinates(frame, (x, y), file=path.name, first_row=FIRST_ROW)
    rest = frame.drop(columns=[x, y])
    return GeoDataFrame(rest, geometry=points_from_xy(*places.T))


def _csv(path: Path) -> DataFrame:
    import pandas
    from pandas.errors import EmptyDataError, ParserError

    for encoding in ("utf-16",) if _has_utf16_mark(path) else ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as handle:
                first = handle.readline()
            frame = pandas.read_csv(
                path, sep=max(_DELIMITERS, key=first.count), dtype=str, keep_default_na=False,
                encoding=encoding, skip_blank_lines=False,
                engine="python" if "，" in first else "c",
            )  # fmt: skip
        except UnicodeDecodeError:
            continue
        except EmptyDataError as error:
            raise GisError("gis.empty", file=path.name) from error
        except ParserError as error:
            raise GisError("gis.not_a_table", file=path.name) from error
        return _without_blank_rows(frame)
    raise GisError("gis.encoding", file=path.name)


def _excel(path: Path) -> DataFrame:
    import pandas

    check_workbook(path)
    try:
        frame = pandas.read_excel(path, dtype=str, na_filter=False, engine="openpyxl")
    except (ValueError, KeyError, TypeError, OSError, EOFError, SyntaxError) as error:
        raise GisError("gis.not_a_table", file=path.name) from error
    return _without_blank_rows(frame)


def _without_blank_rows(frame: DataFrame) -> DataFrame:
    """Leave blank rows at the end out; further up they keep their number and are named."""
    filled = (frame != "").any(axis=1).to_numpy()
    last = int(np.flatnonzero(filled)[-1]) + 1 if filled.any() else 0
    return frame.iloc[:last]


def _has_utf16_mark(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(2) in (b"\xff\xfe", b"\xfe\xff")
