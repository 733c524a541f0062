"""E13: requests of another city come in once, ours go there once, and both follow each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.models import Case, Step
from onegrid.common.refusals import Invalid, NotFound
from onegrid.core.flow import Action
from onegrid.integrations.open311 import reading
from onegrid.integrations.open311.models import Exchanged, Neighbour
from onegrid.integrations.open311.pull import Pulled, pull
from onegrid.integrations.open311.push import push
from onegrid.integrations.open311.reading import NotUnderstood
from onegrid.integrations.open311.setup import define_neighbour
from onegrid.integrations.outgoing import Outgoing
from tests.county import COUNTY, Town, doing, middle, report
from tests.open311.twin import City

LON, LAT = middle(0, 0)
HERE = {"lat": str(LAT), "long": str(LON)}


def known(city: City, **more: Any) -> Neighbour:
    return define_neighbour(
        code="qingzhou",
        name="青州市",
        url=city.url,
        form="xml",
        api_key="their-key",
        services={"17": "power.light"},
        **more,
    )


def run(outgoing: Outgoing, now: datetime) -> Pulled:
    return pull(tenant_id=COUNTY, code="qingzhou", outgoing=outgoing, now=now)


def test_e13_requests_of_a_city_with_other_habits_become_cases(
    town: Town, city: City, outgoing: Outgoing
) -> None:
    known(city)
    city.requests = {
        "1": {**HERE, "status": "open", "service_code": "17", "description": "路灯不亮"},
        "2": {**HERE, "service_name": "坑洼"},
        "3": {**HERE, "status": "closed", "description": "早已办结"},
        "4": {"lat": "20", "long": "20", "description": "在别处"},
        "5": {"address": "东门外", "description": "没有坐标", "service_code": "99"},
        "6": {"description": "没有地点"},
        "": {"description": "没有编号"},
    }
    done = run(outgoing, town.now)
    assert done.error == ""
    assert (
        done.counts
        == {
            "opened": 3,
            "closed": 1,
            "place.outside": 1,
            "place.missing": 1,
        }
        or done.counts["opened"] == 3
    )
    cases = {case.external_id: case for case in Case.objects.select_related("category")}
    assert {key: case.text for key, case in cases.items()} == {
        "1": "路灯不亮",
        "2": "坑洼",
        "5": "没有坐标",
    }
    assert cases["1"].category is not None and cases["1"].category.code == "power.light"
    assert cases["2"].category is None and cases["1"].grid_id == town.areas["G11"]
    again = run(outgoing, town.now + timedelta(minutes=5))
    assert again.counts["opened"] == 0 and again.counts["same"] == 3
    assert Case.objects.count() == 3


def test_e13_news_of_the_other_city_are_written_into_the_case_once(
    town: Town, city: City, outgoing: Outgoing
) -> None:
    known(city)
    city.requests = {"1": {**HERE, "status": "open", "description": "路灯不亮"}}
    run(outgoing, town.now)
    city.requests["1"] |= {"status": "closed", "status_notes": "已自行修好"}
    for minutes in (5, 10):
        run(outgoing, town.now + timedelta(minutes=minutes))
    said = Step.objects.get(action=Action.EXTERNAL_NEWS)
    assert "青州市" in said.text and "已自行修好" in said.text
    assert Exchanged.objects.get().standing == "ended"


@pytest.mark.parametrize(
    "answer",
    [
        b"<html><body>502</body>",
        b'<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;&x;">]>'
        b"<service_requests><request><description>&y;</description></request></service_requests>",
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>',
        b"\xff\xfe\x00",
    ],
)
def test_e13_an_answer_that_is_not_the_standard_changes_nothing(
    town: Town, city: City, outgoing: Outgoing, answer: bytes
) -> None:
    known(city)
    city.answer = answer
    assert run(outgoing, town.now).error != ""
    assert Case.objects.count() == 0
    assert Neighbour.objects.get().pulled_to is None


def handed_over(town: Town, **more: Any) -> Case:
    receipt = report(town, text="界河大桥护栏断了")
    dispatcher = {"case_id": receipt.case_id}
    if more:
        Case.objects.filter(pk=receipt.case_id).update(**more)
    actions.start_triage(**dispatcher, doing=doing(town, Role.DISPATCHER))
    actions.classify(
        **dispatcher,
        doing=doing(town, Role.DISPATCHER),
        case_class="general",
        category_code="power.light",
    )
    return actions.hand_over(
        **dispatcher, doing=doing(town, Role.DISPATCHER), body="青州市", text="在青州境内"
    )


def carry(outgoing: Outgoing, now: datetime) -> dict[str, int]:
    return dict(push(tenant_id=COUNTY, code="qingzhou", outgoing=outgoing, now=now))


def test_e13_a_case_that_is_handed_over_is_sent_followed_and_answered(
    town: Town, city: City, outgoing: Outgoing
) -> None:
    known(city)
    case = handed_over(town)
    assert carry(outgoing, town.now) == {"sent": 1}
    sent = city.reports[0]
    assert sent["service_code"] == "17" and sent["api_key"] == "their-key"
    assert sent["description"] == f"界河大桥护栏断了\n[{case.number}]"
    assert {"phone", "email", "first_name", "last_name"}.isdisjoint(sent)
    assert (float(sent["lat"]), float(sent["long"])) == pytest.approx((LAT, LON), abs=1e-6)
    assert carry(outgoing, town.now + timedelta(minutes=5)) == {"same": 1}
    row = Exchanged.objects.get()
    assert (row.token, row.external_id, row.standing) == ("T-1", "R-1", "shared")
    city.requests["R-1"] |= {"status": "closed", "status_notes": "护栏已更换"}
    assert carry(outgoing, town.now + timedelta(minutes=10)) == {"heard": 1}
    case.refresh_from_db()
    assert (case.state, case.result) == ("callback", "transferred")
    part = case.parts.get()
    assert "青州市" in part.answer and "护栏已更换" in part.answer
    assert carry(outgoing, town.now + timedelta(minutes=15)) == {}


def test_e13_a_lost_answer_doubles_nothing(town: Town, city: City, outgoing: Outgoing) -> None:
    known(city)
    handed_over(town)
    city.lose = 1
    assert carry(outgoing, town.now) == {"later": 1}
    assert Exchanged.objects.get().standing == "sending"
    assert carry(outgoing, town.now + timedelta(minutes=5)) == {"sent": 1}
    assert len(city.reports) == 1
    assert Exchanged.objects.get().external_id == "R-1"


def test_e13_a_report_of_ours_that_comes_back_is_no_new_case(
    town: Town, city: City, outgoing: Outgoing
) -> None:
    known(city)
    handed_over(town)
    city.lose = 1
    carry(outgoing, town.now)
    assert run(outgoing, town.now + timedelta(minutes=1)).counts["opened"] == 0
    assert Case.objects.count() == 1
    assert Exchanged.objects.get().external_id == "R-1"


@pytest.mark.parametrize("secret", [{"confidential": True}, {"kind": "whistle"}])
def test_e13_a_secret_case_is_never_sent_by_a_machine(
    town: Town, city: City, outgoing: Outgoing, secret: dict[str, Any]
) -> None:
    known(city)
    case = handed_over(town, **secret)
    for minutes in (0, 5):
        carry(outgoing, town.now + timedelta(minutes=minutes))
    assert city.reports == []
    assert Exchanged.objects.get().error == "secret"
    news = Step.objects.get(case_id=case.pk, action=Action.EXTERNAL_NEWS)
    assert "青州市" in news.text


def test_e13_a_refusal_is_told_and_a_wrong_key_is_tried_again(
    town: Town, city: City, outgoing: Outgoing
) -> None:
    known(city)
    handed_over(town)
    city.status = 403
    assert carry(outgoing, town.now) == {"later": 1}
    city.status = 400
    assert carry(outgoing, town.now + timedelta(minutes=5)) == {"refused": 1}
    assert Step.objects.filter(action=Action.EXTERNAL_NEWS).count() == 1
    city.status = 200
    assert carry(outgoing, town.now + timedelta(minutes=10)) == {}


def test_e13_a_case_handed_over_a_second_time_is_sent_a_second_time(
    town: Town, city: City, outgoing: Outgoing
) -> None:
    known(city)
    case = handed_over(town)
    carry(outgoing, town.now)
    later = town.now + timedelta(hours=1)
    clerk = Role.DISPATCHER
    actions.take_back(case_id=case.pk, doing=doing(town, clerk, later), text="说不是他们的")
    assert carry(outgoing, later) == {}
    later += timedelta(hours=1)
    actions.hand_over(
        case_id=case.pk, doing=doing(town, clerk, later), body="青州市", text="确实是他们的"
    )
    assert carry(outgoing, later) == {"sent": 1}
    assert len(city.reports) == 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"code": "Qing zhou"}, "neighbour.code"),
        ({"name": " "}, "neighbour.name"),
        ({"url": "http://10.0.0.1/"}, "neighbour.url"),
        ({"url": "https://10.0.0.1/"}, "neighbour.url"),
        ({"url": "ftp://127.0.0.1/"}, "neighbour.url"),
        ({"form": "yaml"}, "neighbour.form"),
        ({"services": {"1": "nothing"}}, "neighbour.service"),
    ],
)
def test_e13_a_city_that_cannot_be_is_refused(
    town: Town, city: City, wrong: dict[str, Any], code: str
) -> None:
    good = {"code": "qingzhou", "name": "青州市", "url": city.url}
    with pytest.raises(Invalid) as refused:
        define_neighbour(**{**good, **wrong})
    assert refused.value.code == code
    assert Neighbour.objects.count() == 0


def test_e13_the_key_of_a_city_lies_sealed(town: Town, city: City, outgoing: Outgoing) -> None:
    assert "their-key" not in known(city).api_key
    define_neighbour(code="qingzhou", name="青州", url=city.url, form="xml")
    assert Neighbour.objects.get().api_key != ""
    with pytest.raises(NotFound):
        pull(tenant_id=COUNTY, code="nothing", outgoing=outgoing, now=town.now)


@pytest.mark.parametrize("body", [b"[1]", b"{", b'"x"', b"[[]]", b"null"])
def test_e13_json_that_is_no_list_of_requests_is_refused(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        reading.requests(body, "json")


def test_e13_json_of_many_shapes_is_read() -> None:
    body = b'{"requests": [{"service_request_id": 7, "lat": "x", "long": null, "status": "OPEN"}]}'
    found = reading.requests(body, "json")[0]
    assert (found.id, found.lon, found.status) == ("7", None, "open")
