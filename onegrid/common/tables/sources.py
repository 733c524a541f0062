"""Rows of cells out of CSV, Excel and GeoJSON; which it is, is seen from the content."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from onegrid.common.tables.problems import Bad

Record = tuple[int, list[str]]

MAX_BYTES = 64_000_000
_MAX_UNPACKED = 512_000_000
_DELIMITERS = ",;\t，；"
_LARGEST_CELL = 4_000_000
_ZIP = b"PK\x03\x04"
#: column that the geometry of a feature becomes
OUTLINE = "outline"


def records(content: bytes) -> tuple[str, Iterator[Record]]:
    """Return the encoding (or ``xlsx``) and the rows with their numbers, the header first.

    Raises:
        Bad: the file cannot be read at all; further ones while the rows are drawn.
    """
    if len(content) > MAX_BYTES:
        raise Bad(0, "", "table.too_large", megabytes=MAX_BYTES // 1_000_000)
    if content.startswith(_ZIP):
        return "xlsx", _excel(content)
    text, encoding = _decode(content)
    if text.lstrip()[:1] == "{":
        return encoding, _geojson(text)
    return encoding, _csv(text)


def _decode(content: bytes) -> tuple[str, str]:
    """Return text and encoding: UTF-8 (with or without mark), UTF-16 with mark, else GB 18030."""
    names = ("utf-8-sig", "gb18030")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        names = ("utf-16", "utf-16")
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise Bad(0, "", "table.not_text")
        return text, name
    raise Bad(0, "", "table.encoding")


def _csv(text: str) -> Iterator[Record]:
    """Yield row number and cells; quoted cells may hold line breaks."""
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Bad(row, "", "table.quotes", line=reader.line_num) from error
        yield row, cells


def _excel(content: bytes) -> Iterator[Record]:
    """Yield the rows of the first sheet, all as wide as the header."""
    from openpyxl import load_workbook  # heavy: only where it is used
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(item.file_size for item in packed.infolist()) > _MAX_UNPACKED:
                raise Bad(0, "", "table.too_large", megabytes=_MAX_UNPACKED // 1_000_000)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        width = 0
        for row, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = [written(value) for value in values]
            while len(cells) > width and not cells[-1]:
                cells.pop()
            width = width or len(cells)
            yield row, cells + [""] * (width - len(cells))
    except (
        zipfile.BadZipFile, InvalidFileException, ParseError,
        KeyError, IndexError, ValueError, TypeError, OSError, EOFError,
    ) as error:  # fmt: skip
        raise Bad(0, "", "table.not_excel") from error


def written(value: Any) -> str:
    """Return a value as the cell of a table says it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)


def _geojson(text: str) -> Iterator[Record]:
    """Yield the properties of the features, and their geometry as a column of its own."""
    try:
        features = json.loads(text)["features"]
        properties = [dict(feature.get("properties") or {}) for feature in features]
        shapes = [feature.get("geometry") for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Bad(0, "", "table.not_geojson") from error
    names = [name for name in dict.fromkeys(n for one in properties for n in one) if name]
    names = [name for name in names if name.strip().lower() != OUTLINE]
    yield 1, [*names, OUTLINE]
    for row, (values, shape) in enumerate(zip(properties, shapes, strict=True), start=2):
        outline = json.dumps(shape) if shape else ""
        yield row, [*(written(values.get(name)) for name in names), outline]
