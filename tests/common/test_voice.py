"""Voice notes: real containers made here; tags go, sound stays, everything else is refused."""

from __future__ import annotations

import io
import random
import struct
import wave

import pytest

from onegrid.common.media import clean_voice
from onegrid.common.media.ogg import _checksum
from onegrid.common.refusals import Invalid, Refusal, TooLarge

CANARY = b"canary 36.7N 118.8E"


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(range(256)) * 8)
    data = out.getvalue() + b"LIST" + struct.pack("<I", len(CANARY) + 1) + CANARY + b"\0"
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


def ogg_page(serial: int, number: int, packet: bytes, flags: int = 0) -> bytes:
    lacing = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, 0, serial, number, 0, len(lacing))
    page = bytearray(head + lacing + packet)
    struct.pack_into("<I", page, 22, _checksum(page))
    return bytes(page)


def ogg(head: bytes = b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0") -> bytes:
    tags = (
        b"OpusTags" + struct.pack("<I", 4) + b"test" + struct.pack("<II", 1, len(CANARY)) + CANARY
    )
    return (
        ogg_page(7, 0, head, 2) + ogg_page(7, 1, tags) + ogg_page(7, 2, b"\x08" + b"sound" * 60, 4)
    )


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), name) + body


def m4a(handler: bytes = b"soun") -> bytes:
    handlers = box(b"hdlr", bytes(8), handler, bytes(13))
    track = box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", handlers), box(b"udta", CANARY))
    movie = box(b"moov", box(b"mvhd", bytes(100)), track, box(b"udta", box(b"\xa9xyz", CANARY)))
    return box(b"ftyp", b"M4A \0\0\0\0M4A isom") + movie + box(b"mdat", b"sound" * 50)


def element(name: str, *parts: bytes, unknown: bool = False) -> bytes:
    body = b"".join(parts)
    size = b"\x01" + b"\xff" * 7 if unknown else b"\x01" + len(body).to_bytes(7)
    return bytes.fromhex(name) + size + body


def webm(codec: bytes = b"A_OPUS", kind: bytes = b"\x02", doctype: bytes = b"webm") -> bytes:
    entry = element("AE", element("D7", b"\x01"), element("83", kind), element("86", codec))
    tags = element("1254C367", element("7373", CANARY))
    cluster = element("1F43B675", element("E7", b"\0"), element("A3", b"sound" * 40), unknown=True)
    segment = element("18538067", tags, element("1654AE6B", entry), cluster, unknown=True)
    return element("1A45DFA3", element("4282", doctype)) + segment


def mp3() -> bytes:
    frame = b"\xff\xfb\x90\x00" + b"s" * 413
    size = bytes((len(CANARY) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + CANARY + frame * 5 + b"TAG" + CANARY.ljust(125, b"\0")


GOOD = {
    "wav": (wav(), "audio/wav"),
    "ogg": (ogg(), "audio/ogg"),
    "m4a": (m4a(), "audio/mp4"),
    "webm": (webm(), "audio/webm"),
    "mp3": (mp3(), "audio/mpeg"),
}


@pytest.mark.parametrize("extension", GOOD)
def test_s45_a_voice_note_keeps_its_sound_and_loses_its_tags(extension: str) -> None:
    source, mime = GOOD[extension]
    assert CANARY in source
    voice = clean_voice(source)
    assert (voice.extension, voice.mime) == (extension, mime)
    assert CANARY not in voice.data
    sound = {"wav": bytes(range(256)) * 8, "mp3": b"s" * 413}.get(extension, b"sound" * 40)
    assert sound in voice.data


@pytest.mark.parametrize("extension", GOOD)
def test_cleaning_a_clean_voice_note_changes_nothing(extension: str) -> None:
    once = clean_voice(GOOD[extension][0])
    assert clean_voice(once.data).sha256 == once.sha256


def test_the_cleaned_wav_is_still_readable() -> None:
    with wave.open(io.BytesIO(clean_voice(wav()).data)) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (8000, 1024)


def test_the_checksum_of_the_emptied_ogg_page_is_right() -> None:
    data = bytearray(clean_voice(ogg()).data)
    start = data.index(b"OggS", 4)
    page = data[start : data.index(b"OggS", start + 4)]
    (stored,) = struct.unpack_from("<I", page, 22)
    page[22:26] = bytes(4)
    assert stored == _checksum(page)


def test_the_checksum_is_that_of_the_ogg_specification() -> None:
    assert _checksum(bytearray(b"123456789")) == 0x89A1897F


@pytest.mark.parametrize(
    "data",
    [
        m4a(handler=b"vide"),
        webm(codec=b"V_VP8", kind=b"\x01"),
        webm(doctype=b"matroska"),
        ogg(head=b"\x80theora" + bytes(40)),
        ogg() + ogg_page(8, 0, b"another stream", 2),
        mp3()[:500],
        box(b"ftyp", b"M4A \0\0\0\0") + box(b"mdat", b"x"),
        b"RIFF\x04\0\0\0WAVE",
    ],
    ids=[
        "video",
        "webm video",
        "matroska",
        "theora",
        "two streams",
        "one frame",
        "no moov",
        "bare",
    ],
)
def test_s31_a_container_without_plain_sound_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_voice(data)
    assert refusal.value.code == "media.damaged"


@pytest.mark.parametrize("data", [b"<script>", b"\x7fELF" + bytes(50), b"PK\x03\x04" + bytes(50)])
def test_s31_a_file_of_another_kind_is_not_a_voice_note(data: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_voice(data)
    assert refusal.value.code == "media.not_a_voice_note"


def test_s31_a_voice_note_has_a_size_limit() -> None:
    with pytest.raises(TooLarge) as refusal:
        clean_voice(wav() + bytes(5_000_000))
    assert refusal.value.params == {"megabytes": 5}


def test_s31_four_hundred_fuzzed_voice_notes_are_refused_or_checked() -> None:
    rng = random.Random(20261124)
    sources = [source for source, _ in GOOD.values()]
    outcomes = {"checked": 0, "refused": 0}
    for number in range(400):
        data = bytearray(sources[number % len(sources)])
        for _ in range(rng.choice((1, 2, 30))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            clean_voice(bytes(data[: rng.randrange(len(data)) or None] if number % 3 else data))
        except Refusal as refusal:
            assert refusal.code.startswith("media.")
            outcomes["refused"] += 1
        else:
            outcomes["checked"] += 1
    assert min(outcomes.values()) > 20
