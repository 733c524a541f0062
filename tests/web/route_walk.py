"""Every route, asked by everybody: what the committed table `routes.csv` is compared with.

A cell is the status of the answer; a redirect is shown by the name of the page it leads to.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from onegrid.accounts.models import ApiToken
from onegrid.accounts.queries import hash_token
from onegrid.accounts.terms import AccountKind, Role, TokenScope
from onegrid.api.auth import opening
from onegrid.cases import actions
from onegrid.cases.actions import Upload
from onegrid.cases.models import Attachment, Case
from tests.county import Town, doing, report
from tests.estates.people import an_estate
from tests.plans.steps import a_draft
from tests.web.conftest import picture

TABLE = Path(__file__).with_name("routes.csv")
METHODS = ("GET", "POST")
NAMELESS = "?"
ANONYMOUS, UNVERIFIED = "anonymous", "unverified_staff"
PEOPLE = (ANONYMOUS, *Role.values, UNVERIFIED)
#: Rows that reading a page may write: the session, what is counted in the cache, who looked (S48).
MAY_WRITE = {"accounts_session", "onegrid_cache", "audit_look"}
_WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)')


@dataclass(frozen=True)
class Route:
    """A name of the resolver and its pattern."""

    name: str
    pattern: str
    parameters: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith(("api/v1/", "exchange/"))

    @property
    def is_open311(self) -> bool:
        return self.pattern.startswith("open311/")


def routes() -> list[Route]:
    """Return every route of the resolver."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, space: str, before: str) -> Iterator[Route]:
    for found in resolver.url_patterns:
        pattern = before + str(found.pattern)
        if isinstance(found, URLPattern):
            name = f"{space}{found.name or NAMELESS}"
            yield Route(name, pattern, tuple(found.pattern.converters))
        else:
            inner = f"{space}{found.namespace}:" if found.namespace else space
            yield from _walk(found, inner, pattern)


@dataclass
class Asked:
    """Answers of one person, and tables that were written while only reading."""

    cells: dict[tuple[str, str], str] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)


@dataclass
class Walk:
    """Asks every route on one small county; nothing that is asked stays."""

    town: Town
    case: Case
    file_id: UUID
    #: call, deed and ids of a roster, for the addresses of calls
    calls: dict[str, str] = field(default_factory=dict)
    #: a draft of a plan of street S1
    draft_id: UUID | None = None
    #: an estate of community C1
    estate_id: UUID | None = None

    def path(self, route: Route, number: str = "") -> str:
        """Return an address of a route; its case is one of grid G11 unless told otherwise."""
        values = {
            "number": number or self.case.number,
            "file_id": str(self.file_id),
            "user_id": str(self.town.users[Role.GRID_WORKER].id),
            "filter_id": str(UUID(int=1)),
            "alarm_id": str(UUID(int=1)),
            "kind": "street",
            "version": "1",
            "code": "water",
            "provider_id": "county",
            "pk": "1",
            "token": "none",
            "role": "resident",
            "public_id": str(UUID(int=2)),
            "form": "json",
            "key": str(UUID(int=1)),
            "name": "note",
            **self.calls,
            "schema_name": "to-county",
            "draft_id": str(self.draft_id),
            "estate_id": str(self.estate_id),
            "grid": "0",
            "shape": "points",
            "adoption_id": str(UUID(int=1)),
            "handover_id": str(UUID(int=1)),
            "layer_id": str(UUID(int=1)),
            "siting_id": str(UUID(int=1)),
        }
        if route.name == "map_layer":
            values["name"] = "grids"
        elif route.name == "open311:definition":
            values["code"] = "water.leak"
        elif route.name == "desk:plan_do":
            values["deed"] = "submit"
        elif route.name == "public:report_photo":
            values["number"] = "0"
        return "/" + re.sub(
            r"<(?:\w+:)?(\w+)>", lambda found: values[found.group(1)], route.pattern
        )

    def client(self, person: str, **more: Any) -> Client:
        """Return a browser of somebody, signed in just now."""
        client = Client(raise_request_exception=False, **more)
        if person == ANONYMOUS:
            return client
        role = Role.DISPATCHER if person == UNVERIFIED else Role(person)
        user = self.town.users[role]
        client.force_login(user)
        if person != UNVERIFIED:
            session = client.session
            method = "code" if role is Role.RESIDENT else "mfa"
            shown = [{"method": method, "at": self.town.now.timestamp() + 1200}]
            session["account_authentication_methods"] = shown
            session["account_authentication_methods_user"] = str(user.pk)
            session.save()
        return client

    def token(self, person: str) -> str:
        """Return an API token with every scope, if the person can have one."""
        if person in {ANONYMOUS, UNVERIFIED}:
            return ""
        token = f"token-{uuid4()}"
        ApiToken.objects.create(
            user_id=self.town.users[Role(person)].id,
            label="test",
            token_hash=hash_token(token),
            scopes=TokenScope.values,
            created_at=self.town.now,
            expires_at=self.town.now + timedelta(days=1),
        )
        return token

    def ask_all(self, person: str) -> Asked:
        """Ask every route by every method."""
        asked, token = Asked(), self.token(person)
        client = self.client(person)
        kept = dict(client.cookies)
        for route in routes():
            for method in METHODS:
                client.cookies.clear()
                client.cookies.update(kept)
                answer, tables = self._ask(client, route, method, token)
                asked.cells[route.name, method] = _cell(answer)
                if method == "GET" and not tables <= MAY_WRITE:
                    asked.writes.append(f"{person} {route.name}: {sorted(tables - MAY_WRITE)}")
        return asked

    def _ask(self, client: Client, route: Route, method: str, token: str) -> tuple[Any, set[str]]:
        opening.clear()
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            answer = self._send(client, route, method, token)
            transaction.set_rollback(True)
        found = (_WRITES.match(query["sql"]) for query in queries.captured_queries)
        return answer, {match.group(1) for match in found if match}

    def _send(self, client: Client, route: Route, method: str, token: str) -> Any:
        path = self.path(route)
        if route.is_api:
            headers = {"Idempotency-Key": str(uuid4())}
            if token:
                headers["Authorization"] = f"Bearer {token}"
            body = json.dumps(_api_body(route.name)) if method == "POST" else ""
            return client.generic(
                method, path, body, content_type="application/json", headers=headers
            )
        if method == "GET":
            return client.get(path)
        if route.is_open311:
            given = {"api_key": token, "service_code": "water.leak", "address_string": "东门"}
            return client.post(path, given)
        return client.post(path, {"key": str(uuid4()), "note-text": "记一笔", "seen": ""})


def _api_body(name: str) -> dict[str, Any]:
    """Return a body that is complete, so that only rights and states decide."""
    text = {"text": "写几个字"}
    bodies: dict[str, dict[str, Any]] = {
        "api:open_case": {**text, "place": {"address": "东门"}},
        "api:note": text,
        "api:withdraw": text,
        "api:ask_reopen": text,
        "api:similar_cases": {**text, "place": {"address": "东门"}},
        "api:join_case": {
            "request": {**text, "place": {"address": "东门"}},
            "handle": "0" * 32,
        },
        "api:merge": {"into": "370725-20260302-9999-9"},
        "api:unmerge": text,
        "api:split": {**text, "case_class": "general", "category": "power.light"},
        "api:repeat": text,
        "api:emergency": {
            **text,
            "line": "119",
            "called_by": "值班员",
            "called_at": "2026-03-02T09:00:00+08:00",
        },
        "api:call_report": text,
        "api:call_call_off": text,
        "api:call_confirm_arrival": text,
        "api:call_arrive": {"code": "000000"},
        "api:call_rate": {"points": [5, 5, 5]},
    }
    return bodies.get(name, {})


def _cell(answer: Any) -> str:
    if answer.status_code not in {301, 302, 303}:
        return str(answer.status_code)
    address = urlsplit(answer.headers["Location"])
    if address.netloc:
        return f">{address.netloc}"
    try:
        return f">{resolve(address.path).view_name}"
    except Resolver404:
        return f">{address.path}"


def walk_of(town: Town) -> Walk:
    """Return a walk on a case with a photo that was given to the water bureau."""
    receipt = report(town)
    clerk, at = Role.COMMUNITY_CLERK, town.now
    minute = timedelta(minutes=1)
    case_id = receipt.case_id
    actions.attach(
        case_id=case_id,
        doing=doing(town, clerk, at),
        uploads=(Upload("photo", picture()),),
        phase="report",
    )
    actions.start_triage(case_id=case_id, doing=doing(town, clerk, at + minute))
    actions.classify(
        case_id=case_id,
        doing=doing(town, clerk, at + 2 * minute),
        case_class="general",
        category_code="water.leak",
    )
    actions.dispatch(
        case_id=case_id,
        doing=doing(town, clerk, at + 3 * minute),
        unit_id=town.units["water_bureau"],
    )
    for user in town.users.values():
        if user.kind == AccountKind.STAFF:
            user.set_password("only-for-tests")
            user.save(update_fields=["password"])
    photo = Attachment.objects.get(case_id=case_id)
    return Walk(
        town,
        Case.objects.get(pk=case_id),
        photo.pk,
        calls=_calls(town),
        draft_id=a_draft(town),
        estate_id=an_estate(town).pk,
    )


def _calls(town: Town) -> dict[str, str]:
    """Return a call of community C1 to the water bureau, its team, and ids of nothing."""
    from tests.calls.people import make_roster

    roster = make_roster(town)
    way = roster.call()
    nothing = str(UUID(int=1))
    return {
        "call": way.call.number,
        "deed": "sign_in",
        "team_id": str(roster.team),
        "swap_id": nothing,
        "photo_id": nothing,
    }


def read_table() -> dict[tuple[str, str], dict[str, str]]:
    """Return the committed table by name and method."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["route"], row["method"]): row for row in csv.DictReader(file)}


def write_column(person: str, asked: Asked) -> None:
    """Put one person's answers into the table; rows of routes that are gone go."""
    before = read_table() if TABLE.exists() else {}
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, ["route", "method", *PEOPLE], lineterminator="\n")
        out.writeheader()
        for (name, method), cell in asked.cells.items():
            row = {**before.get((name, method), {}), person: cell}
            out.writerow({"route": name, "method": method, **{p: row.get(p, "") for p in PEOPLE}})
