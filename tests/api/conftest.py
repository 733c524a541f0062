"""A town, tokens of its people, and a client that speaks JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from onegrid.accounts.models import ApiToken
from onegrid.accounts.queries import hash_token
from onegrid.accounts.terms import Role, TokenScope
from onegrid.api.auth import opening
from tests.county import STARTED, Town, county, make_town


@dataclass
class Api:
    """A client of the interface."""

    town: Town
    client: Client

    def token(self, role: Role, *scopes: TokenScope, days: int = 30) -> str:
        token = f"token-{uuid4()}"
        ApiToken.objects.create(
            user_id=self.town.users[role].id,
            label="test",
            token_hash=hash_token(token),
            scopes=[scope.value for scope in scopes],
            created_at=self.town.now,
            expires_at=self.town.now + timedelta(days=days),
        )
        return token

    def send(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        body: Any = None,
        key: Any = None,
        **headers: str,
    ) -> Any:
        named = {"Accept-Language": "en", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if token:
            named["Authorization"] = f"Bearer {token}"
        if key is not None:
            named["Idempotency-Key"] = str(key)
        data = body if isinstance(body, bytes) else "" if body is None else json.dumps(body)
        return self.client.generic(
            method, f"/api/v1{path}", data, content_type="application/json", headers=named
        )


@pytest.fixture
def api(db: None) -> Iterator[Api]:
    opening.clear()
    now = STARTED
    with county(now):
        yield Api(make_town(now), Client(raise_request_exception=False))
