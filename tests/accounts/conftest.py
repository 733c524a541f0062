"""A county with three administrators, a dispatcher and nobody else; pages without hashed files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from onegrid.accounts import actions
from onegrid.accounts.models import County
from onegrid.accounts.queries import viewer_by_id
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.tenancy.context import tenant_tx
from tests.conftest import COUNTY, MONDAY

PASSWORD = "correct horse battery"
SYSTEM = Viewer.system(COUNTY)


@dataclass(frozen=True)
class People:
    """Ids by user name; every password is PASSWORD."""

    ids: dict[str, UUID]

    def viewer(self, username: str, now: datetime = MONDAY) -> Viewer:
        return viewer_by_id(user_id=self.ids[username], now=now)


def make(username: str, role: Role | None = None, **scope: Any) -> UUID:
    """Make a member of staff with an own password and, if wanted, a role."""
    made = actions.create_staff(
        viewer=SYSTEM, username=username, full_name="张三", password=PASSWORD, now=MONDAY
    )
    if role is not None:
        actions.grant_role(viewer=SYSTEM, user_id=made.user_id, role=role, now=MONDAY, **scope)
    return made.user_id


@pytest.fixture(autouse=True)
def plain_pages(settings: Any) -> None:
    """Serve static files by their own names."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the clock at Monday morning; move it by ``clock.shift``."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def people(db: None) -> People:
    """Make the county and its people; no transaction of the county stays open."""
    County.objects.create(code=COUNTY, name="测试县", hosts=[], created_at=MONDAY)
    with tenant_tx(COUNTY):
        ids = {
            "system": make("system", Role.SYSTEM_ADMIN),
            "security": make("security", Role.SECURITY_ADMIN),
            "audit": make("audit", Role.AUDIT_ADMIN),
            "dispatcher": make("dispatcher", Role.DISPATCHER),
            "nobody": make("nobody"),
        }
    return People(ids)


@pytest.fixture
def inside(people: People) -> Iterator[People]:
    """Open the county's transaction around the test."""
    with tenant_tx(COUNTY):
        yield people


def sign_in(client: Client, username: str, password: str = PASSWORD) -> Any:
    """Send user name and password."""
    return client.post("/account/login/", {"login": username, "password": password})


def signed_in(username: str) -> Client:
    """Return a browser in which somebody is signed in by password."""
    client = Client()
    assert sign_in(client, username).status_code == 302
    return client
