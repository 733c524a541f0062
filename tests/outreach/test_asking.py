"""Questions by link: what is asked, what the link shows, and how it is used up (E7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from onegrid.accounts.terms import Role
from onegrid.cases import actions as cases
from onegrid.cases.actions import Upload
from onegrid.cases.models import Attachment, Case, Step
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.core.flow import Action
from onegrid.notices.models import Outbox
from onegrid.outreach import actions
from onegrid.outreach.actions import Asked, Question
from onegrid.outreach.models import PartyRequest
from onegrid.outreach.queries import question
from onegrid.outreach.terms import MOST_OPEN
from tests.county import Town, doing, report
from tests.web.conftest import picture

WISH = Question(
    whom="other",
    way="link",
    to_whom="和平物业",
    question="楼道总阀什么时候检修过？",
    disclosed="二号楼楼道漏水。",
)


def ask(town: Town, case: Case, wish: Question = WISH, role: Role = Role.COMMUNITY_CLERK) -> Asked:
    return actions.ask_party(case_id=case.pk, doing=doing(town, role), question=wish)


@pytest.fixture
def case(town: Town) -> Case:
    receipt = report(town, by=None, phone="13900000002")
    started = doing(town, Role.COMMUNITY_CLERK)
    return cases.start_triage(case_id=receipt.case_id, doing=started)


def answer(code: str, town: Town, at: timedelta = timedelta(hours=1), **more: object) -> None:
    words = {"text": "上月刚检修过。", "name": "李经理", "uploads": (), "key": uuid4(), **more}
    actions.answer_question(code=code, now=town.now + at, **words)  # type: ignore[arg-type]


def test_e7_an_outside_party_answers_by_link_with_a_photo(town: Town, case: Case) -> None:
    asked = ask(town, case)
    shown = question(code=asked.code, now=town.now)
    assert (shown.question, shown.disclosed) == (WISH.question, WISH.disclosed)
    answer(asked.code, town, uploads=(Upload("photo", picture()),))
    last = Step.objects.get(case_id=case.pk, action=Action.PARTY_ANSWERED)
    assert last.text == "李经理：上月刚检修过。"
    assert not last.shown_to_reporter, "an outside party is not shown to the reporter"
    assert Attachment.objects.filter(case_id=case.pk).count() == 1
    assert Case.objects.get(pk=case.pk).state == case.state


def test_e7_the_link_shows_nothing_else_of_the_case(town: Town, case: Case) -> None:
    shown = question(code=ask(town, case).code, now=town.now)
    told = f"{shown.asker}{shown.question}{shown.disclosed}"
    assert case.number not in told and case.text not in told and "13900000002" not in told


def test_e7_a_used_link_and_an_expired_one_say_so(town: Town, case: Case) -> None:
    first, second = ask(town, case), ask(town, case)
    answer(first.code, town)
    with pytest.raises(Conflict, match=r"party\.used"):
        answer(first.code, town)
    with pytest.raises(Conflict, match=r"party\.expired"):
        answer(second.code, town, at=timedelta(days=7))
    assert PartyRequest.objects.filter(answered_at__isnull=False).count() == 1


@pytest.mark.parametrize("code", ["", "abc", "ABCD-EFGH-JKLM-NPQR"])
def test_e7_a_wrong_code_opens_nothing(town: Town, case: Case, code: str) -> None:
    ask(town, case)
    with pytest.raises(NotFound, match=r"party\.unknown"):
        question(code=code, now=town.now)


def test_e7_a_link_is_no_longer_needed_once_the_case_is_over(town: Town, case: Case) -> None:
    asked = ask(town, case)
    over = replace(doing(town, Role.COMMUNITY_CLERK), as_reporter=True)
    cases.withdraw(case_id=case.pk, doing=over, text="不用了")
    with pytest.raises(Conflict, match=r"party\.case_over"):
        answer(asked.code, town)


def test_e7_the_reporter_is_asked_by_text_message_without_anybody_seeing_the_number(
    town: Town, case: Case
) -> None:
    asked = ask(town, case, Question(whom="reporter", way="sms", question="漏水是哪一层？"))
    sent = Outbox.objects.get(template="party_asked")
    assert (sent.recipient, sent.params["code"]) == ("13900000002", asked.code)
    row = PartyRequest.objects.get()
    assert row.recipient == "" and asked.code not in row.token_hash
    answer(asked.code, town, name="")
    last = Step.objects.get(case_id=case.pk, action=Action.PARTY_ANSWERED)
    assert last.shown_to_reporter and last.text == "上月刚检修过。"


def test_e7_an_e_mail_carries_the_link(town: Town, case: Case) -> None:
    page = "http://county.example/q/"
    wish = replace(WISH, way="email", recipient="Li@Example.cn", page=page)
    asked = ask(town, case, wish)
    sent = Outbox.objects.get(channel="email")
    assert sent.recipient == "li@example.cn"
    assert sent.params["link"] == f"{page}{asked.code}/"


@pytest.mark.parametrize(
    ("wish", "field", "code"),
    [
        (replace(WISH, whom="accused"), "whom", "party.whom"),
        (replace(WISH, way="pigeon"), "way", "party.way"),
        (replace(WISH, days=365), "days", "party.days"),
        (replace(WISH, question="  "), "question", "party.question"),
        (replace(WISH, question="字" * 1001), "question", "party.question"),
        (replace(WISH, disclosed="字" * 1001), "disclosed", "party.disclosed"),
        (replace(WISH, to_whom=""), "to_whom", "party.to_whom"),
        (replace(WISH, way="sms", recipient="12"), "recipient", "party.phone"),
        (replace(WISH, way="email", recipient="nobody"), "recipient", "party.email"),
        (Question("reporter", "email", "在哪？"), "way", "party.reporter_by_sms"),
    ],
)
def test_e7_a_bad_question_names_its_field_and_changes_nothing(
    town: Town, case: Case, wish: Question, field: str, code: str
) -> None:
    steps = Step.objects.count()
    with pytest.raises(Invalid) as refused:
        ask(town, case, wish)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert (Step.objects.count(), PartyRequest.objects.count()) == (steps, 0)


def test_e7_a_reporter_without_a_number_cannot_be_asked_by_message(town: Town) -> None:
    silent = report(town, by=None)
    cases.start_triage(case_id=silent.case_id, doing=doing(town, Role.COMMUNITY_CLERK))
    with pytest.raises(Invalid, match=r"party\.no_contact"):
        ask(town, Case.objects.get(pk=silent.case_id), Question("reporter", "sms", "在哪？"))


def test_e7_asking_is_limited_and_the_same_key_asks_once(town: Town, case: Case) -> None:
    same = doing(town, Role.COMMUNITY_CLERK)
    codes = {actions.ask_party(case_id=case.pk, doing=same, question=WISH).code for _ in range(2)}
    assert len(codes) == 1 and PartyRequest.objects.count() == 1
    for _ in range(MOST_OPEN - 1):
        ask(town, case)
    with pytest.raises(Invalid, match=r"party\.too_many_open"):
        ask(town, case)


def test_e7_only_those_who_work_on_a_case_ask(town: Town, case: Case) -> None:
    with pytest.raises(Forbidden):
        ask(town, case, role=Role.CALLBACK_AGENT)
    with pytest.raises(NotFound):
        ask(town, case, role=Role.UNIT_MEMBER)
