"""Look-up by receipt, the page of a case, what a reporter may do on it, and files."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import time_machine

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.models import Attachment, Case, Step, Verdict
from onegrid.cases.queries import contact
from tests.conftest import MONDAY
from tests.county import Town, doing, report
from tests.web.conftest import Browser, picture, upload

MINUTE = timedelta(minutes=1)


def to_callback(town: Town, case_id: Any) -> None:
    """Lead a case to the verdict of its reporter."""
    clerk, member = Role.COMMUNITY_CLERK, Role.UNIT_MEMBER
    actions.start_triage(case_id=case_id, doing=doing(town, clerk))
    actions.classify(
        case_id=case_id,
        doing=doing(town, clerk),
        case_class="general",
        category_code="water.leak",
    )
    unit = town.units["water_bureau"]
    actions.dispatch(case_id=case_id, doing=doing(town, clerk), unit_id=unit)
    actions.accept(case_id=case_id, doing=doing(town, member))
    actions.start(case_id=case_id, doing=doing(town, member), text="已联系")
    case = actions.finish(
        case_id=case_id, doing=doing(town, member), result="solved", answers={1: "已更换阀门"}
    )
    if case.state == "verify":
        worker = doing(town, Role.GRID_WORKER)
        actions.verify(case_id=case_id, doing=worker, ok=True, text="无漏水")


def shown(browser: Browser, receipt: Any) -> str:
    """Show number and query code; return the address of the case."""
    response = browser.post("/r/", {"number": receipt.number, "code": receipt.token})
    assert response.status_code == 302
    return str(response.url)


def test_number_and_code_open_the_case_and_stand_in_no_address(browser: Browser) -> None:
    receipt = report(browser.town, by=None)
    typed = {"number": receipt.number.replace("-", ""), "code": receipt.token.lower()}
    address = browser.post("/r/", typed).url
    assert receipt.token not in address
    page = browser.get(address)
    assert page.status_code == 200 and "楼下水管漏水" in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_a_case_not_shown_and_a_case_that_never_was_answer_alike(browser: Browser) -> None:
    receipt = report(browser.town, by=None)
    foreign = browser.client.get(f"/r/{receipt.number}/")
    missing = browser.client.get("/r/370725-20260302-9999-0/")
    assert foreign.status_code == missing.status_code == 404
    assert masked(foreign) == masked(missing)


def test_the_case_of_somebody_else_and_no_case_answer_alike(browser: Browser) -> None:
    receipt = report(browser.town, by=None)
    browser.sign_in(Role.RESIDENT)
    foreign = browser.client.get(f"/my/{receipt.number}/")
    missing = browser.client.get("/my/370725-20260302-9999-0/")
    assert foreign.status_code == missing.status_code == 404
    assert masked(foreign) == masked(missing)


def masked(response: Any) -> bytes:
    """Return the page without its changing CSRF tokens and its own address."""
    page = re.sub(rb'(name="csrfmiddlewaretoken" value=)"[^"]*"', rb"\1", response.content)
    return re.sub(rb'(name="next" value=)"[^"]*"', rb"\1", page)


def test_wrong_pairs_are_refused_and_the_eleventh_try_waits(browser: Browser) -> None:
    receipt = report(browser.town, by=None)
    wrong = {"number": receipt.number, "code": "2222-2222-2222-2222"}
    for _ in range(10):
        response = browser.post("/r/", wrong)
        assert response.status_code == 404
        assert receipt.number in response.content.decode()
    right = {"number": receipt.number, "code": receipt.token}
    response = browser.post("/r/", right)
    assert response.status_code == 429
    assert response.context["errors"][0]["message"]
    assert browser.post("/r/", right, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_the_qr_code_leads_to_the_look_up_without_sending_the_code(browser: Browser) -> None:
    browser.walk()
    browser.send()
    drawn = browser.client.get("/report/receipt/qr.svg")
    assert drawn["Content-Type"] == "image/svg+xml" and drawn.content.startswith(b"<?xml")
    assert Browser(browser.town).client.get("/report/receipt/qr.svg").status_code == 404


def test_a_resident_sees_own_cases_only_with_their_way(browser: Browser) -> None:
    mine, other = report(browser.town), report(browser.town, by=None, text="别人的路灯不亮")
    browser.sign_in(Role.RESIDENT)
    page = browser.get("/my/").content.decode()
    assert mine.number in page and other.number not in page
    assert page.count("<li data-status=") == 5


def test_an_account_without_cases_is_led_to_the_report(browser: Browser) -> None:
    browser.sign_in(Role.RESIDENT)
    assert 'href="/report/"' in browser.get("/my/").content.decode()


def test_nobody_signed_in_is_led_to_sign_in_and_back(browser: Browser) -> None:
    response = browser.client.get("/my/")
    assert response.status_code == 302 and "next=/my/" in response.url


def test_staff_have_no_resident_pages(browser: Browser) -> None:
    browser.sign_in(Role.DISPATCHER)
    assert browser.client.get("/my/").status_code in {302, 403}


def test_the_same_number_of_queries_lists_one_case_or_twenty(
    browser: Browser, django_assert_num_queries: Any
) -> None:
    browser.sign_in(Role.RESIDENT)
    report(browser.town)
    browser.get("/my/")
    few = queries_of(browser, "/my/")
    for _ in range(19):
        report(browser.town)
    with django_assert_num_queries(few):
        browser.get("/my/")


def test_the_same_number_of_queries_shows_a_short_or_a_long_case(
    browser: Browser, django_assert_num_queries: Any
) -> None:
    browser.sign_in(Role.RESIDENT)
    short, long = report(browser.town), report(browser.town, parts=("水管漏水", "路灯不亮"))
    start = doing(browser.town, Role.COMMUNITY_CLERK)
    actions.start_triage(case_id=long.case_id, doing=start)
    for number in range(6):
        clerk = doing(browser.town, Role.COMMUNITY_CLERK)
        actions.note(case_id=long.case_id, doing=clerk, text=f"备注{number}", shown=True)
    browser.get(f"/my/{short.number}/")
    with django_assert_num_queries(queries_of(browser, f"/my/{short.number}/")):
        browser.get(f"/my/{long.number}/")


def queries_of(browser: Browser, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        browser.get(path)
    return len(caught)


def test_the_clocks_are_explained_line_by_line(browser: Browser) -> None:
    receipt = report(browser.town)
    browser.sign_in(Role.RESIDENT)
    with time_machine.travel(MONDAY + 20 * MINUTE, tick=False):
        page = browser.get(f"/my/{receipt.number}/", headers={"accept-language": "en"})
    text = page.content.decode()
    assert "40 minutes of duty time of 1 hour of duty time left" in text
    assert "20 minutes of duty time counted." in text


def test_a_good_verdict_closes_and_a_second_click_changes_nothing(browser: Browser) -> None:
    receipt = report(browser.town, by=None)
    to_callback(browser.town, receipt.case_id)
    address = shown(browser, receipt)
    browser.get(address)
    verdict = {"action": "verdict", "answered": "yes", "solved": "yes", "satisfied": "yes"}
    form = {**browser.hidden, **verdict}
    for _ in range(2):
        assert browser.client.post(address, form).status_code == 302
    assert Case.objects.get().state == "closed"
    assert Verdict.objects.count() == 1
    assert Verdict.objects.get().by_reporter
    told = browser.get(address, headers={"accept-language": "en"}).content.decode()
    assert "Solved: Yes. Satisfied." in told and "yes/yes" not in told


def test_a_bad_verdict_needs_a_reason_and_keeps_the_choices(browser: Browser) -> None:
    receipt = report(browser.town)
    to_callback(browser.town, receipt.case_id)
    browser.sign_in(Role.RESIDENT)
    address = f"/my/{receipt.number}/"
    browser.get(address)
    verdict = {"action": "verdict", "answered": "yes", "solved": "no", "satisfied": "no"}
    response = browser.post(address, verdict)
    assert response.status_code == 422
    assert response.context["errors"][0]["field"] == "reason"
    assert re.search(r'name="solved" value="no" checked', response.content.decode())
    assert Verdict.objects.count() == 0
    browser.post(address, {**verdict, "reason": "还在漏"})
    assert Case.objects.get().state == "reopen_req"


def test_each_of_the_three_questions_must_be_answered(browser: Browser) -> None:
    receipt = report(browser.town, by=None)
    to_callback(browser.town, receipt.case_id)
    address = shown(browser, receipt)
    full = {"action": "verdict", "answered": "yes", "solved": "yes", "satisfied": "yes"}
    for name in ("answered", "solved", "satisfied"):
        browser.get(address)
        response = browser.post(address, {**full, name: ""})
        assert response.status_code == 422
        assert response.context["errors"][0]["field"] == name
    assert Verdict.objects.count() == 0


def test_an_answer_to_a_question_goes_on_with_its_photo(browser: Browser) -> None:
    receipt = report(browser.town, by=None)
    clerk = Role.COMMUNITY_CLERK
    actions.start_triage(case_id=receipt.case_id, doing=doing(browser.town, clerk))
    asked = doing(browser.town, clerk)
    actions.ask_info(case_id=receipt.case_id, doing=asked, text="几号楼？")
    address = shown(browser, receipt)
    assert "几号楼？" in browser.get(address).content.decode()
    empty = browser.post(address, {"action": "supply_info", "answer": " "})
    assert empty.status_code == 422 and empty.context["errors"][0]["field"] == "answer"
    told = {"action": "supply_info", "answer": "3号楼", "photos": [upload(picture())]}
    assert browser.post(address, told).status_code == 302
    assert Case.objects.get().state == "triage"
    assert Attachment.objects.count() == 1


def test_a_step_that_is_over_is_refused_and_the_text_stays(browser: Browser) -> None:
    receipt = report(browser.town, by=None)
    address = shown(browser, receipt)
    browser.get(address)
    response = browser.post(address, {"action": "ask_reopen", "reopen_text": "我的原话"})
    assert response.status_code == 409
    assert Case.objects.get().state == "registered"
    response = browser.post(address, {"action": "explode"})
    assert response.status_code == 403
    assert Step.objects.count() == 1


def test_withdrawing_needs_a_word_and_ends_the_case(browser: Browser) -> None:
    receipt = report(browser.town, by=None)
    address = shown(browser, receipt)
    browser.get(address)
    response = browser.post(address, {"action": "withdraw", "withdraw_text": ""})
    assert response.status_code == 422
    assert response.context["errors"][0]["field"] == "withdraw_text"
    browser.post(address, {"action": "withdraw", "withdraw_text": "已经好了"})
    assert Case.objects.get().state == "withdrawn"


def test_reminding_twice_in_an_hour_is_refused(browser: Browser) -> None:
    receipt = report(browser.town, by=None)
    address = shown(browser, receipt)
    browser.get(address)
    assert browser.post(address, {"action": "remind"}).status_code == 302
    browser.get(address)
    assert browser.post(address, {"action": "remind"}).status_code == 409


def test_a_refused_case_names_its_reason_and_takes_one_appeal(browser: Browser) -> None:
    receipt = report(browser.town, by=None)
    clerk = Role.COMMUNITY_CLERK
    actions.start_triage(case_id=receipt.case_id, doing=doing(browser.town, clerk))
    actions.refuse(
        case_id=receipt.case_id,
        doing=doing(browser.town, clerk),
        reason="police",
        text="请拨打110",
    )
    address = shown(browser, receipt)
    assert "请拨打110" in browser.get(address).content.decode()
    browser.post(address, {"action": "appeal", "appeal_text": "这不是警情"})
    assert Case.objects.get().state == "triage"


def test_a_form_without_a_key_changes_nothing(browser: Browser) -> None:
    receipt = report(browser.town, by=None)
    address = shown(browser, receipt)
    response = browser.client.post(address, {"action": "remind"})
    assert response.status_code == 422
    assert Step.objects.count() == 1


def test_files_open_for_those_who_may_see_the_case_only(browser: Browser) -> None:
    browser.walk(photos=[upload(picture())])
    number = browser.send().context["receipt"].number
    row = Attachment.objects.get()
    for query in ("", "?thumb=1"):
        response = browser.client.get(f"/files/{row.id}{query}")
        assert response.status_code == 200 and response["Content-Type"] == "image/jpeg"
        assert "sandbox" in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "no-store"
    stranger = Browser(browser.town).client
    foreign, missing = (
        stranger.get(f"/files/{row.id}"),
        stranger.get(f"/files/{uuid4()}"),
    )
    assert foreign.status_code == missing.status_code == 404
    assert masked(foreign) == masked(missing)
    assert str(row.id) in browser.get(f"/r/{number}/").content.decode()


def test_a_reporter_sees_who_opened_the_number(browser: Browser) -> None:
    receipt = report(browser.town, phone="13800000003")
    clerk = browser.town.viewer(Role.COMMUNITY_CLERK)
    browser.sign_in(Role.RESIDENT)
    address = f"/my/{receipt.number}/"
    assert clerk.name not in browser.get(address).content.decode()
    contact(clerk, case_id=receipt.case_id, purpose="contact", now=MONDAY)
    page = browser.get(address).content.decode()
    assert clerk.name in page and "138****0003" in page
    assert "13800000003" not in page
