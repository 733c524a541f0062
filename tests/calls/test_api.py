"""Both sides of a call by program (E24 for S61 and S62)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from onegrid.accounts.models import ApiToken, User
from onegrid.accounts.queries import hash_token
from onegrid.accounts.terms import Role, TokenScope
from onegrid.accounts.viewer import Viewer
from onegrid.calls import code
from onegrid.calls.models import Call, Summons
from tests.calls.people import HOUR, Roster
from tests.county import report as report_case
from tests.web.staff import travel


@pytest.fixture
def at(roster: Roster) -> Any:
    with travel(roster.now + HOUR):
        yield roster


class Program:
    """Calls the interface with the token of somebody."""

    def __init__(self, roster: Roster, viewer: Viewer, *scopes: str) -> None:
        token = f"token-{uuid4()}"
        user = User.objects.get(pk=viewer.user_id)
        ApiToken.objects.create(
            user_id=user.pk, label="test", token_hash=hash_token(token),
            scopes=list(scopes) or TokenScope.values, created_at=roster.now,
            expires_at=roster.now + timedelta(days=1),
        )  # fmt: skip
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> Any:
        return Client().get(f"/api/v1{path}", headers=self.headers)

    def post(self, path: str, key: str = "", **body: Any) -> Any:
        return Client().post(
            f"/api/v1{path}", body, content_type="application/json",
            headers={**self.headers, "Idempotency-Key": key or str(uuid4())},
        )  # fmt: skip


def body_of(roster: Roster, **more: Any) -> dict[str, Any]:
    return {
        "units": ["water_bureau"], "urgency": "urgent", "what": "主管道爆裂",
        "area_id": str(roster.town.areas["C1"]), "address": "和平小区东门", **more,
    }  # fmt: skip


def test_both_sides_of_a_call_by_program(at: Roster) -> None:
    clerk, member = Program(at, at.clerk), Program(at, at.member)
    key = str(uuid4())
    opened = clerk.post("/calls", key, **body_of(at))
    assert opened.status_code == 201
    assert clerk.post("/calls", key, **body_of(at)).status_code == 200
    number = opened.json()["number"]
    listed = member.get("/calls").json()
    assert [row["number"] for row in listed["rows"]] == [number] and listed["total"] == 1
    acts = f"/calls/{number}/actions"
    assert member.post(f"{acts}/sign_in").json()["ways"][0]["stage"] == "signed_in"
    wrong = member.post(f"{acts}/arrive", code="12345x")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "call.code")
    assert Summons.objects.get().code_tries == 1, "the try was counted"
    digits = code.current(Call.objects.get().pk, now=at.now + HOUR)
    assert member.post(f"{acts}/arrive", code=digits).json()["ways"][0]["stage"] == "arrived"
    assert member.post(f"{acts}/report", text="阀门已关").status_code == 200
    assert clerk.post(f"{acts}/rate", points=[5, 4, 5], words="很快").status_code == 200
    hidden = member.get(f"/calls/{number}").json()["ways"][0]
    assert hidden["ratings"] == [] and hidden["actions"] == ["rate"]
    ended = member.post(f"{acts}/rate", points=[5, 5, 5]).json()["ways"][0]
    assert ended["stage"] == "ended"
    assert [one["side"] for one in ended["ratings"]] == ["caller", "team"]


def test_a_call_for_a_case_is_an_action_on_the_case(at: Roster) -> None:
    number = report_case(at.town).number
    clerk = Program(at, at.clerk)
    done = clerk.post(
        f"/cases/{number}/actions/call_units",
        units=["water_bureau"],
        urgency="normal",
        what="联合查看",
    )
    assert done.status_code == 200 and done.json()["number"] == number
    assert clerk.get("/calls").json()["rows"][0]["case_number"] == number
    off = clerk.post(f"/calls/{Call.objects.get().number}/actions/call_off", text="已解决")
    assert off.json()["ways"][0]["stage"] == "called_off"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"units": ["no_such"]}, "units"),
        ({"urgency": "soon"}, "urgency"),
        ({"what": ""}, "what"),
        ({"area_id": None}, "area"),
    ],
)
def test_what_is_wrong_is_named(at: Roster, change: dict[str, Any], field: str) -> None:
    answer = Program(at, at.clerk).post("/calls", **body_of(at, **change))
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert Call.objects.count() == 0


def test_scope_and_role_hold(at: Roster) -> None:
    reading = Program(at, at.clerk, TokenScope.READ)
    assert reading.post("/calls", **body_of(at)).status_code == 403
    assert Program(at, at.member).post("/calls", **body_of(at)).status_code == 403
    number = Program(at, at.clerk).post("/calls", **body_of(at)).json()["number"]
    worker = Program(at, at.town.viewer(Role.GRID_WORKER))
    assert worker.get(f"/calls/{number}").status_code == 404
    assert worker.post(f"/calls/{number}/actions/sign_in").status_code == 404
    assert Program(at, at.clerk).post(f"/calls/{number}/actions/sign_in").status_code == 403
    assert Program(at, at.head).post(f"/calls/{number}/actions/report", text="x").status_code == 409
