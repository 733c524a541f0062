"""E13: other applications report and follow by Open311 GeoReport v2, as the standard says it."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from onegrid.accounts.terms import Role, TokenScope
from onegrid.cases import actions
from onegrid.cases.actions import questions as asking
from onegrid.cases.models import Case, Contact, QuestionAnswer, Step
from onegrid.cases.terms import Kind
from onegrid.core.questions import Datatype, Question
from onegrid.outreach.models import PublicCase
from tests.county import Town, doing, middle, report
from tests.open311.conftest import Open311, fits, parsed, w3c
from tests.web.staff import browser as staff

LON, LAT = middle(0, 0)


def ids(answer: Any) -> list[str]:
    return [row["service_request_id"] for row in answer.json()]


def refusal(answer: Any) -> tuple[int, str]:
    body = answer.json()
    assert [set(error) for error in body] == [{"code", "description"}]
    assert body[0]["code"] == answer.status_code
    return answer.status_code, body[0]["description"]


def test_e13_discovery_says_where_and_how(open311: Open311) -> None:
    found = open311.client.get("/open311/discovery.json").json()
    assert found["endpoints"][0]["url"] == "http://testserver/open311/v2"
    assert found["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    told = parsed(open311.client.get("/open311/discovery.xml"))
    assert told.tag == "discovery"
    assert [node.text for node in told.iterfind("endpoints/endpoint/formats/format")] == [
        "text/xml",
        "application/json",
    ]


def test_e13_services_are_the_categories_that_can_be_reported(open311: Open311) -> None:
    rows = open311.get("services.json").json()
    fits("services.json", rows)
    light = next(row for row in rows if row["service_code"] == "power.light")
    assert light == {
        "service_code": "power.light",
        "service_name": "Street light out",
        "metadata": True,
        "type": "realtime",
        "keywords": "路灯,不亮,照明,灯坏",
        "group": "Power, heat, gas",
    }
    assert "power" not in {row["service_code"] for row in rows}
    tags = [node.findtext("service_code") for node in parsed(open311.get("services.xml"))]
    assert tags == [row["service_code"] for row in rows]


def test_e13_a_definition_names_the_questions_of_the_category(open311: Open311) -> None:
    found = open311.get("services/traffic.road.json").json()
    fits("service-definition.json", found)
    assert [item["code"] for item in found["attributes"]] == ["depth", "harm"]
    assert found["attributes"][1]["datatype"] == "multivaluelist"
    assert found["attributes"][1]["values"][0] == {"key": "walk", "name": "People on foot"}
    told = parsed(open311.get("services/traffic.road.xml"))
    assert told.tag == "service_definition"
    assert [node.text for node in told.iterfind("attributes/attribute/values/value/key")] == [
        "walk",
        "cycle",
        "drive",
    ]
    assert refusal(open311.get("services/nothing.json"))[0] == 404
    assert refusal(open311.get("services/power.json"))[0] == 404


def test_e13_a_report_becomes_a_case_with_its_answers(open311: Open311) -> None:
    asked = Question("deep", Datatype.NUMBER, "坑多深？", "How deep?", required=True)
    asking.define_question(category="traffic.road", question=asked)
    form = {
        "api_key": open311.key(Role.COMMUNITY_CLERK),
        "service_code": "traffic.road",
        "lat": LAT,
        "long": LON,
        "address_string": "东街 12 号门前",
        "first_name": "三",
        "last_name": "张",
        "phone": "138 0000 0000",
        "email": "a@example.org",
        "description": "路面塌了一块",
        "media_url": "https://example.org/a.jpg",
        "attribute[deep]": "12",
        "attribute[harm]": ["walk", "drive"],
    }
    answer = open311.post(form)
    assert answer.status_code == 200
    number = answer.json()[0]["service_request_id"]
    assert "Promised by 2026-03-0" in answer.json()[0]["service_notice"]
    case = Case.objects.get(number=number)
    assert (case.text, case.channel, case.address) == ("路面塌了一块", "api", "东街 12 号门前")
    assert case.grid_id == open311.town.areas["G11"]
    assert Contact.objects.get(case=case).name == "张三"
    assert {row.question.code: row.given for row in QuestionAnswer.objects.all()} == {
        "deep": ["12"],
        "harm": ["walk", "drive"],
    }
    desk = staff(open311.town, Role.COMMUNITY_CLERK).get(f"/desk/case/{number}/").content.decode()
    assert '<a href="https://example.org/a.jpg" rel="noreferrer nofollow">' in desk
    assert "How deep?" in desk or "坑多深？" in desk


@pytest.mark.parametrize(
    ("wrong", "status", "word"),
    [
        ({"api_key": ""}, 403, "api_key"),
        ({"api_key": "wrong"}, 403, "api_key"),
        ({"service_code": ""}, 400, "service_code was not provided"),
        ({"service_code": "nothing"}, 404, "nothing"),
        ({"service_code": "power"}, 404, "power"),
        ({"lat": "", "long": ""}, 400, "address_string"),
        ({"lat": ""}, 400, "together"),
        ({"lat": "x"}, 400, "numbers"),
        ({"lat": "nan"}, 400, "numbers"),
        ({"lat": "20", "long": "20"}, 400, "county"),
        ({"address_id": "x"}, 400, "address_id"),
        ({"address_id": "00000000-0000-0000-0000-000000000001"}, 404, ""),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
        ({"description": "x" * 10_001}, 413, "10,001"),
        ({"description": "a\0b"}, 400, "description"),
        ({"phone": "abc"}, 400, "phone"),
        ({"attribute[pole]": ["1", "2"]}, 400, "Number on the pole"),
        ({"attribute[colour]": "red"}, 400, "colour"),
        ({"jurisdiction_id": "110000"}, 404, "370725"),
    ],
)
def test_e13_a_report_that_cannot_be_taken_says_why_and_opens_nothing(
    open311: Open311, wrong: dict[str, Any], status: int, word: str
) -> None:
    good = {"api_key": open311.key(), "service_code": "power.light", "lat": LAT, "long": LON}
    code, told = refusal(open311.post({**good, **wrong}))
    assert code == status
    assert word.replace(",", "") in told.replace(",", "")
    assert Case.objects.count() == 0
    refused = open311.post({**good, **wrong}, "requests.xml")
    assert [node.tag for node in parsed(refused).iterfind("error/*")] == ["code", "description"]


def test_e13_only_a_key_made_for_it_reports(open311: Open311) -> None:
    good = {"service_code": "power.light", "lat": LAT, "long": LON}
    for key in (
        open311.key(Role.RESIDENT, TokenScope.OPEN, TokenScope.ACT),
        open311.key(days=-1),
    ):
        assert refusal(open311.post({**good, "api_key": key}))[0] == 403
    assert open311.post({**good, "api_key": open311.key()}).status_code == 200


def test_e13_the_same_key_of_a_call_opens_one_case_and_is_its_token(open311: Open311) -> None:
    key, call = open311.key(), str(uuid4())
    good = {"service_code": "power.light", "lat": LAT, "long": LON, "api_key": key}
    answers = [open311.post(good, **{"Idempotency-Key": call}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert Case.objects.count() == 1
    found = open311.get(f"tokens/{call}.json").json()
    number = answers[0][0]["service_request_id"]
    assert found == [{"service_request_id": number, "token": call}]
    assert parsed(open311.get(f"tokens/{call}.xml")).findtext("request/token") == call
    assert refusal(open311.get(f"tokens/{uuid4()}.json"))[0] == 404
    assert refusal(open311.get("tokens/x.json"))[0] == 400


def test_e13_reports_too_many_are_held_back(open311: Open311, settings: Any) -> None:
    settings.API_OPEN_PER_MINUTE = 2
    key = open311.key()
    good = {"service_code": "power.light", "lat": LAT, "long": LON, "api_key": key}
    codes = [open311.post(good) for _ in range(3)]
    assert [answer.status_code for answer in codes] == [200, 200, 429]
    assert int(codes[2]["Retry-After"]) > 0
    settings.OPEN311_PER_MINUTE = 1
    assert open311.get("services.json").status_code == 200
    assert open311.get("services.json").status_code == 429


def test_e13_a_request_shows_nothing_that_names_somebody(open311: Open311) -> None:
    number = open311.report(
        first_name="三", last_name="张", phone="13800000000", address_string="3号楼2单元301"
    )
    answer = open311.get(f"requests/{number}.json")
    fits("requests.json", answer.json())
    found = answer.json()[0]
    assert found["lat"] == round(LAT, 3) and found["long"] == round(LON, 3)
    assert found["address"] == "和平社区, 东街街道"
    assert found["status"] == "open" and found["status_notes"] == "Registered"
    assert found["requested_datetime"] == "2026-03-02T09:00:00+08:00"
    assert datetime.fromisoformat(found["expected_datetime"]) > open311.town.now
    for secret in ("张三", "13800000000", "301", "灯不亮", str(LAT)):
        assert secret not in answer.content.decode()
    told = parsed(open311.get(f"requests/{number}.xml"))
    assert told.findtext("request/service_request_id") == number


def test_e13_private_cases_do_not_exist_for_strangers(open311: Open311) -> None:
    town = open311.town
    place = actions.Place(lon=LON, lat=LAT)
    secret = [
        actions.Request(text="举报", place=place, kind=Kind.WHISTLE, category_code="power.light"),
        actions.Request(text="保密", place=place, confidential=True, category_code="power.light"),
        actions.Request(text="旧的", place=place, batch="replay/1", category_code="power.light"),
        actions.Request(text="外市的", place=place, batch="open311/x", external_id="1"),
    ]
    shown = open311.report()
    for asked in secret:
        receipt = actions.open_case(
            viewer=town.viewer(Role.RESIDENT), request=asked, now=town.now, key=uuid4()
        )
        number, key = receipt.number, Step.objects.get(case_id=receipt.case_id).key
        same = open311.get(f"requests/{number}.json"), open311.get("requests/x.json")
        assert same[0].content == same[1].content and same[0].status_code == 404
        assert ids(open311.get("requests.json", service_request_id=number)) == []
        assert refusal(open311.get(f"tokens/{key}.json"))[0] == 404
    assert ids(open311.get("requests.json")) == [shown]
    assert shown in open311.get("requests.csv").content.decode()
    assert len(open311.get("servicerequestupdates.json").json()) == 1


def closed_case(town: Town) -> str:
    """Return the number of a case that was withdrawn ten minutes after it was reported."""
    receipt = report(town)
    later = town.now + timedelta(minutes=10)
    actions.withdraw(
        case_id=receipt.case_id, doing=doing(town, Role.RESIDENT, later), text="已经好了"
    )
    return receipt.number


def test_e13_requests_are_found_by_every_filter(open311: Open311) -> None:
    town = open311.town
    closed, light = closed_case(town), open311.report()
    with time_machine.travel(town.now + timedelta(hours=1), tick=False):
        road = open311.report(service_code="traffic.road")
        one_hour = w3c(town.now + timedelta(minutes=59))
        found = {
            "all": open311.get("requests.json"),
            "ids": open311.get("requests.json", service_request_id=f"{light},{closed},x"),
            "open": open311.get("requests.json", status="open"),
            "closed": open311.get("requests.json", status="closed"),
            "both": open311.get("requests.json", status="open,closed"),
            "codes": open311.get("requests.json", service_code="traffic.road,water.leak"),
            "since": open311.get("requests.json", start_date=one_hour),
            "until": open311.get("requests.json", end_date=one_hour),
            "updated": open311.get(
                "requests.json", updated_after=w3c(town.now + timedelta(minutes=5))
            ),
            "old": open311.get("requests.json", end_date=w3c(town.now - timedelta(days=1))),
        }
    assert {name: set(ids(answer)) for name, answer in found.items()} == {
        "all": {closed, light, road},
        "ids": {closed, light},
        "open": {light, road},
        "closed": {closed},
        "both": {closed, light, road},
        "codes": {closed, road},
        "since": {road},
        "until": {closed, light},
        "updated": {closed, road},
        "old": set(),
    }
    for answer in found.values():
        fits("requests.json", answer.json())
    gone = found["closed"].json()[0]
    assert (gone["status"], gone["status_notes"]) == ("closed", "Withdrawn")
    assert gone["updated_datetime"] == "2026-03-02T09:10:00+08:00"


def test_e13_ninety_days_are_the_most(open311: Open311) -> None:
    number = open311.report()
    start = open311.town.now - timedelta(days=1)
    for days, expected in ((90, 200), (91, 400), (-1, 400)):
        answer = open311.get(
            "requests.json", start_date=w3c(start), end_date=w3c(start + timedelta(days=days))
        )
        assert answer.status_code == expected
    with time_machine.travel(open311.town.now + timedelta(days=91), tick=False):
        assert ids(open311.get("requests.json")) == []
        assert ids(open311.get("requests.json", start_date=w3c(start))) == [number]
        assert ids(open311.get("requests.json", service_request_id=number)) == [number]


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_date": "yesterday"},
        {"start_date": "2026-03-02T09:00:00"},
        {"end_date": "0001-01-01T00:00:00+14:00"},
        {"start_date": "9999-12-31T23:59:59-12:00"},
        {"status": "done"},
        {"status": ""},
        {"page": "0"},
        {"page": "1e3"},
        {"page_size": "1001"},
        {"jurisdiction_id": "x"},
        {"service_code": "\0"},
    ],
)
def test_e13_a_filter_that_cannot_be_read_is_refused(
    open311: Open311, wrong: dict[str, str]
) -> None:
    name = next(iter(wrong)).split("_")[0]
    code, told = refusal(open311.get("requests.json", **wrong))
    assert code in {400, 404} and name in told


def test_e13_an_unencoded_plus_in_a_time_is_understood(open311: Open311) -> None:
    number = open311.report()
    path = "/open311/v2/requests.json?start_date=2026-03-02T09:00:00+08:00"
    assert ids(open311.client.get(path)) == [number]


def test_e13_pages_follow_one_another_without_gap_or_double(open311: Open311) -> None:
    key = open311.key()
    all_of_them = [open311.report(key) for _ in range(5)]
    pages = [ids(open311.get("requests.json", page=page, page_size=2)) for page in range(1, 5)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert sorted(number for page in pages for number in page) == sorted(all_of_them)


def test_e13_updates_tell_each_new_state_once(open311: Open311) -> None:
    town = open311.town
    number = closed_case(town)
    with time_machine.travel(town.now + timedelta(hours=1), tick=False):
        rows = open311.get("servicerequestupdates.json").json()
        since = w3c(town.now + timedelta(minutes=5))
        later = open311.get("servicerequestupdates.json", start_date=since).json()
        told = parsed(open311.get("servicerequestupdates.xml"))
    assert [(row["service_request_id"], row["status"], row["description"]) for row in rows] == [
        (number, "open", "Registered"),
        (number, "closed", "Withdrawn"),
    ]
    assert later == rows[1:]
    assert [node.findtext("update_id") for node in told] == [row["update_id"] for row in rows]
    assert "已经好了" not in str(rows)


def test_e13_all_requests_come_as_one_table(open311: Open311) -> None:
    numbers = {open311.report(), closed_case(open311.town)}
    answer = open311.get("requests.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["service_request_id"] for row in rows} == numbers
    assert {row["status"] for row in rows} == {"open", "closed"}


def test_e13_words_go_out_as_a_clerk_has_published_them(open311: Open311) -> None:
    number, other = open311.report(), open311.report()
    case = Case.objects.get(number=number)
    now = open311.town.now
    words = {"title": "=路灯不亮", "text": "东街路灯已修好", "answer": "已更换灯泡"}
    page = PublicCase.objects.create(
        case_id=case.pk, edition=1, first_at=now, changed_at=now, **words
    )
    rows = {row["service_request_id"]: row for row in open311.get("requests.json").json()}
    fits("requests.json", list(rows.values()))
    assert rows[number]["description"] == "=路灯不亮\n东街路灯已修好"
    assert rows[number]["status_notes"] == "Registered\n已更换灯泡"
    assert "description" not in rows[other]
    table = open311.get("requests.csv").content.decode("utf-8-sig")
    assert "'=路灯不亮" in table
    PublicCase.objects.filter(pk=page.pk).update(shown=False)
    assert "description" not in open311.get(f"requests/{number}.json").json()[0]


def test_e13_answers_speak_the_language_of_the_caller(open311: Open311) -> None:
    open311.language = "zh-hans"
    rows = open311.get("services.json").json()
    assert {"路灯不亮", "道路破损"} <= {row["service_name"] for row in rows}


def test_e13_no_address_and_no_method_is_an_error_of_the_standard(open311: Open311) -> None:
    assert refusal(open311.get("nothing.json"))[0] == 404
    assert refusal(open311.get("requests.yaml"))[0] == 404
    assert refusal(open311.client.put("/open311/v2/requests.json"))[0] == 405
    assert refusal(open311.client.post("/open311/v2/services.json"))[0] == 405
    assert open311.client.post("/open311/v2/requests.xml").status_code == 403


def test_e13_what_goes_wrong_before_an_address_is_found_is_told_alike(open311: Open311) -> None:
    strange = {"Host": "evil.example"}
    told = open311.client.get("/open311/v2/services.xml", headers=strange)
    assert told.status_code == 400 and parsed(told).findtext("error/code") == "400"
    assert refusal(open311.client.get("/open311/v2/services.json", headers=strange))[0] == 400


def test_e13_the_county_of_another_address_is_another_jurisdiction(open311: Open311) -> None:
    number = open311.report()
    assert open311.get("requests.json", jurisdiction_id="370725").status_code == 200
    assert refusal(open311.get(f"requests/{number}.json", jurisdiction_id="370726"))[0] == 404


def test_e13_what_xml_cannot_carry_is_left_out(open311: Open311) -> None:
    asked = Question("bell", Datatype.STRING, "响\x07铃？", "Bell\x07?")
    asking.define_question(category="power.light", question=asked)
    told = parsed(open311.get("services/power.light.xml"))
    assert "Bell?" in [node.text for node in told.iterfind("attributes/attribute/description")]


def test_e13_times_carry_their_zone(open311: Open311) -> None:
    number = open311.report()
    found = open311.get(f"requests/{number}.json").json()[0]
    for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
        assert datetime.fromisoformat(found[name]).utcoffset() == timedelta(hours=8)
        assert datetime.fromisoformat(found[name]).astimezone(UTC) >= open311.town.now


def test_e13_news_of_a_request_is_kept_once_and_read_by_those_who_handle_it(
    open311: Open311,
) -> None:
    key = open311.key()
    number = open311.report(key)
    news = {
        "api_key": key,
        "service_request_id": number,
        "update_id": "7",
        "status": "CLOSED",
        "description": "灯又不亮了",
    }
    for _ in range(2):
        told = open311.post(news, "servicerequestupdates.json")
        assert told.status_code == 200, told.content
        assert told.json() == [{"update_id": "7", "service_request_id": number}]
    steps = Step.objects.filter(case__number=number, action="repeat")
    assert [step.text for step in steps] == ["灯又不亮了"]
    assert Case.objects.get(number=number).state == "registered"


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"api_key": "wrong"}, 403, "api_key"),
        ({"description": " "}, 400, "description"),
        ({"update_id": ""}, 400, "update_id"),
        ({"status": "melted"}, 400, "status"),
        ({"service_request_id": "2026-000000"}, 404, ""),
    ],
)
def test_e13_news_that_cannot_be_taken_says_why_and_changes_nothing(
    open311: Open311, change: dict[str, str], status: int, word: str
) -> None:
    key = open311.key()
    number = open311.report(key)
    good = {"api_key": key, "service_request_id": number, "update_id": "1", "description": "还是黑"}
    answer = open311.post({**good, **change}, "servicerequestupdates.json")
    assert answer.status_code == status, answer.content
    assert word in answer.json()[0]["description"]
    assert not Step.objects.filter(case__number=number, action="repeat").exists()


def test_e13_news_of_a_request_of_somebody_else_is_refused(open311: Open311) -> None:
    number = open311.report(open311.key())
    other = open311.key(Role.GRID_WORKER)
    news = {"api_key": other, "service_request_id": number, "update_id": "1", "description": "在修"}
    assert open311.post(news, "servicerequestupdates.json").status_code in {403, 404}
    assert not Step.objects.filter(case__number=number, action="repeat").exists()
