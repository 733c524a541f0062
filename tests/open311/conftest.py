"""What the tests of Open311 share: a caller, keys, and the schemas of the standard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client
from jsonschema import Draft7Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from onegrid.accounts.models import ApiToken
from onegrid.accounts.queries import hash_token
from onegrid.accounts.terms import Role, TokenScope
from onegrid.api.open311.reading import asking, reporting
from tests.county import Town, middle
from tests.open311.twin import city, outgoing  # noqa: F401 - fixtures
from tests.web.conftest import browser, plain_static

__all__ = ["browser", "plain_static"]

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "open311"
ROOT = "/open311/v2/"


@dataclass
class Open311:
    """A caller of the interface."""

    town: Town
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    language: str = "en"

    def key(self, role: Role = Role.RESIDENT, *scopes: str, days: int = 30) -> str:
        secret = f"key-{uuid4()}"
        ApiToken.objects.create(
            user_id=self.town.users[role].id,
            label="test",
            token_hash=hash_token(secret),
            scopes=list(scopes) or [TokenScope.OPEN311.value],
            created_at=self.town.now - timedelta(days=100),
            expires_at=self.town.now + timedelta(days=days),
        )
        return secret

    def get(self, path: str, **query: Any) -> Any:
        headers = {"Accept-Language": self.language}
        return self.client.get(f"{ROOT}{path}", query, headers=headers)

    def post(self, form: dict[str, Any], path: str = "requests.json", **headers: str) -> Any:
        named = {"Accept-Language": self.language, **headers}
        return self.client.post(f"{ROOT}{path}", form, headers=named)

    def report(self, key: str = "", **form: Any) -> str:
        lon, lat = middle(0, 0)
        given = {"service_code": "power.light", "lat": lat, "long": lon, "description": "灯不亮"}
        answer = self.post({"api_key": key or self.key(), **given, **form})
        assert answer.status_code == 200, answer.content
        return str(answer.json()[0]["service_request_id"])


@pytest.fixture
def open311(town: Town) -> Iterator[Open311]:
    asking.clear()
    reporting.clear()
    with time_machine.travel(town.now, tick=False):
        yield Open311(town)


def parsed(answer: Any) -> ElementTree.Element:
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def fits(name: str, content: Any) -> None:
    """Check an answer against a JSON Schema of the organisation."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is absent: the schemas of the organisation are not committed")
    schemas = {
        path.name.removeprefix("schema_"): Resource.from_contents(
            json.loads(path.read_text("utf-8")),
            default_specification=DRAFT7,
        )
        for path in SHARED.glob("schema_*.json")
    }
    registry: Any = Registry().with_resources(schemas.items())
    validator = Draft7Validator({"$ref": name}, registry=registry, format_checker=FormatChecker())
    assert [error.message for error in validator.iter_errors(content)] == []


def w3c(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
