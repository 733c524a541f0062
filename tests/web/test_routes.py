"""Who may do what: every route, by every method, asked by everybody (trust.md S07, S21, S22)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse

from onegrid.accounts.terms import Role
from onegrid.cases.models import Case
from tests.county import Town, middle, report
from tests.web.route_walk import (
    ANONYMOUS,
    NAMELESS,
    PEOPLE,
    UNVERIFIED,
    Walk,
    read_table,
    routes,
    walk_of,
    write_column,
)
from tests.web.routes import WRITE

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
MISSING = "370725-20260302-9999-9"


@pytest.fixture
def walk(town: Town, settings: Any) -> Iterator[Walk]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made = walk_of(town)
    with time_machine.travel(town.now + timedelta(minutes=20), tick=False):
        yield made


@pytest.mark.parametrize("person", PEOPLE)
def test_s21_every_route_answers_as_the_table_says(walk: Walk, person: str) -> None:
    asked = walk.ask_all(person)
    assert asked.writes == [], "reading a page changed rows"
    if os.environ.get(WRITE):
        write_column(person, asked)
        return
    table = read_table()
    expected = {key: row[person] for key, row in table.items()}
    told = {
        key: f"table {expected.get(key, 'has no row')}, answer {cell}"
        for key, cell in asked.cells.items()
        if expected.get(key) != cell
    }
    assert told == {}, "review, then: python -m tests.web.routes --write"
    assert set(table) == set(asked.cells), "rows of routes that are gone"


def test_s21_every_route_has_a_name() -> None:
    assert [route.pattern for route in routes() if NAMELESS in route.name] == []


def refused_for_its_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    return HttpResponse("no token", status=403)


@pytest.mark.parametrize(
    "person", [ANONYMOUS, Role.RESIDENT.value, Role.DISPATCHER.value, UNVERIFIED]
)
def test_s07_no_unsafe_request_passes_without_its_token(
    walk: Walk, person: str, settings: Any
) -> None:
    settings.CSRF_FAILURE_VIEW = "tests.web.test_routes.refused_for_its_token"
    client = walk.client(person, enforce_csrf_checks=True)
    passed = []
    for route in routes():
        for method in UNSAFE:
            answer = client.generic(
                method, walk.path(route), headers={"Origin": "http://evil.example"}
            )
            if route.name == "api:openapi-json":  # the same text for everybody, by any method
                held = answer.status_code == 200
            elif route.is_open311:
                held = answer.status_code in {403, 404, 405}
            elif route.is_api:
                held = answer.status_code in {401, 404, 405}
            else:
                held = answer.content == b"no token" and answer.status_code == 403
            if not held:
                passed.append(f"{method} {route.name} {answer.status_code}")
    assert passed == []


def plain(answer: Any, number: str) -> str:
    """Return a page without what differs from request to request."""
    text = answer.content.decode().replace(number, "NUMBER")
    return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', r"\1", text)


#: The whole county is theirs: of a case they may read they are told that it has no answer yet.
NO_LETTER_YET = {
    ("desk:letter", person)
    for person in ("street_officer", "dispatcher", "callback_agent", "supervisor")
}


@pytest.mark.parametrize("person", PEOPLE)
def test_s22_a_foreign_case_and_a_missing_one_answer_alike(walk: Walk, person: str) -> None:
    foreign = report(
        walk.town, by=None, point=middle(1, 1), phone="13900000002", text="别处的路灯不亮"
    )
    number = Case.objects.get(pk=foreign.case_id).number
    differ, alike = [], 0
    for route in routes():
        if "number" not in route.parameters or route.name == "public:report_photo":
            continue
        client = walk.client(person)
        theirs = client.get(walk.path(route, number))
        none = client.get(walk.path(route, MISSING))
        if theirs.status_code == 200 or (route.name, person) in NO_LETTER_YET:
            continue
        alike += 1
        same = (theirs.status_code, plain(theirs, number)) == (
            none.status_code,
            plain(none, MISSING),
        )
        if not same or "别处的路灯" in theirs.content.decode():
            differ.append(f"{route.name}: {theirs.status_code} {none.status_code}")
    assert differ == []
    assert alike > 0
