"""Files as a request brings them: too large ones are thrown away while they stream in."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from onegrid.common.refusals import TooLarge


class OversizedFile(SimpleUploadedFile):
    """Stands for a file whose content was thrown away."""


def content_of(item: UploadedFile[Any], *, most_bytes: int, field: str) -> bytes:
    """Return the bytes of a file.

    Raises:
        TooLarge: it has more than ``most_bytes``, or was thrown away because of its size.
    """
    if isinstance(item, OversizedFile) or (item.size or 0) > most_bytes:
        raise TooLarge("media.too_large", field=field, megabytes=most_bytes // 1_000_000)
    content: bytes = item.read()
    return content
