"""Files that people send: dropped while they stream in when too large, so that the text survives.

A picture of 50 MB is never kept in memory or on disk: what goes beyond the limit of one file is
read and thrown away, the other fields of the form arrive, and the page refuses with its text kept.
A body beyond `BODY_MAX_BYTES` is not read at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from onegrid.cases.actions import Upload
from onegrid.cases.terms import FileKind
from onegrid.common.media import (
    VOICE_MAX_BYTES,
    OversizedFile,
    PhotoLimits,
    content_of,
    is_pdf,
    pages_of,
)
from onegrid.common.refusal_texts import register, text
from onegrid.common.refusals import Invalid, Refusal, TooLarge

FILE_MAX_BYTES = PhotoLimits().max_bytes
BODY_MAX_BYTES = 120_000_000
PHOTOS_MOST = 6

register(
    {
        "request.too_large": _(
            "What was sent is larger than %(megabytes)s MB and was not read. "
            "Send fewer or smaller photos, or shorten the text."
        ),
        "request.too_many_photos": _("At most %(most)s photos at once. Leave some out."),
        "request.bad": _("This request could not be read. Go back, reload the page and try again."),
    }
)


class DropOversized(TemporaryFileUploadHandler):
    """Streams a file to disk and throws it away beyond `FILE_MAX_BYTES`; other fields arrive."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received <= FILE_MAX_BYTES:
            super().receive_data_chunk(raw_data, start)
        elif not self.file.closed:
            self.file.close()

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        if self.received > FILE_MAX_BYTES:
            return OversizedFile(name="dropped", content=b"")
        return super().file_complete(file_size)


class BodyLimit:
    """Refuses a body beyond `BODY_MAX_BYTES` by its announced length, before anything is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > BODY_MAX_BYTES:
            return _too_large(request, BODY_MAX_BYTES)
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django could not read (handler400): too much with 413, the rest with 400."""
    if isinstance(exception, RequestDataTooBig):
        return _too_large(request, 1_000_000)
    if isinstance(exception, TooManyFilesSent):
        refusal: Refusal = Invalid("request.too_many_photos", most=PHOTOS_MOST)
        return render(request, "errors/refused.html", {"message": text(refusal)}, status=413)
    message = text(Refusal("request.bad"))
    return render(request, "errors/refused.html", {"message": message}, status=400)


def _too_large(request: HttpRequest, most_bytes: int) -> HttpResponse:
    refusal = TooLarge("request.too_large", megabytes=most_bytes // 1_000_000)
    return render(request, "errors/refused.html", {"message": text(refusal)}, status=413)


def photos_of(request: HttpRequest, name: str = "photos") -> tuple[Upload, ...]:
    """Return the photos of a form.

    Raises:
        TooLarge: one of them was dropped because of its size.
        Invalid: more than `PHOTOS_MOST`.
    """
    files = request.FILES.getlist(name)
    if len(files) > PHOTOS_MOST:
        raise Invalid("request.too_many_photos", field=name, most=PHOTOS_MOST)
    return tuple(_upload(item, FileKind.PHOTO, FILE_MAX_BYTES, name) for item in files)


def scans_of(request: HttpRequest, name: str = "scan") -> tuple[Upload, ...]:
    """Return the pages of scanned letters: pictures as they are, a PDF page by page.

    Raises:
        TooLarge: a file was dropped because of its size, or a PDF has too many pages.
        Invalid: a PDF cannot be read, or there are more than `PHOTOS_MOST` pages.
    """
    found: list[Upload] = []
    for item in photos_of(request, name):
        pages = pages_of(item.content, field=name) if is_pdf(item.content) else (item.content,)
        found += [Upload(kind=FileKind.PHOTO, content=page) for page in pages]
    if len(found) > PHOTOS_MOST:
        raise Invalid("request.too_many_photos", field=name, most=PHOTOS_MOST)
    return tuple(found)


def voice_of(request: HttpRequest, name: str = "voice") -> tuple[Upload, ...]:
    """Return the voice note of a form, or nothing.

    Raises:
        TooLarge: it was dropped because of its size.
    """
    found = request.FILES.get(name)
    return () if found is None else (_upload(found, FileKind.VOICE, VOICE_MAX_BYTES, name),)


def _upload(item: UploadedFile[Any], kind: str, most_bytes: int, name: str) -> Upload:
    return Upload(kind=kind, content=content_of(item, most_bytes=most_bytes, field=name))
