"""What is let in: plain local files of known kinds and bounded size, and nothing that reaches out.

GDAL opens far more than it is asked for: archives, addresses of the network, files that name other
files. So a file is only handed to the one driver of its ending, and only after a look at its first
bytes; archives are unpacked here, member by member, to a bounded size.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from onegrid.gis.errors import GisError

MAX_BYTES = 4_000_000_000
MAX_UNPACKED = 2_000_000_000
_MAX_KML = 256_000_000
_CHUNK = 1 << 20
_SHAPEFILE = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
#: ending → what its first bytes must be; None: looked at elsewhere
_SIGNS: dict[str, bytes | None] = {
    ".geojson": b"{",
    ".json": b"{",
    ".gpkg": b"SQLite format 3\0",
    ".shp": b"\x00\x00\x27\x0a",
    ".zip": b"PK\x03\x04",
    ".xlsx": b"PK\x03\x04",
    ".parquet": b"PAR1",
    ".geoparquet": b"PAR1",
    ".kml": b"<",
    ".csv": None,
    ".txt": None,
}
KINDS = tuple(sorted(_SIGNS))
_MARK = b"\xef\xbb\xbf"
_HEAD = 4096


def checked(path: Path) -> str:
    """Return the ending of a file that may be opened.

    Raises:
        GisError: it is no plain local file, of no known kind, too large, or not what it is called.
    """
    text = str(path)
    if text.startswith("/vsi") or ":/" in text or not path.is_file():
        raise GisError("gis.no_file", file=text)
    ending = path.suffix.lower()
    if ending not in _SIGNS:
        raise GisError("gis.kind_unknown", file=path.name, known=" ".join(KINDS))
    if path.stat().st_size > MAX_BYTES:
        raise GisError("gis.too_large", file=path.name, megabytes=MAX_BYTES // 1_000_000)
    sign = _SIGNS[ending]
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    if not head.strip():
        raise GisError("gis.empty", file=path.name)
    if sign is not None and not head.removeprefix(_MARK).lstrip(b" \t\r\n").startswith(sign):
        raise GisError("gis.not_as_named", file=path.name, ending=ending)
    if ending == ".kml":
        _check_kml(path)
    return ending


def _check_kml(path: Path) -> None:
    """Refuse a KML file that names other places or defines entities."""
    if path.stat().st_size > _MAX_KML:
        raise GisError("gis.too_large", file=path.name, megabytes=_MAX_KML // 1_000_000)
    content = path.read_bytes()
    if re.search(rb"<!(?:DOCTYPE|ENTITY)|<(?:\w+:)?NetworkLink\b", content, flags=re.IGNORECASE):
        raise GisError("gis.reaches_out", file=path.name)
    if not re.search(rb"<(?:\w+:)?kml\b", content[:_HEAD]):
        raise GisError("gis.not_as_named", file=path.name, ending=".kml")


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Unpack the shapefile of an archive into a folder that is gone afterwards; yield its ``.shp``.

    Raises:
        GisError: damaged, too large, or not exactly one shapefile.
    """
    with tempfile.TemporaryDirectory(prefix="onegrid-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, path.name, Path(folder))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
            raise GisError("gis.damaged", file=path.name) from error
        yield Path(folder) / "layer.shp"


def _unpack(archive: zipfile.ZipFile, name: str, folder: Path) -> None:
    members = {}
    for item in archive.infolist():
        inside = PurePosixPath(item.filename)
        if inside.suffix.lower() in _SHAPEFILE and "__MACOSX" not in inside.parts:
            members[inside] = item
    layers = [inside for inside in members if inside.suffix.lower() == ".shp"]
    if len(layers) != 1:
        raise GisError("gis.zip_layers", file=name, count=len(layers))
    wanted = {k: v for k, v in members.items() if k.with_suffix("") == layers[0].with_suffix("")}
    if sum(item.file_size for item in wanted.values()) > MAX_UNPACKED:
        raise GisError("gis.too_large", file=name, megabytes=MAX_UNPACKED // 1_000_000)
    for inside, item in wanted.items():
        target = folder / f"layer{inside.suffix.lower()}"
        with archive.open(item) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, _CHUNK)
    checked(folder / "layer.shp")


def check_workbook(path: Path, most: int = 512_000_000) -> None:
    """Refuse an Excel file that would unpack to too much.

    Raises:
        GisError: damaged or too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile as error:
        raise GisError("gis.damaged", file=path.name) from error
    if size > most:
        raise GisError("gis.too_large", file=path.name, megabytes=most // 1_000_000)
