"""Whatever goes wrong under /api/ is told as a problem, before and after an endpoint is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from onegrid.accounts import queries as accounts
from onegrid.accounts.models import County
from onegrid.accounts.terms import Role, TokenScope
from onegrid.api import endpoints
from onegrid.cases.models import Case
from tests.api.conftest import Api
from tests.conftest import COUNTY

BODY = {"text": "楼下水管漏水", "place": {"address": "东门"}}


def told(response: Any, status: int, code: str) -> dict[str, Any]:
    """Return a problem after checking that it is one."""
    assert response.status_code == status, response.content[:300]
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"] and body["detail"]
    return body


@contextmanager
def no_database() -> Iterator[None]:
    """Let the database be where nobody listens, as while it restarts."""
    here = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(HOST="127.0.0.1", PORT="9")
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(here)


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    """Serve static files by their own names: pages are made before they are replaced."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def served(transactional_db: None) -> Client:
    County.objects.create(code=COUNTY, name="测试县", hosts=[], created_at=timezone.now())
    return Client(raise_request_exception=False, headers={"Accept-Language": "en"})


@pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/categories", "/api/v2/nothing"])
def test_s59_without_the_database_a_program_is_told_when_to_come_back(
    served: Client, path: str
) -> None:
    with no_database():
        answer = served.get(path, headers={"Authorization": "Bearer x"})
    body = told(answer, 503, "api.unavailable")
    assert answer["Retry-After"] == "5"
    assert "send the same request again" in body["detail"]
    assert served.get("/api/v1/categories").status_code == 401, "it is back"


def test_s59_a_connection_that_dies_within_a_call_is_told_alike(
    served: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server itself ends the connection, after the transaction has begun."""
    token_viewer = accounts.token_viewer

    def dying(**given: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return token_viewer(**given)

    monkeypatch.setattr("onegrid.api.auth.token_viewer", dying)
    answer = served.get("/api/v1/categories", headers={"Authorization": "Bearer x"})
    told(answer, 503, "api.unavailable")
    assert answer["Retry-After"] == "5"
    monkeypatch.undo()
    assert served.get("/api/v1/categories").status_code == 401, "it is back"


def test_s59_a_reader_gets_a_page_that_says_the_same(served: Client) -> None:
    with no_database():
        answer = served.get("/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "api.no_such_address"),
        ("POST", "/api/v2/cases", 404, "api.no_such_address"),
        ("GET", "/api/nothing/here", 404, "api.no_such_address"),
        ("DELETE", "/api/v1/categories", 405, "api.method"),
        ("QUERY", "/api/v1/cases", 405, "api.method"),
        ("TRACE", "/api/v1/cases", 405, "api.method"),
    ],
)
def test_s09_an_address_or_method_that_is_not_known_is_told_as_a_problem(
    api: Api, method: str, path: str, status: int, code: str
) -> None:
    answer = api.client.generic(method, path, headers={"Accept-Language": "en"})
    told(answer, status, code)
    assert answer["Content-Language"] == "en"
    if status == 405:
        assert answer["Allow"]


def test_a_host_name_that_is_not_served_is_told_as_a_problem(api: Api) -> None:
    answer = api.client.get("/api/v1/categories", headers={"Host": "elsewhere.example"})
    told(answer, 400, "api.unreadable")


def test_an_address_no_county_claims_is_told_as_a_problem(api: Api) -> None:
    County.objects.all().delete()
    told(api.client.get("/api/v1/categories"), 404, "api.no_such_address")


def test_what_breaks_inside_says_nothing_of_itself_and_changes_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any, **given: Any) -> Any:
        raise RuntimeError("password=hunter2")

    token = api.token(Role.RESIDENT, TokenScope.OPEN)
    monkeypatch.setattr(endpoints, "answer", broken)  # the case has been written by then
    answer = api.send("POST", "/cases", token=token, body=BODY, key=uuid4())
    told(answer, 500, "api.failed")
    assert "hunter2" not in answer.content.decode()
    assert Case.objects.count() == 0
    assert "hunter2" in caplog.text


def test_the_reference_stays_a_page(api: Api) -> None:
    assert "text/html" in api.client.post("/api/")["Content-Type"]
