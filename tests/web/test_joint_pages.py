"""Shared cases on the pages: every ask, decision, helper, meeting and other body by its role."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from onegrid.accounts.models import RoleGrant, User
from onegrid.accounts.terms import AccountKind, Role, ScopeLevel
from onegrid.cases import actions
from onegrid.cases.models import Ask, Case, CoUnit, Meeting
from tests.county import COUNTY, Town
from tests.flows.sharing import ITEM, MINUTE, again, by, member
from tests.web.staff import browser, forward, post, travel, words

LATER = 20 * MINUTE


def helper_browser(town: Town) -> Client:
    """Sign in somebody of the urban management."""
    user = User.objects.create(
        tenant_id=COUNTY, username="chengguan", kind=AccountKind.STAFF, full_name="城管",
        created_at=town.now, password="!",
    )  # fmt: skip
    RoleGrant.objects.create(
        user_id=user.id, role=Role.UNIT_MEMBER, area_level=ScopeLevel.UNIT,
        unit_id=town.units["urban_management"], valid_from=town.now - timedelta(days=9),
    )  # fmt: skip
    people = {**town.users, Role.UNIT_MEMBER: user}
    return browser(Town(town.now, town.staff, people, town.areas, town.units), Role.UNIT_MEMBER)


def shown(client: Client, case: Case, base: str = "/desk/case/") -> Any:
    return client.get(f"{base}{case.number}/", headers={"Accept-Language": "en"})


def panels(page: Any) -> set[str]:
    return {panel.name for panel in page.context["panels"]}


def ask_on_page(town: Town, case: Case) -> Any:
    return post(
        browser(town, Role.UNIT_MEMBER), case.number, "ask_return", text="不属于我局管养",
        item=ITEM, unit=str(town.units["urban_management"]),
    )  # fmt: skip


def test_a_return_is_asked_for_and_upheld_on_the_pages_and_the_proposal_stands_first(
    town: Town,
) -> None:
    case = forward(town, until="dispatched")
    with travel(town.now + LATER):
        assert ask_on_page(town, case).status_code == 302
        desk = browser(town, Role.DISPATCHER)
        page = shown(desk, case)
        assert "decide_return" in panels(page)
        assert ITEM in words(page) and "县综合行政执法局" in words(page)
        done = post(desk, case.number, "decide_return", do="yes", text="确属城管职责")
        assert done.status_code == 302
        page = shown(desk, case)
    assert again(case).state == "classified"
    dispatch = next(panel for panel in page.context["panels"] if panel.name == "dispatch")
    assert dispatch.fields[0].value == str(town.units["urban_management"])


def test_a_return_without_an_item_comes_back_with_everything_typed(town: Town) -> None:
    case = forward(town, until="dispatched")
    with travel(town.now + LATER):
        page = post(
            browser(town, Role.UNIT_MEMBER), case.number, "ask_return", text="不属于我局管养",
            item="", unit=str(town.units["urban_management"]),
        )  # fmt: skip
    assert page.status_code == 422
    assert "不属于我局管养" in page.content.decode()
    assert 'href="#f-ask_return-item"' in page.content.decode()
    assert not Ask.objects.exists()


def test_a_return_goes_to_a_ruling_which_shows_past_rulings_and_names_the_unit(
    town: Town,
) -> None:
    old, case = forward(town, until="dispatched"), forward(town, until="dispatched")
    desk = browser(town, Role.DISPATCHER)
    with travel(town.now + LATER):
        ask_on_page(town, old)
        post(desk, old.number, "decide_return", do="no", text="阀门以内属水利局")
        ask_on_page(town, case)
        post(desk, case.number, "decide_return", do="ruling", text="请街道裁定")
        page = shown(browser(town, Role.STREET_OFFICER), case)
        assert "Past rulings on like cases" in words(page)
        assert "阀门以内属水利局" in words(page)
        assert old.number not in words(page)
        unit = str(town.units["water_bureau"])
        post(browser(town, Role.STREET_OFFICER), case.number, "designate", unit=unit, text="裁定")
        page = shown(browser(town, Role.UNIT_MEMBER), case)
    assert (again(case).state, again(old).state) == ("dispatched", "accepted")
    assert "ask_return" not in panels(page)


def test_helpers_are_called_in_with_the_dispatch_report_and_are_released(town: Town) -> None:
    case = forward(town, until="classified")
    desk, helper = browser(town, Role.DISPATCHER), helper_browser(town)
    with travel(town.now + LATER):
        fields = {
            "unit": str(town.units["water_bureau"]),
            "helper_1": str(town.units["urban_management"]), "task_1": "封闭人行道",
        }  # fmt: skip
        half = post(desk, case.number, "dispatch", **{**fields, "task_1": ""})
        assert half.status_code == 422
        assert 'href="#f-dispatch-task_1"' in half.content.decode()
        assert post(desk, case.number, "dispatch", **fields).status_code == 302
        page = shown(helper, case)
        assert panels(page) & {"co_report", "finish", "accept"} == {"co_report"}
        assert "封闭人行道" in words(page)
        assert post(helper, case.number, "co_report", text="已封闭").status_code == 302
        post(desk, case.number, "add_unit", unit=str(town.units["power_company"]), text="断电")
        assert {"release_unit", "meet"} <= panels(shown(desk, case))
        post(desk, case.number, "release_unit", unit=str(town.units["power_company"]), text="不用")
    rows = CoUnit.objects.filter(case_id=case.pk).order_by("added_at", "id")
    assert [(row.report, row.released_at is None) for row in rows] == [
        ("已封闭", True),
        ("", False),
    ]


def test_a_meeting_is_recorded_on_the_page_and_the_resident_reads_its_ruling_only(
    town: Town,
) -> None:
    case = forward(town, until="in_progress")
    desk = browser(town, Role.DISPATCHER)
    with travel(town.now + LATER):
        fields: dict[str, Any] = {
            "kind": "consultation", "held_at": "2026-03-02T09:10", "minutes": "内部讨论细节",
            "ruling": "由水利局牵头", "units": [str(town.units["water_bureau"])],
        }  # fmt: skip
        assert post(desk, case.number, "meet", **{**fields, "units": []}).status_code == 422
        assert post(desk, case.number, "meet", **fields).status_code == 302
        inside = words(shown(desk, case))
        outside = words(shown(browser(town, Role.RESIDENT), case, "/my/"))
    assert Meeting.objects.get(case_id=case.pk).held_at == town.now + 10 * MINUTE
    assert "内部讨论细节" in inside and "由水利局牵头" in inside
    assert "内部讨论细节" not in outside and "由水利局牵头" in outside


def test_a_hold_is_asked_for_granted_told_and_ended_on_the_pages(town: Town) -> None:
    case = forward(town, until="in_progress")
    unit, desk = browser(town, Role.UNIT_MEMBER), browser(town, Role.DISPATCHER)
    with travel(town.now + LATER):
        bad = post(unit, case.number, "ask_hold", reason="weather", until="soon", text="大雨")
        assert bad.status_code == 422
        until = "2026-03-02T10:30"
        post(unit, case.number, "ask_hold", reason="weather", until=until, text="连日大雨")
        assert "to be decided" in words(desk.get("/desk/", headers={"Accept-Language": "en"}))
        assert "decide_hold" in panels(shown(desk, case))
        assert "decide_hold" not in panels(shown(unit, case))
        post(desk, case.number, "decide_hold", do="yes", text="同意")
        page = words(shown(browser(town, Role.RESIDENT), case, "/my/"))
        assert "rests until today 10:30" in page and "Weather or season" in page
        assert again(case).state == "on_hold"
        post(unit, case.number, "resume", text="雨停")
    assert again(case).state == "in_progress"


def test_more_time_is_offered_in_parts_of_the_promise_and_the_clock_says_so(town: Town) -> None:
    case = forward(town, until="in_progress")
    unit, desk = browser(town, Role.UNIT_MEMBER), browser(town, Role.DISPATCHER)
    with travel(town.now + LATER):
        page = shown(unit, case)
        panel = next(one for one in page.context["panels"] if one.name == "ask_extension")
        assert [value for value, _ in panel.fields[0].choices] == ["15", "30", "60"]
        post(unit, case.number, "ask_extension", minutes="30", text="配件须调运")
        assert "ask_extension" not in panels(shown(unit, case))
        post(desk, case.number, "decide_extension", do="yes", text="同意")
        resident = words(shown(browser(town, Role.RESIDENT), case, "/my/"))
    assert again(case).extension_minutes == 30
    assert "30 minutes more were granted on request." in resident
    assert "配件须调运" in resident


def test_an_ending_needs_its_approval_on_the_pages(town: Town) -> None:
    case = forward(town, until="in_progress")
    unit, desk = browser(town, Role.UNIT_MEMBER), browser(town, Role.DISPATCHER)
    answer = {"result": "explained", "answer_1": "规划未调整，暂时不能建设"}
    with travel(town.now + LATER):
        refused = post(unit, case.number, "finish", **answer)
        assert refused.status_code == 409
        assert "规划未调整，暂时不能建设" in refused.content.decode()
        post(unit, case.number, "ask_ending", text="规划未调整")
        post(desk, case.number, "decide_ending", do="yes", text="同意终止")
        assert post(unit, case.number, "finish", **answer).status_code == 302
    assert again(case).result == "explained"


def test_another_body_gets_the_case_reports_and_answers_on_the_pages(town: Town) -> None:
    case = forward(town, until="in_progress")
    desk, resident = browser(town, Role.DISPATCHER), browser(town, Role.RESIDENT)
    with travel(town.now + LATER):
        body = {"body": "市住房公积金管理中心", "reference": "GJJ-17", "text": "公积金政策"}
        assert post(desk, case.number, "hand_over", **body).status_code == 302
        page = words(shown(resident, case, "/my/"))
        assert "市住房公积金管理中心" in page and "GJJ-17" in page
        post(desk, case.number, "external_news", text="已受理")
        post(desk, case.number, "take_back", text="对方退回")
        assert again(case).state == "classified"
        post(desk, case.number, "hand_over", **body)
        post(desk, case.number, "external_done", result="solved", answer_1="提取款已到账")
    assert again(case).state == "callback"


@pytest.mark.parametrize("panel", ["ask_return", "ask_hold", "ask_extension", "ask_ending"])
def test_what_only_the_leading_unit_may_ask_is_not_offered_to_others(
    town: Town, panel: str
) -> None:
    case = forward(town, until="accepted")
    with travel(town.now + LATER):
        offered = panels(shown(browser(town, Role.UNIT_MEMBER), case))
        others = panels(shown(browser(town, Role.DISPATCHER), case))
    assert panel in offered
    assert panel not in others


def test_a_plain_case_asks_no_more_of_the_database(town: Town) -> None:
    from tests.web.staff import queries_of

    plain, shared = forward(town, until="in_progress"), forward(town, until="in_progress")
    actions.add_unit(
        case_id=shared.pk, doing=by(town, Role.DISPATCHER, 6 * MINUTE),
        unit_id=town.units["urban_management"], text="配合",
    )  # fmt: skip
    desk = browser(town, Role.DISPATCHER)
    with travel(town.now + LATER):
        without = queries_of(desk, f"/desk/case/{plain.number}/")
        assert queries_of(desk, f"/desk/case/{shared.number}/") <= without + 6


def test_a_colleague_of_the_unit_reads_but_does_not_decide(town: Town) -> None:
    case = forward(town, until="in_progress")
    actions.ask_hold(
        case_id=case.pk, doing=by(town, member(town, "water_bureau", "二"), 6 * MINUTE),
        reason="weather", until=town.now + 90 * MINUTE, text="大雨",
    )  # fmt: skip
    with travel(town.now + LATER):
        page = post(
            browser(town, Role.UNIT_MEMBER), case.number, "decide_hold", do="yes", text="行"
        )
    assert page.status_code == 403
    assert Ask.objects.get(case_id=case.pk).state == "open"
