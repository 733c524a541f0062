"""MP3: rebuilt from its frames; ID3 and whatever else stands around them is dropped."""

from __future__ import annotations

# ISO/IEC 11172-3 and 13818-3, layer III: kbit/s by index.
_RATES_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def matches(data: bytes) -> bool:
    """Tell whether the file begins with an ID3 tag or a layer III frame."""
    return data[:3] == b"ID3" or _frame_length(data, 0) > 0


def clean(data: bytes) -> bytes:
    """Return the unbroken run of frames at the beginning.

    Raises:
        ValueError: fewer than three frames follow each other.
    """
    start = position = _after_id3(data)
    frames = 0
    while (length := _frame_length(data, position)) and position + length <= len(data):
        position += length
        frames += 1
    if frames < 3:
        raise ValueError("no frames")
    return data[start:position]


def _after_id3(data: bytes) -> int:
    """Return where the first frame should be (ID3v2 sizes have 7 bits a byte)."""
    if data[:3] != b"ID3":
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    footer = 10 if data[5] & 0x10 else 0
    return 10 + size + footer


def _frame_length(data: bytes, at: int) -> int:
    """Return the length in bytes of the layer III frame at a position, 0 when there is none."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, rate, hertz = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or rate in (0, 15) or hertz == 3:
        return 0
    kilobits = (_RATES_V1 if version == 3 else _RATES_V2)[rate]
    samples = 144 if version == 3 else 72
    return samples * kilobits * 1000 // _HERTZ[version][hertz] + (head[2] >> 1 & 1)
