"""Pictures of people and of ours, sent so that a browser makes nothing else of them."""

from __future__ import annotations

from django.http import HttpResponse


def picture(data: bytes, mime: str) -> HttpResponse:
    """Send a picture that nothing else may be made of."""
    response = HttpResponse(data, content_type=mime)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response
