"""Open, read and list cases through the interface."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings

from onegrid.accounts.terms import Role, TokenScope
from onegrid.cases.models import Case, Step
from tests.api.conftest import Api
from tests.county import middle, report

BODY: dict[str, Any] = {
    "text": "楼下水管漏水，已经两天了",
    "place": {"lon": middle(0, 0)[0], "lat": middle(0, 0)[1]},
    "category": "water.leak",
}


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["code"]) == (status, code), body
    assert response["Content-Type"] == "application/problem+json"
    assert body["status"] == status and body["detail"] and body["title"]
    return body


def test_a_case_is_opened_and_its_receipt_reads_it_back(api: Api) -> None:
    token = api.token(Role.RESIDENT, TokenScope.OPEN, TokenScope.READ_OWN)
    opened = api.send("POST", "/cases", token=token, body=BODY, key=uuid4())
    assert opened.status_code == 201
    number = opened.json()["number"]
    read = api.send("GET", f"/cases/{number}", token=token).json()
    assert (read["text"], read["state"], read["channel"]) == (BODY["text"], "registered", "api")
    assert read["grid"] and read["community"] == "和平社区" and read["due_at"]
    mine = api.send("GET", "/cases/mine", token=token).json()
    assert (mine["total"], mine["rows"][0]["number"]) == (1, number)


def test_the_same_key_opens_one_case_and_answers_with_the_same_receipt(api: Api) -> None:
    token, key = api.token(Role.RESIDENT, TokenScope.OPEN), uuid4()
    first = api.send("POST", "/cases", token=token, body=BODY, key=key)
    second = api.send("POST", "/cases", token=token, body=BODY, key=key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Case.objects.count() == 1


def test_a_foreign_key_shows_no_receipt(api: Api) -> None:
    key = uuid4()
    api.send("POST", "/cases", token=api.token(Role.RESIDENT, TokenScope.OPEN), body=BODY, key=key)
    other = api.token(Role.COMMUNITY_CLERK, TokenScope.OPEN)
    problem(api.send("POST", "/cases", token=other, body=BODY, key=key), 409, "case.key_used")


def test_without_a_valid_token_nothing_is_said(api: Api) -> None:
    for token in ("", "wrong", api.token(Role.RESIDENT, TokenScope.OPEN, days=-1)):
        response = api.send("POST", "/cases", token=token, body=BODY, key=uuid4())
        problem(response, 401, "api.token")
        assert response["WWW-Authenticate"].startswith("Bearer")
    assert Case.objects.count() == 0


def test_a_session_cookie_does_not_replace_the_token(api: Api) -> None:
    api.client.force_login(api.town.users[Role.DISPATCHER])
    problem(api.send("GET", "/cases"), 401, "api.token")


def test_a_token_does_only_what_its_scopes_say(api: Api) -> None:
    token = api.token(Role.RESIDENT, TokenScope.READ_OWN)
    problem(api.send("POST", "/cases", token=token, body=BODY, key=uuid4()), 403, "api.scope")
    problem(api.send("GET", "/cases", token=token), 403, "api.scope")
    number = report(api.town).number
    path = f"/cases/{number}/actions/withdraw"
    problem(api.send("POST", path, token=token, body={"text": "x"}, key=uuid4()), 403, "api.scope")


def test_the_desk_needs_a_role_besides_the_scope(api: Api) -> None:
    token = api.token(Role.RESIDENT, TokenScope.READ)
    problem(api.send("GET", "/cases", token=token), 403, "forbidden")


def test_a_case_out_of_scope_does_not_exist(api: Api) -> None:
    elsewhere = report(api.town, point=middle(0, 1))
    clerk = api.token(Role.COMMUNITY_CLERK, TokenScope.READ, TokenScope.ACT)
    problem(api.send("GET", f"/cases/{elsewhere.number}", token=clerk), 404, "case.not_found")
    path = f"/cases/{elsewhere.number}/actions/start_triage"
    problem(api.send("POST", path, token=clerk, key=uuid4()), 404, "case.not_found")
    problem(api.send("GET", "/cases/370725-20260302-0001-0", token=clerk), 404, "case.not_found")
    assert Step.objects.filter(case_id=elsewhere.case_id).count() == 1


def test_reading_own_cases_does_not_open_the_desk_of_the_same_person(api: Api) -> None:
    receipt = report(api.town)
    token = api.token(Role.COMMUNITY_CLERK, TokenScope.READ_OWN)
    problem(api.send("GET", f"/cases/{receipt.number}", token=token), 404, "case.not_found")


def test_the_list_has_the_filters_and_pages_of_the_desk(api: Api) -> None:
    for n in range(5):
        report(api.town, text=f"第{n}件：路灯不亮了", category="power.light")
    report(api.town, point=middle(1, 0))
    token = api.token(Role.COMMUNITY_CLERK, TokenScope.READ)
    everything = api.send("GET", "/cases?which=all", token=token).json()
    assert everything["total"] == 6
    lights = api.send(
        "GET", "/cases?category=power.light&size=2&page=3&which=open", token=token
    ).json()
    assert (lights["total"], lights["pages"], len(lights["rows"])) == (5, 3, 1)
    found = api.send(
        "GET", "/cases?which=all&words=路灯&state=registered&state=triage", token=token
    )
    assert found.json()["total"] == 5


def test_a_clerk_assesses_and_dispatches_and_a_key_acts_once(api: Api) -> None:
    number = report(api.town).number
    token = api.token(Role.COMMUNITY_CLERK, TokenScope.READ, TokenScope.ACT)
    path = f"/cases/{number}/actions"
    assert (
        api.send("POST", f"{path}/start_triage", token=token, key=uuid4()).json()["state"]
        == "triage"
    )
    key = uuid4()
    body = {"case_class": "general", "category": "water.leak"}
    first = api.send("POST", f"{path}/classify", token=token, body=body, key=key)
    again = api.send("POST", f"{path}/classify", token=token, body=body, key=key)
    assert first.json() == again.json() and first.json()["state"] == "classified"
    body = {"unit": "water_bureau"}
    given = api.send("POST", f"{path}/dispatch", token=token, body=body, key=uuid4())
    assert given.json()["state"] == "dispatched"
    again = api.send("POST", f"{path}/dispatch", token=token, body=body, key=uuid4())
    problem(again, 409, "case.illegal_transition")
    actions = [
        step["action"] for step in api.send("GET", f"/cases/{number}", token=token).json()["steps"]
    ]
    assert actions == ["open", "start_triage", "classify", "dispatch"]


def test_a_key_of_another_case_is_refused(api: Api) -> None:
    token = api.token(Role.COMMUNITY_CLERK, TokenScope.ACT)
    first, second, key = report(api.town).number, report(api.town).number, uuid4()
    assert (
        api.send("POST", f"/cases/{first}/actions/start_triage", token=token, key=key).status_code
        == 200
    )
    refused = api.send("POST", f"/cases/{second}/actions/start_triage", token=token, key=key)
    problem(refused, 409, "case.key_used")


def test_an_action_of_somebody_else_is_refused(api: Api) -> None:
    number = report(api.town).number
    token = api.token(Role.CALLBACK_AGENT, TokenScope.ACT)
    refused = api.send("POST", f"/cases/{number}/actions/start_triage", token=token, key=uuid4())
    problem(refused, 403, "case.not_your_turn")


def test_opening_too_often_says_when_to_come_back(api: Api, settings: LazySettings) -> None:
    settings.API_OPEN_PER_MINUTE = 2
    token, other = (api.token(Role.RESIDENT, TokenScope.OPEN) for _ in range(2))
    for _ in range(2):
        assert api.send("POST", "/cases", token=token, body=BODY, key=uuid4()).status_code == 201
    refused = api.send("POST", "/cases", token=token, body=BODY, key=uuid4())
    problem(refused, 429, "api.throttled")
    assert 1 <= int(refused["Retry-After"]) <= 31
    assert api.send("POST", "/cases", token=other, body=BODY, key=uuid4()).status_code == 201


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"text": " "}, 422, "case.text_empty", "text"),
        ({"text": "长" * 10_001}, 413, "case.text_too_long", "text"),
        ({"text": "a\0b"}, 422, "api.string_not_storable", "text"),
        ({"place": {}}, 422, "place.missing", "place"),
        ({"place": {"lon": 2.35, "lat": 48.85}}, 422, "place.outside_county", "place"),
        ({"place": {"lon": 200, "lat": 0}}, 422, "api.less_than_equal", "place.lon"),
        ({"category": "nothing"}, 422, "case.category_unknown", "category"),
        ({"kind": "poem"}, 422, "api.enum", "kind"),
        ({"reporter": {"phone": "call me"}}, 422, "case.phone", "phone"),
        ({"on_behalf": True}, 403, "api.on_behalf", None),
        ({"surprise": 1}, 422, "api.extra_forbidden", "surprise"),
    ],
)
def test_what_cannot_be_used_names_its_field_and_opens_nothing(
    api: Api, change: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    token = api.token(Role.RESIDENT, TokenScope.OPEN)
    refused = api.send("POST", "/cases", token=token, body={**BODY, **change}, key=uuid4())
    assert problem(refused, status, code)["field"] == field
    assert Case.objects.count() == 0


def test_a_body_of_two_megabytes_is_refused(api: Api) -> None:
    token = api.token(Role.RESIDENT, TokenScope.OPEN)
    huge = api.send(
        "POST", "/cases", token=token, body={**BODY, "text": "x" * 2_000_000}, key=uuid4()
    )
    problem(huge, 413, "api.too_large")


def test_errors_come_in_the_language_asked_for(api: Api) -> None:
    token = api.token(Role.RESIDENT, TokenScope.OPEN)
    english = api.send("POST", "/cases", token=token, body=BODY)
    assert problem(english, 422, "api.missing")["field"] == "Idempotency-Key"
    assert english["Content-Language"] == "en"
    plain = api.send("POST", "/cases", token=token, body=BODY, Accept_Language="fr, zh-TW;q=0.4")
    assert plain["Content-Language"] == "zh-hant"


def test_reference_data_help_to_fill_in_a_request(api: Api) -> None:
    token = api.token(Role.RESIDENT, TokenScope.OPEN)
    lon, lat = middle(1, 1)
    found = api.send("GET", f"/places/at?lon={lon}&lat={lat}", token=token).json()
    assert (found["community"], found["grid_code"]) == ("幸福社区", "G22")
    rows = {row["code"]: row for row in api.send("GET", "/categories", token=token).json()}
    assert (
        rows["water.leak"]["parent"] == "water" and rows["water.leak"]["name"] == "Leak or no water"
    )
    assert any(
        row["code"] == "water_bureau" for row in api.send("GET", "/units", token=token).json()
    )


def test_an_answer_sets_no_cookie_and_is_not_stored(api: Api) -> None:
    token = api.token(Role.RESIDENT, TokenScope.READ_OWN)
    response = api.send("GET", "/cases/mine", token=token)
    assert not response.cookies and response["Cache-Control"] == "no-store"


def test_a_removed_role_acts_no_longer(api: Api) -> None:
    from onegrid.accounts.models import RoleGrant

    token = api.token(Role.COMMUNITY_CLERK, TokenScope.READ)
    assert api.send("GET", "/cases", token=token).status_code == 200
    RoleGrant.objects.filter(role=Role.COMMUNITY_CLERK).update(
        valid_to=api.town.now - timedelta(seconds=1)
    )
    assert api.send("GET", "/cases", token=token).status_code == 403
