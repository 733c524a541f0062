"""Voice notes: recognised by signature, walked through as containers, stripped of tags.

Nothing is decoded or re-encoded here, so the sound itself is the sender's; what goes away is named
in docs/methods/uploads.md. A voice note is therefore only ever served as an attachment.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass

from onegrid.common.media import mp3, mp4, ogg, wave, webm
from onegrid.common.refusals import Invalid, TooLarge

VOICE_MAX_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Voice:
    """A checked voice note; ``extension`` has no dot."""

    data: bytes
    sha256: str
    mime: str
    extension: str


@dataclass(frozen=True, slots=True)
class _Container:
    matches: Callable[[bytes], bool]
    clean: Callable[[bytes], bytes]
    mime: str
    extension: str


_CONTAINERS = (
    _Container(webm.matches, webm.clean, "audio/webm", "webm"),
    _Container(ogg.matches, ogg.clean, "audio/ogg", "ogg"),
    _Container(mp4.matches, mp4.clean, "audio/mp4", "m4a"),
    _Container(wave.matches, wave.clean, "audio/wav", "wav"),
    _Container(mp3.matches, mp3.clean, "audio/mpeg", "mp3"),
)


def clean_voice(data: bytes, *, max_bytes: int = VOICE_MAX_BYTES, field: str = "voice") -> Voice:
    """Check an uploaded voice note and take its tags away.

    Args:
        data: the whole upload.
        max_bytes: size limit, bytes.
        field: name of the form field, for the refusal.

    Raises:
        TooLarge: ``media.too_large``.
        Invalid: ``media.empty``, ``media.not_a_voice_note`` or ``media.damaged``.
    """
    if not data:
        raise Invalid("media.empty", field=field)
    if len(data) > max_bytes:
        raise TooLarge("media.too_large", field=field, megabytes=max_bytes // 1_000_000)
    container = next((known for known in _CONTAINERS if known.matches(data)), None)
    if container is None:
        raise Invalid("media.not_a_voice_note", field=field)
    try:
        cleaned = container.clean(data)
    except (ValueError, IndexError, struct.error) as error:
        raise Invalid("media.damaged", field=field) from error
    return Voice(
        data=cleaned,
        sha256=hashlib.sha256(cleaned).hexdigest(),
        mime=container.mime,
        extension=container.extension,
    )
