"""WAV: rebuilt from the chunks that sound needs (Microsoft RIFF, 1991)."""

from __future__ import annotations

import struct

_KEPT = (b"fmt ", b"fact", b"data")


def matches(data: bytes) -> bool:
    """Tell whether the signature is that of a WAV file."""
    return data[:4] == b"RIFF" and data[8:12] == b"WAVE"


def clean(data: bytes) -> bytes:
    """Return the file with format and samples only.

    Raises:
        ValueError: a chunk reaches beyond the end, or format or samples are missing.
    """
    kept: dict[bytes, bytes] = {}
    position = 12
    while position + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, position)
        body = data[position + 8 : position + 8 + size]
        if len(body) < size:
            raise ValueError("chunk beyond the end")
        if name in _KEPT:
            kept.setdefault(name, body)
        position += 8 + size + size % 2
    if len(kept.get(b"fmt ", b"")) < 16 or not kept.get(b"data"):
        raise ValueError("no format or no samples")
    chunks = b"".join(
        struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2)
        for name, body in sorted(kept.items(), key=lambda chunk: _KEPT.index(chunk[0]))
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
