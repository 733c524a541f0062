"""Ogg with Opus or Vorbis (RFC 3533, RFC 7845): pages are checked, comments are emptied."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_HEAD = 27
_OPUS, _VORBIS = b"OpusHead", b"\x01vorbis"
_NO_COMMENTS = struct.pack("<II", 0, 0)


@dataclass(frozen=True, slots=True)
class _Page:
    start: int
    body: int
    end: int
    lacing: bytes
    serial: int


def matches(data: bytes) -> bool:
    """Tell whether the signature is that of an Ogg file."""
    return data[:4] == b"OggS"


def clean(data: bytes) -> bytes:
    """Return the file with an empty comment packet of the same length.

    Raises:
        ValueError: pages do not follow each other to the end, more than one stream, or neither
            Opus nor Vorbis.
    """
    pages = _pages(data)
    if len({page.serial for page in pages}) != 1:
        raise ValueError("more than one stream")
    first = data[pages[0].body : pages[0].end]
    if first.startswith(_OPUS):
        empty = b"OpusTags" + _NO_COMMENTS
    elif first.startswith(_VORBIS):
        empty = b"\x03vorbis" + _NO_COMMENTS + b"\x01"
    else:
        raise ValueError("neither Opus nor Vorbis")
    return _with_packet(data, pages[1:], empty)


def _pages(data: bytes) -> list[_Page]:
    pages, position = [], 0
    while position < len(data):
        magic, version, _, _, serial, _, _, count = struct.unpack_from("<4sBBqIIIB", data, position)
        body = position + _HEAD + count
        lacing = data[position + _HEAD : body]
        end = body + sum(lacing)
        if magic != b"OggS" or version != 0 or len(lacing) < count or end > len(data):
            raise ValueError("broken page")
        pages.append(_Page(position, body, end, lacing, serial))
        position = end
    return pages


def _with_packet(data: bytes, pages: list[_Page], content: bytes) -> bytes:
    """Overwrite the first packet of the pages: content, then zeros; checksums follow."""
    out = bytearray(data)
    for page in pages:
        length, ends = _packet_bytes(page.lacing)
        piece, content = content[:length], content[length:]
        out[page.body : page.body + length] = piece.ljust(length, b"\0")
        out[page.start + 22 : page.start + 26] = bytes(4)
        struct.pack_into("<I", out, page.start + 22, _checksum(out[page.start : page.end]))
        if ends:
            break
    else:
        raise ValueError("comment packet does not end")
    if content:
        raise ValueError("comment packet too short")
    return bytes(out)


def _packet_bytes(lacing: bytes) -> tuple[int, bool]:
    """Return how many bytes of a page belong to its first packet, and whether it ends there."""
    total = 0
    for value in lacing:
        total += value
        if value < 255:
            return total, True
    return total, False


def _table() -> tuple[int, ...]:
    rows = []
    for index in range(256):
        value = index << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        rows.append(value & 0xFFFFFFFF)
    return tuple(rows)


_TABLE = _table()


def _checksum(page: bytearray) -> int:
    """Return the CRC-32 of a page as Ogg wants it: polynomial 04c11db7, not reflected."""
    value = 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ _TABLE[value >> 24 ^ byte]
    return value
