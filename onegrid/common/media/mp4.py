"""MP4 and M4A (ISO/IEC 14496-12): boxes are walked, user data becomes free space."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_BRANDS = frozenset(b"M4A |M4B |isom|iso2|iso4|iso5|iso6|mp41|mp42|dash|3gp4|3gp5|3gp6".split(b"|"))
_METADATA = {b"udta", b"meta", b"uuid"}
_PARENTS = {b"moov", b"trak", b"mdia", b"minf"}


def matches(data: bytes) -> bool:
    """Tell whether the first box names a brand that carries plain audio."""
    return data[4:8] == b"ftyp" and data[8:12] in _BRANDS


def clean(data: bytes) -> bytes:
    """Return the file with every box of user data emptied; offsets of samples stay true.

    Raises:
        ValueError: boxes do not add up, no sound track, or a track that is not sound.
    """
    out = bytearray(data)
    kinds: list[bytes] = []
    top = {name for name, _, _ in _walk(out, 0, len(out), kinds)}
    if not {b"moov", b"mdat"} <= top:
        raise ValueError("no movie or no samples")
    if not kinds or set(kinds) != {b"soun"}:
        raise ValueError("not sound alone")
    return bytes(out)


def _walk(
    out: bytearray, start: int, end: int, kinds: list[bytes]
) -> Iterator[tuple[bytes, int, int]]:
    """Yield the boxes of a range (name, body, end) while emptying metadata and noting tracks."""
    for name, head, body, stop in list(_boxes(out, start, end)):
        if name in _METADATA:
            out[head + 4 : head + 8] = b"free"
            out[body:stop] = bytes(stop - body)
        elif name in _PARENTS:
            for _ in _walk(out, body, stop, kinds):
                continue
        elif name == b"hdlr":
            kinds.append(bytes(out[body + 8 : body + 12]))
        yield name, body, stop


def _boxes(out: bytearray, start: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    while start < end:
        size, name = struct.unpack_from(">I4s", out, start)
        body = start + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", out, body)
            body += 8
        elif size == 0:
            size = end - start
        if start + size > end or start + size < body:
            raise ValueError("box beyond its parent")
        yield name, start, body, start + size
        start += size
