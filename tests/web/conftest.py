"""A client on the small county at MONDAY, pages without hashed static files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from onegrid.accounts.terms import Role
from tests.conftest import MONDAY
from tests.county import Town, middle
from tests.open311.twin import city, outgoing  # noqa: F401 - fixtures


@dataclass
class Browser:
    """A browser of somebody; ``form`` fills in the hidden fields of the page shown last."""

    town: Town
    client: Client = field(default_factory=Client)
    hidden: dict[str, str] = field(default_factory=dict)

    def sign_in(self, role: Role) -> None:
        self.client.force_login(self.town.users[role])

    def get(self, path: str, **more: Any) -> Any:
        return self._seen(self.client.get(path, **more))

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        return self._seen(self.client.post(path, {**self.hidden, **(data or {})}, **more))

    def _seen(self, response: Any) -> Any:
        context = response.context
        if context is not None and context.get("signed_draft"):
            self.hidden = {"key": context["key"], "draft": context["signed_draft"]}
        elif context is not None and context.get("key"):
            self.hidden = {"key": context["key"]}
        return response

    def walk(
        self, *, text: str = "楼下水管漏水，已经两天了", who: str = "anonymous", **more: Any
    ) -> Any:
        """Fill in the report up to the answers."""
        lon, lat = middle(0, 0)
        self.get("/report/")
        self.post("/report/", {"category": "water.leak"})
        self.post("/report/where/", {"lon": str(lon), "lat": str(lat), "system": "wgs84"})
        self.post("/report/describe/", {"text": text, **more})
        self.post("/report/who/", {"who": who})
        return self.get("/report/check/")

    def send(self) -> Any:
        return self.post("/report/check/", follow=True)


def picture(width: int = 64, height: int = 48, color: str = "navy") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), color).save(out, "JPEG")
    return out.getvalue()


def upload(content: bytes, name: str = "p.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def browser(town: Town) -> Iterator[Browser]:
    cache.clear()
    with time_machine.travel(MONDAY, tick=False):
        yield Browser(town)
    cache.clear()
