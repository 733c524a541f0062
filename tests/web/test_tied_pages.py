"""Pages of what ties cases together: desk, resident, public report."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.models import Case, Joiner, Link, Step
from onegrid.core.flow import Action, State
from tests.county import COUNTY, Town, doing, middle, report
from tests.flows.test_merging import PHONE, again, merged, triaged
from tests.flows.test_recurrence import back, closed
from tests.flows.test_splitting import divided, two_matters
from tests.web.conftest import Browser
from tests.web.staff import browser, forward, post, travel, words

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CLERK = Role.COMMUNITY_CLERK


def page_of(town: Town, case: Case, role: Role = CLERK) -> Any:
    return browser(town, role).get(f"/desk/case/{case.number}/")


def test_a_desk_shows_like_cases_with_reasons_and_merges_at_once(town: Town) -> None:
    first = forward(town, until="in_progress")
    second = triaged(town, again(town))
    with travel(town.now + DAY):
        page = page_of(town, second)
        assert first.number in page.content.decode()
        said = words(page)
        assert "0 m" in said or "0 米" in said
        done = post(
            browser(town, CLERK), second.number, "merge",
            into=first.number, seen=str(second.step_count),
        )  # fmt: skip
        assert done.status_code == 302
        both = page_of(town, second), page_of(town, first)
    second.refresh_from_db()
    assert second.state == State.MERGED
    assert first.number in both[0].content.decode()
    assert second.number in both[1].content.decode()


def test_a_wrong_receipt_number_is_refused_at_its_field(town: Town) -> None:
    second = triaged(town, again(town))
    with travel(town.now + DAY):
        page = post(browser(town, CLERK), second.number, "merge", into="370725-1")
    assert page.status_code == 422 and 'id="f-merge-into"' in page.content.decode()
    assert [error["field"] for error in page.context["errors"]] == ["merge-into"]
    second.refresh_from_db()
    assert second.state == State.TRIAGE


def test_a_merger_is_undone_on_the_page(town: Town) -> None:
    first = forward(town, until="in_progress")
    second = merged(town, triaged(town, again(town)), first)
    with travel(town.now + DAY):
        done = post(browser(town, CLERK), second.number, "unmerge", text="不是同一处")
    second.refresh_from_db()
    assert done.status_code == 302 and second.state == State.TRIAGE


def test_a_case_is_divided_on_the_page_and_both_name_each_other(town: Town) -> None:
    parent = two_matters(town)
    with travel(town.now + DAY):
        done = post(
            browser(town, CLERK), parent.number, "split",
            part_2="1", case_class="general", category="power.light", unit="", text="",
        )  # fmt: skip
        assert done.status_code == 302
        child = Link.objects.get(other_id=parent.pk, kind="child").case
        assert child.number in page_of(town, parent).content.decode()
        assert parent.number in page_of(town, child).content.decode()


def test_the_reporter_reaches_the_parts_with_one_query_code(town: Town) -> None:
    parent = two_matters(town)
    child = divided(town, parent)
    resident = browser(town, Role.RESIDENT)
    other = Browser(town)
    with travel(town.now + DAY):
        assert child.number in resident.get(f"/my/{parent.number}/").content.decode()
        assert parent.number in resident.get(f"/my/{child.number}/").content.decode()
        assert other.get(f"/r/{child.number}/").status_code == 404
        token = actions.opening._receipt(parent).token  # type: ignore[attr-defined]
        other.post("/r/", {"number": parent.number, "code": token})
        assert child.number in other.get(f"/r/{parent.number}/").content.decode()
        assert other.get(f"/r/{child.number}/").status_code == 200


def test_words_of_danger_put_the_emergency_panel_first(town: Town) -> None:
    receipt = report(town, text="楼道里燃气泄漏，味道很大", category="power.gas")
    case = Case.objects.get(pk=receipt.case_id)
    with travel(town.now + MINUTE):
        page = page_of(town, case)
        assert page.context["panels"][0].name == "emergency" and page.context["panels"][0].main
        done = post(
            browser(town, CLERK), case.number, "emergency",
            line="119", called_by="值班员", called_at="2026-03-02T09:00", text="消防已出动",
        )  # fmt: skip
        assert done.status_code == 302
        after = page_of(town, case)
    assert after.context["panels"][0].name != "emergency"
    assert "值班员" in words(after) and "119" in words(after)


def test_a_repeated_contact_is_kept_on_the_page(town: Town) -> None:
    case = forward(town, until="in_progress")
    with travel(town.now + DAY):
        done = post(browser(town, CLERK), case.number, "repeat", text="又来电询问")
        assert done.status_code == 302
        page = page_of(town, case)
    assert Step.objects.filter(case_id=case.pk, action=Action.REPEAT).count() == 1
    assert "phone-call" in page.content.decode()


def test_what_came_back_is_on_both_pages_and_on_the_list_of_the_supervisor(town: Town) -> None:
    old = closed(town)
    new = back(town, 10, text="又漏水了")
    with travel(town.now + 11 * DAY):
        assert old.number in page_of(town, new).content.decode()
        assert new.number in page_of(town, old).content.decode()
        listed = browser(town, Role.SUPERVISOR).get("/desk/recurrences/")
        assert new.number in listed.content.decode() and old.number in listed.content.decode()
        assert browser(town, CLERK).get("/desk/recurrences/").status_code == 403


def walked(town: Town, **more: Any) -> tuple[Browser, Any]:
    person = Browser(town)
    return person, person.walk(**more)


def test_e3_the_report_offers_a_like_case_before_sending_without_anything_personal(
    town: Town,
) -> None:
    first = forward(town, until="in_progress", text="王小明家楼下水管漏水，电话13912345678")
    with travel(town.now + DAY):
        _, page = walked(town)
    shown = page.content.decode()
    assert 'id="f-join"' in shown
    for secret in (first.number, "王小明", "13912345678", str(first.pk), "13800000001"):
        assert secret not in shown
    assert "和平社区" in words(page)


def test_whoever_leaves_a_number_joins_and_no_second_case_is_opened(town: Town) -> None:
    first = forward(town, until="in_progress")
    person = Browser(town)
    with travel(town.now + DAY):
        person.walk(who="anonymous")
        person.post("/report/who/", {"who": "contact", "name": "李", "phone": PHONE})
        page = person.get("/report/check/")
        handle = page.context["offers"][0].handle
        done = person.post("/report/check/", {"join": handle}, follow=True)
    assert done.redirect_chain[-1][0] == "/report/joined/"
    assert Case.objects.count() == 1
    row = Joiner.objects.get(case_id=first.pk)
    assert (row.phone, row.text) == (PHONE, "楼下水管漏水，已经两天了")


def test_nobody_joins_without_a_way_to_be_told_nor_what_was_not_offered(town: Town) -> None:
    forward(town, until="in_progress")
    with travel(town.now + DAY):
        person, page = walked(town)
        handle = page.context["offers"][0].handle
        assert f'value="{handle}"' not in page.content.decode()
        refused = person.post("/report/check/", {"join": handle})
        wrong = person.post("/report/check/", {"join": "0" * 32})
    assert refused.status_code == 422 and wrong.status_code == 409
    assert Joiner.objects.count() == 0 and Case.objects.count() == 1


def test_an_own_case_takes_the_message_instead(town: Town) -> None:
    first = forward(town, until="in_progress")
    person = Browser(town)
    person.sign_in(Role.RESIDENT)
    with travel(town.now + DAY):
        person.walk(who="account")
        page = person.get("/report/check/")
        offer = page.context["offers"][0]
        assert offer.own and first.number in page.content.decode()
        done = person.post("/report/check/", {"join": offer.handle}, follow=True)
    assert done.redirect_chain[-1][0] == f"/my/{first.number}/"
    assert Case.objects.count() == 1
    assert Step.objects.filter(case_id=first.pk, action=Action.REPEAT).count() == 1


@pytest.mark.parametrize("more", [{"kind": "whistle"}, {"confidential": "1"}])
def test_a_private_report_is_compared_with_nothing(town: Town, more: dict[str, str]) -> None:
    forward(town, until="in_progress")
    person = Browser(town)
    with travel(town.now + DAY):
        person.walk(**({"kind": "whistle"} if "kind" in more else {}))
        if "confidential" in more:
            person.post("/report/who/", {"who": "anonymous", **more})
        page = person.get("/report/check/")
    assert page.context["offers"] == ()


def test_a_personal_matter_of_somebody_else_is_not_offered(town: Town) -> None:
    from onegrid.cases.actions import Place, Request
    from onegrid.cases.queries.offers import offers

    lon, lat = middle(0, 0)
    report(town, text="独居老人需要救助", category="people.care")
    same = Request(
        text="独居老人需要救助", place=Place(lon=lon, lat=lat), category_code="people.care"
    )
    at = town.now + DAY
    assert offers(Viewer.anonymous(COUNTY), request=same, now=at) == ()
    own = offers(town.viewer(Role.RESIDENT), request=same, now=at)
    assert [offer.own for offer in own] == [True]


def test_the_number_of_people_is_told_and_capped(town: Town) -> None:
    first = forward(town, until="in_progress")
    for n in range(3):
        actions.join(
            case_id=first.pk,
            doing=actions.Doing(Viewer.anonymous(COUNTY), town.now + DAY, doing(town, CLERK).key),
            reporter=actions.Reporter(phone=f"1390000000{n}"),
        )
    with travel(town.now + DAY):
        _, page = walked(town)
        assert page.context["offers"][0].people == 4
        assert "4" in words(page_of(town, first))
