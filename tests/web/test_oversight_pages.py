"""Pages of supervision, of findings and of reminders; the panels of a case; the interface."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.models import Alarm, Case, Reminder, Supervision
from onegrid.core.flow import State
from tests.county import Town
from tests.flows.test_reopening import asked_again, handled_again, reopened
from tests.flows.test_supervision import answered, called_back, ordered, said_by
from tests.web.staff import browser, forward, post, travel, words

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EN = {"Accept-Language": "en"}


def page(town: Town, role: Role, address: str) -> Any:
    return browser(town, role).get(address, headers=EN)


def test_n3_a_supervision_goes_its_whole_way_on_the_page_of_the_case(town: Town) -> None:
    case = called_back(town)
    with travel(case.changed_at + MINUTE):
        office, unit = browser(town, Role.SUPERVISOR), browser(town, Role.UNIT_HEAD)
        sent = post(
            office, case.number, "supervise", kind="listed", trigger="5", days="2",
            text="请说明反复原因", publish="1",
        )  # fmt: skip
        assert sent.status_code == 302
        seen = words(unit.get(f"/desk/case/{case.number}/", headers=EN))
        assert "Listed supervision" in seen and "请说明反复原因" in seen
        assert "Reply to the supervision" in seen
        assert post(unit, case.number, "reply_supervision", text="已整改").status_code == 302
        assert "Look at the reply" in words(office.get(f"/desk/case/{case.number}/", headers=EN))
        back = post(office, case.number, "judge_reply", text="说明原因", days="1", do="no")
        assert back.status_code == 302
        assert (
            post(unit, case.number, "reply_supervision", text="原因是阀门老化").status_code == 302
        )
        done = post(office, case.number, "judge_reply", text="同意", days="1", do="yes")
        assert done.status_code == 302
    row = Supervision.objects.get(case_id=case.pk, rule="")
    assert (row.state, row.rejections, row.published) == ("settled", 1, True)


def test_n3_a_bad_order_comes_back_with_what_was_typed(town: Town) -> None:
    case = forward(town, until="in_progress")
    with travel(case.changed_at + MINUTE):
        answer = post(
            browser(town, Role.SUPERVISOR), case.number, "supervise", kind="listed", trigger="9",
            days="2", text="请说明",
        )  # fmt: skip
    assert answer.status_code == 422
    assert "请说明" in answer.content.decode()
    assert not Supervision.objects.exists()


def test_n3_the_list_shows_due_times_within_the_scope_and_goes_to_excel(town: Town) -> None:
    case = forward(town, until="in_progress")
    ordered(town, case)
    with travel(case.changed_at + 2 * MINUTE):
        for role in (Role.SUPERVISOR, Role.UNIT_HEAD, Role.STREET_OFFICER):
            shown = words(page(town, role, "/desk/supervision/"))
            assert case.number in shown and "Listed supervision" in shown
        assert case.number not in words(
            page(town, Role.SUPERVISOR, "/desk/supervision/?which=replied")
        )
        for role in (Role.CALLBACK_AGENT, Role.COMMUNITY_CLERK):
            assert page(town, role, "/desk/supervision/").status_code in {403, 404}
        sent = page(town, Role.SUPERVISOR, "/desk/supervision/export/?which=open")
    book = load_workbook(BytesIO(sent.content)).active
    assert book is not None
    assert next(cell.value for cell in book[2]) == case.number


def test_n4_reminders_are_an_inbox_with_receipts(town: Town) -> None:
    case = forward(town, until="in_progress")
    now = town.now + 31 * MINUTE
    actions.mark_case(case_id=case.pk, now=now)
    with travel(now + MINUTE):
        unit = browser(town, Role.UNIT_MEMBER)
        seen = words(unit.get("/desk/reminders/", headers=EN))
        assert case.number in seen and "50 % of the time used up" in seen
        assert case.number not in words(page(town, Role.STREET_OFFICER, "/desk/reminders/"))
        assert unit.post("/desk/reminders/read/", {"number": case.number}).status_code == 302
        seen = words(page(town, Role.SUPERVISOR, f"/desk/case/{case.number}/"))
    row = Reminder.objects.get(case_id=case.pk, escalation__percent=50)
    assert row.read_at == now + MINUTE
    assert "Who was told as time was used up" in seen and "· read" in seen
    with travel(town.now + 49 * MINUTE):
        actions.mark_case(case_id=case.pk, now=town.now + 49 * MINUTE)
        worker = words(page(town, Role.GRID_WORKER, "/desk/reminders/"))
    assert case.number in worker and "80 % of the time used up" in worker


def test_n6_a_supervisor_sees_the_evidence_and_settles_it_in_words(town: Town) -> None:
    case = forward(town, until="in_progress")
    actions.finish(
        case_id=case.pk, doing=said_by(town, Role.UNIT_MEMBER, case), result="solved",
        answers={1: "已处理。"},
    )  # fmt: skip
    actions.check_case(case_id=case.pk, now=town.now + HOUR)
    row = Alarm.objects.get(case_id=case.pk)
    with travel(town.now + HOUR):
        office = browser(town, Role.SUPERVISOR)
        seen = words(office.get("/desk/alarms/", headers=EN))
        assert "Answer says too little" in seen and "已处理。" in seen and "It has 3 signs." in seen
        empty = office.post(f"/desk/alarms/{row.pk}/settle/", {"do": "confirmed", "words": ""})
        assert empty.status_code == 422
        done = office.post(
            f"/desk/alarms/{row.pk}/settle/", {"do": "unfounded", "words": "另有照片说明"}
        )
        assert done.status_code == 302
        assert "另有照片说明" in words(office.get("/desk/alarms/?which=settled", headers=EN))
        for role in (Role.DISPATCHER, Role.UNIT_HEAD, Role.STREET_OFFICER):
            assert page(town, role, "/desk/alarms/").status_code in {403, 404}
            assert "Answer says too little" not in words(
                page(town, role, f"/desk/case/{case.number}/")
            )


def test_d8_the_subject_is_named_on_the_page_and_shut_out_at_once(town: Town) -> None:
    case = forward(town, until="in_progress")
    with travel(case.changed_at + MINUTE):
        clerk = browser(town, Role.COMMUNITY_CLERK)
        post(clerk, case.number, "change_kind", kind="complaint", text="来电是投诉")
        assert "Name whom it is about" in words(clerk.get(f"/desk/case/{case.number}/", headers=EN))
        sent = post(
            clerk, case.number, "name_subjects", unit=str(town.units["water_bureau"]), text="被投诉"
        )
        assert sent.status_code == 302
        gone = page(town, Role.UNIT_MEMBER, f"/desk/case/{case.number}/")
        missing = page(town, Role.UNIT_MEMBER, "/desk/case/370725-20260302-9999-9/")
    assert (gone.status_code, missing.status_code) == (404, 404)
    assert Case.objects.get(pk=case.pk).state == State.CLASSIFIED


def test_e4_the_panel_of_a_second_reopening_is_for_the_street(town: Town) -> None:
    case = reopened(town, asked_again(town, called_back(town)), Role.COMMUNITY_SECRETARY)
    case = asked_again(town, handled_again(town, case))
    with travel(case.changed_at + MINUTE):
        street = words(page(town, Role.STREET_OFFICER, f"/desk/case/{case.number}/"))
        community = words(page(town, Role.COMMUNITY_SECRETARY, f"/desk/case/{case.number}/"))
    assert "Second reopening: the street office or the supervisor decides." in street
    assert "Decide on reopening" not in community


def test_n3_the_resident_reads_why_the_case_waits(town: Town) -> None:
    case = called_back(town)
    ordered(town, case)
    with travel(case.changed_at + 5 * MINUTE):
        resident = browser(town, Role.RESIDENT)
        fields = {"action": "verdict", "answered": "yes", "solved": "yes", "satisfied": "yes"}
        resident.post(f"/my/{case.number}/", {**fields, "key": str(uuid4())})
        seen = words(resident.get(f"/my/{case.number}/", headers=EN))
    assert "Your verdict is kept" in seen
    assert "the unit still owes the supervisor a reply" in seen
    assert answered(town, case).state == State.CLOSED


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_board_shows_who_could_not_be_reached(town: Town, language: str) -> None:
    called_back(town)
    with travel(town.now + HOUR):
        answer = browser(town, Role.SUPERVISOR).get(
            "/desk/board/", headers={"Accept-Language": language}
        )
    assert answer.status_code == 200
    assert answer.context["board"].called.unreachable == 0
