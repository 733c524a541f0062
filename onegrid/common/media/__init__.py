"""Cleaning of what people upload: photos are re-encoded, voice notes are checked and stripped.

What comes out is what may be stored and served; nothing of the original bytes of a photo survives.
"""

from __future__ import annotations

from onegrid.common.media.pages import is_pdf, pages_of
from onegrid.common.media.photos import Photo, PhotoLimits, clean_photo
from onegrid.common.media.received import OversizedFile, content_of
from onegrid.common.media.voice import VOICE_MAX_BYTES, Voice, clean_voice

__all__ = [
    "VOICE_MAX_BYTES",
    "OversizedFile",
    "Photo",
    "PhotoLimits",
    "Voice",
    "clean_photo",
    "clean_voice",
    "content_of",
    "is_pdf",
    "pages_of",
]
