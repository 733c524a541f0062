"""WebM (RFC 9559): elements are walked; tags and attachments become void."""

from __future__ import annotations

from collections.abc import Iterator

_EBML, _DOCTYPE, _SEGMENT = 0x1A45DFA3, 0x4282, 0x18538067
_TRACKS, _ENTRY, _TYPE, _CODEC, _CLUSTER = 0x1654AE6B, 0xAE, 0x83, 0x86, 0x1F43B675
_DROPPED = {0x1254C367, 0x1941A469}
_AUDIO = b"\x02"
_CODECS = {b"A_OPUS", b"A_VORBIS"}


def matches(data: bytes) -> bool:
    """Tell whether the signature is that of an EBML file."""
    return data[:4] == b"\x1a\x45\xdf\xa3"


def clean(data: bytes) -> bytes:
    """Return the file without tags and attachments; everything else keeps its place.

    Raises:
        ValueError: not WebM, broken elements, no sound or a track that is not Opus or Vorbis.
    """
    out = bytearray(data)
    header, segment = _two_parts(data)
    doctypes = [
        data[body:end] for name, _, body, end in _elements(data, *header) if name == _DOCTYPE
    ]
    if [kind.rstrip(b"\0") for kind in doctypes] != [b"webm"]:
        raise ValueError("not WebM")
    tracks, clusters = 0, 0
    for name, start, body, end in _elements(data, *segment):
        if name in _DROPPED:
            out[start:end] = _void(end - start)
        elif name == _TRACKS:
            tracks += _sound_tracks(data, body, end)
        clusters += name == _CLUSTER
    if tracks != 1 or not clusters:
        raise ValueError("not one track of sound")
    return bytes(out)


def _two_parts(data: bytes) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where header and segment have their children."""
    parts = list(_elements(data, 0, len(data)))
    if [part[0] for part in parts[:2]] != [_EBML, _SEGMENT]:
        raise ValueError("no header or no segment")
    return parts[0][2:], parts[1][2:]


def _void(length: int) -> bytes:
    """Return an element without meaning; it cannot be shorter than two bytes."""
    if length < 9:
        return b"\xec" + (0x80 | length - 2).to_bytes() + bytes(length - 2)
    return b"\xec\x01" + (length - 9).to_bytes(7) + bytes(length - 9)


def _sound_tracks(data: bytes, start: int, end: int) -> int:
    count = 0
    for name, _, body, stop in _elements(data, start, end):
        if name != _ENTRY:
            continue
        fields = {key: data[at:to] for key, _, at, to in _elements(data, body, stop)}
        if fields.get(_TYPE) != _AUDIO or fields.get(_CODEC, b"").rstrip(b"\0") not in _CODECS:
            raise ValueError("a track that is not sound")
        count += 1
    return count


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (id, start, body, end); an unknown size (live recordings) reaches to the end."""
    while start < end:
        name, at = _number(data, start, keep_marker=True)
        size, body = _number(data, at, keep_marker=False)
        unknown = size == (1 << 7 * (body - at)) - 1
        stop = end if unknown else body + size
        if stop > end:
            raise ValueError("element beyond its parent")
        yield name, start, body, stop
        start = stop


def _number(data: bytes, at: int, *, keep_marker: bool) -> tuple[int, int]:
    """Read a variable-length number; return it and the position after it."""
    length = 9 - data[at].bit_length()
    if length > 8:
        raise ValueError("broken number")
    raw = data[at : at + length]
    if len(raw) < length:
        raise ValueError("number beyond the end")
    value = int.from_bytes(raw)
    return (value if keep_marker else value & (1 << 7 * length) - 1), at + length
