"""Shared cases on the interface: each deed once, by its role, and what is read back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from onegrid.accounts.terms import Role, TokenScope
from onegrid.cases.models import Case
from tests.api.conftest import Api
from tests.api.test_cases import problem
from tests.web.staff import forward

MINUTE = timedelta(minutes=1)


class Talk:
    """Sends deeds on one case by the tokens of roles."""

    def __init__(self, api: Api, case: Case) -> None:
        self.api, self.case = api, case

    def do(self, role: Role, deed: str, **body: Any) -> Any:
        token = self.api.token(role, TokenScope.ACT)
        path = f"/cases/{self.case.number}/actions/{deed}"
        return self.api.send("POST", path, token=token, body=body or None, key=uuid4())

    def state(self, role: Role, deed: str, **body: Any) -> str:
        response = self.do(role, deed, **body)
        assert response.status_code == 200, response.json()
        return str(response.json()["state"])

    def shared(self, role: Role, scope: TokenScope = TokenScope.READ) -> dict[str, Any]:
        token = self.api.token(role, scope)
        response = self.api.send("GET", f"/cases/{self.case.number}/sharing", token=token)
        assert response.status_code == 200, response.json()
        body: dict[str, Any] = response.json()
        return body


def talk(api: Api, until: str) -> Talk:
    """Open a case an hour ago, since the interface reads the real clock."""
    return Talk(api, forward(api.town, until=until, at=api.town.now - 30 * MINUTE))


def test_a_return_is_asked_ruled_and_read_back(api: Api) -> None:
    said = talk(api, "dispatched")
    asked = {"text": "不属于我局", "item": "第12项", "unit": "urban_management"}
    assert said.state(Role.UNIT_MEMBER, "ask_return", **asked) == "return_req"
    assert said.state(Role.DISPATCHER, "put_to_ruling", text="请裁定") == "arbitration"
    named = {"unit": "water_bureau", "text": "阀门以内属水利局"}
    assert said.state(Role.STREET_OFFICER, "designate", **named) == "dispatched"
    problem(said.do(Role.UNIT_MEMBER, "ask_return", **asked), 409, "return.designated")
    (ask,) = said.shared(Role.DISPATCHER)["asks"]
    assert (ask["state"], ask["item"], ask["ruled"]) == ("refused", "第12项", "县水利局")
    later = talk(api, "dispatched")
    assert [row["ruling"] for row in later.shared(Role.DISPATCHER)["past_rulings"]] == [
        "阀门以内属水利局"
    ]
    assert later.shared(Role.RESIDENT, TokenScope.READ_OWN)["past_rulings"] == []


def test_an_upheld_return_goes_back_to_the_dispatcher(api: Api) -> None:
    said = talk(api, "dispatched")
    asked = {"text": "不属于我局", "item": "第12项", "unit": "urban_management"}
    said.state(Role.UNIT_MEMBER, "ask_return", **asked)
    assert said.state(Role.DISPATCHER, "decide_return", ok=True, text="属实") == "classified"


def test_helpers_come_with_the_dispatch_or_later_and_report(api: Api) -> None:
    said = talk(api, "classified")
    helper = {"unit": "community-C1", "task": "通知住户"}
    sent = {"unit": "water_bureau", "co_units": [helper]}
    assert said.state(Role.DISPATCHER, "dispatch", **sent) == "dispatched"
    later = {"unit": "power_company", "text": "断电"}
    said.state(Role.DISPATCHER, "add_unit", **later)
    said.state(Role.DISPATCHER, "release_unit", unit="power_company", text="不用了")
    said.state(Role.GRID_WORKER, "co_report", text="已通知全部住户")
    problem(said.do(Role.GRID_WORKER, "co_report", text="再报"), 409, "joint.reported")
    rows = said.shared(Role.DISPATCHER)["co_units"]
    assert [(row["code"], row["report"]) for row in rows] == [
        ("community-C1", "已通知全部住户"), ("power_company", ""),
    ]  # fmt: skip
    assert all(row["due_at"] for row in rows) and rows[1]["released_at"]
    problem(said.do(Role.DISPATCHER, "add_unit", unit="nobody", text="x"), 422, "case.unit_unknown")


def test_a_meeting_is_recorded_and_its_minutes_stay_inside(api: Api) -> None:
    said = talk(api, "in_progress")
    body = {
        "kind": "joint", "held_at": (api.town.now - MINUTE).isoformat(),
        "units": ["water_bureau"], "minutes": "内部讨论", "ruling": "由水利局牵头",
    }  # fmt: skip
    said.state(Role.DISPATCHER, "record_meeting", **body)
    assert said.shared(Role.DISPATCHER)["meetings"][0]["minutes"] == "内部讨论"
    own = said.shared(Role.RESIDENT, TokenScope.READ_OWN)["meetings"][0]
    assert (own["minutes"], own["ruling"]) == ("", "由水利局牵头")
    naive = said.do(Role.DISPATCHER, "record_meeting", **{**body, "held_at": "2026-01-01T08:00"})
    assert naive.status_code == 422


def test_a_hold_and_more_time_are_asked_decided_and_ended(api: Api) -> None:
    said = talk(api, "in_progress")
    until = (api.town.now + 5 * MINUTE).isoformat()
    said.state(Role.UNIT_MEMBER, "ask_hold", reason="weather", until=until, text="大雨")
    problem(said.do(Role.UNIT_HEAD, "decide_hold", ok=True, text="行"), 403, "case.not_your_turn")
    assert said.state(Role.STREET_OFFICER, "decide_hold", ok=True, text="同意") == "on_hold"
    assert said.state(Role.UNIT_MEMBER, "resume", text="雨停") == "in_progress"
    (ask,) = said.shared(Role.DISPATCHER)["asks"]
    assert ask["reason"] == "weather" and ask["ended_at"]


def test_more_time_moves_the_due_time(api: Api) -> None:
    case = forward(api.town, until="in_progress", at=api.town.now - 30 * MINUTE, case_class="major")
    said = Talk(api, case)
    said.state(Role.UNIT_MEMBER, "ask_extension", minutes=120, text="配件调运")
    done = said.do(Role.DISPATCHER, "decide_extension", ok=True, text="同意").json()
    clocks = api.send(
        "GET", f"/cases/{case.number}", token=api.token(Role.DISPATCHER, TokenScope.READ)
    ).json()["clocks"]
    solution = next(row for row in clocks if row["kind"] == "solution")
    assert solution["due_at"] == (
        api.town.now - 30 * MINUTE + timedelta(hours=26)
    ).isoformat().replace("+00:00", "Z")
    assert done["state"] == "in_progress"


def test_an_ending_is_asked_for_and_approved(api: Api) -> None:
    said = talk(api, "in_progress")
    answer = {"result": "explained", "answers": {"1": "规划未调整，不能建设"}}
    problem(said.do(Role.UNIT_MEMBER, "finish", **answer), 409, "ending.needs_approval")
    said.state(Role.UNIT_MEMBER, "ask_ending", text="规划未调整")
    said.state(Role.SUPERVISOR, "decide_ending", ok=True, text="同意")
    assert said.state(Role.UNIT_MEMBER, "finish", **answer) in {"callback", "verify"}


def test_another_body_gets_the_case_and_answers(api: Api) -> None:
    said = talk(api, "in_progress")
    body = {"body": "市住房公积金管理中心", "reference": "GJJ-17", "text": "公积金政策"}
    assert said.state(Role.DISPATCHER, "hand_over", **body) == "external"
    external = said.shared(Role.RESIDENT, TokenScope.READ_OWN)["external"]
    assert (external["body"], external["reference"]) == (body["body"], "GJJ-17")
    assert said.state(Role.DISPATCHER, "external_news", text="已受理") == "external"
    assert said.state(Role.DISPATCHER, "take_back", text="退回") == "classified"
    said.state(Role.DISPATCHER, "hand_over", **body)
    answers = {"result": "solved", "answers": {"1": "提取款已到账"}}
    assert said.state(Role.DISPATCHER, "external_done", **answers) == "callback"


def test_what_is_shared_is_not_shown_to_strangers(api: Api) -> None:
    said = talk(api, "in_progress")
    path = f"/cases/{said.case.number}/sharing"
    problem(api.send("GET", path), 401, "api.token")
    token = api.token(Role.SYSTEM_ADMIN, TokenScope.READ)
    problem(api.send("GET", path, token=token), 404, "case.not_found")
