"""Supervision (督办): N3, Weifang hotline regulation Art. 26."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions import Doing, VerdictGiven
from onegrid.cases.models import Case, Reminder, Step, Supervision, Verdict
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.core.flow import Action, State
from onegrid.notices.models import Outbox
from tests.county import COUNTY, Town, doing, report
from tests.web.staff import forward

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GOOD = VerdictGiven(answered=True, solved="yes", satisfied="yes")
UNSOLVED = VerdictGiven(answered=True, solved="no", satisfied="no", reason="还在漏水")
ANSWER = {1: "已更换水管阀门，现场不再漏水"}


def called_back(town: Town, **more: object) -> Case:
    """Return a case that was reported done and, if drawn, verified."""
    case = forward(town, until="in_progress", **more)  # type: ignore[arg-type]
    at = case.changed_at + 10 * MINUTE
    member = doing(town, Role.UNIT_MEMBER, at)
    case = actions.finish(case_id=case.pk, doing=member, result="solved", answers=ANSWER)
    if case.state == State.VERIFY:
        checker = doing(town, Role.GRID_WORKER, at + MINUTE)
        case = actions.verify(case_id=case.pk, doing=checker, ok=True, text="现场查看属实")
    return case


def ordered(town: Town, case: Case, **more: object) -> Supervision:
    """Put a case under supervision by hand."""
    given = {"kind": "listed", "trigger": 5, "text": "群众反映强烈，请说明", "days": 2, **more}
    at = case.changed_at + MINUTE
    actions.supervise(case_id=case.pk, doing=doing(town, Role.SUPERVISOR, at), **given)  # type: ignore[arg-type]
    return Supervision.objects.filter(case_id=case.pk).latest("issued_at")


def said_by(town: Town, role: Role, case: Case, minutes: int = 1) -> Doing:
    fresh = Case.objects.get(pk=case.pk)
    return doing(town, role, fresh.changed_at + minutes * MINUTE)


def answered(town: Town, case: Case) -> Case:
    """Let the unit reply and the supervisor accept."""
    actions.reply_supervision(
        case_id=case.pk, doing=said_by(town, Role.UNIT_HEAD, case), text="已现场整改，附说明"
    )
    return actions.settle_supervision(
        case_id=case.pk, doing=said_by(town, Role.SUPERVISOR, case), text="情况属实，同意"
    )


def rules_of(case: Case) -> set[str]:
    return set(
        Supervision.objects.filter(case_id=case.pk).exclude(rule="").values_list("rule", flat=True)
    )


# -- the five triggers, by themselves -------------------------------------------------------------
def test_n3_trigger_2_a_case_that_is_overdue_is_supervised_by_itself_and_once(town: Town) -> None:
    case = forward(town, until="in_progress")
    late = town.now + 61 * MINUTE
    assert actions.mark_case(case_id=case.pk, now=late) > 0
    row = Supervision.objects.get(case_id=case.pk, rule="overdue")
    assert (row.trigger, row.kind, row.issued_by, row.state) == (2, "daily", None, "open")
    assert row.unit_id == town.units["water_bureau"]
    assert "第二十六条" in row.text
    step = Step.objects.get(case_id=case.pk, action=Action.SUPERVISE)
    assert (step.relation, step.data["rule"], step.data["fact"]) == (
        "system",
        "overdue",
        "promise_share",
    )
    actions.mark_case(case_id=case.pk, now=late + MINUTE)
    actions.note(case_id=case.pk, doing=doing(town, Role.UNIT_MEMBER, late + MINUTE), text="备注")
    assert Supervision.objects.filter(case_id=case.pk, rule="overdue").count() == 1


def test_n3_trigger_1_a_unit_that_does_not_sign_is_supervised(town: Town) -> None:
    case = forward(town, until="dispatched")
    actions.mark_case(case_id=case.pk, now=town.now + 25 * MINUTE)
    assert "not_signed" not in rules_of(case)
    member = doing(town, Role.UNIT_MEMBER, town.now + 34 * MINUTE)
    actions.note(case_id=case.pk, doing=member, text="还没有签收")
    row = Supervision.objects.get(case_id=case.pk, rule="not_signed")
    assert row.trigger == 1


def test_n3_trigger_3_done_but_not_solved_in_the_words_of_the_resident(town: Town) -> None:
    case = called_back(town)
    actions.give_verdict(
        case_id=case.pk, doing=said_by(town, Role.RESIDENT, case), verdict=UNSOLVED
    )
    row = Supervision.objects.get(case_id=case.pk, rule="not_solved")
    assert (row.trigger, row.round) == (3, 1)


def test_n3_trigger_4_two_failed_checks_are_handling_with_ill_effect(town: Town) -> None:
    case = forward(town, until="in_progress", category="traffic.road", case_class="major")
    for n in (1, 2):
        member = said_by(town, Role.UNIT_MEMBER, case)
        actions.finish(case_id=case.pk, doing=member, result="transferred", answers=ANSWER)
        checker = said_by(town, Role.GRID_WORKER, case)
        actions.verify(case_id=case.pk, doing=checker, ok=False, text="现场未修")
        assert ("checks_failed" in rules_of(case)) is (n == 2)
    assert Supervision.objects.get(case_id=case.pk, rule="checks_failed").kind == "listed"


def test_n3_trigger_5_three_reminders_of_the_resident(town: Town) -> None:
    case = forward(town, until="dispatched", case_class="major", category="water.sewer")
    for hour in (1, 3, 5):
        actions.remind(case_id=case.pk, doing=doing(town, Role.RESIDENT, town.now + hour * HOUR))
    assert Supervision.objects.get(case_id=case.pk, rule="reminded_often").trigger == 5


def test_n3_a_replayed_case_is_never_supervised_by_itself(town: Town) -> None:
    case = forward(town, until="in_progress")
    Case.objects.filter(pk=case.pk).update(batch="replay/x", external_id="1")
    actions.mark_case(case_id=case.pk, now=town.now + 2 * HOUR)
    assert rules_of(case) == set()


# -- by hand --------------------------------------------------------------------------------------
def test_n3_the_supervisor_orders_by_hand_and_the_unit_is_told(town: Town) -> None:
    case = forward(town, until="in_progress")
    row = ordered(town, case)
    assert (row.rule, row.issued_by) == ("", town.viewer(Role.SUPERVISOR).user_id)
    told = set(
        Reminder.objects.filter(supervision=row, reason="supervised").values_list(
            "account_id", flat=True
        )
    )
    assert {town.viewer(Role.UNIT_MEMBER).user_id, town.viewer(Role.UNIT_HEAD).user_id} <= told
    with pytest.raises(Conflict) as caught:
        ordered(town, Case.objects.get(pk=case.pk))
    assert caught.value.code == "supervision.open_already"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"kind": "loud"}, "kind"), ({"trigger": 6}, "trigger"), ({"days": 0}, "days"),
     ({"text": "  "}, "text")],
)  # fmt: skip
def test_n3_bad_orders_name_the_field_and_change_nothing(
    town: Town, wrong: dict[str, object], field: str
) -> None:
    case = forward(town, until="in_progress")
    with pytest.raises(Invalid) as caught:
        ordered(town, case, **wrong)
    assert caught.value.field == field
    assert not Case.objects.get(pk=case.pk).supervised


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.SUPERVISOR, Role.RESIDENT}])
def test_n3_nobody_else_orders_or_settles(town: Town, role: Role) -> None:
    case = forward(town, until="in_progress")
    with pytest.raises((Forbidden, NotFound)):
        actions.supervise(
            case_id=case.pk,
            doing=doing(town, role, case.changed_at + MINUTE),
            kind="daily",
            trigger=5,
            text="请说明",
            days=1,
        )
    assert not Supervision.objects.filter(case_id=case.pk).exists()


# -- reply, settle, reject ------------------------------------------------------------------------
def test_n3_a_rejected_reply_is_asked_for_again_with_a_new_due_time(town: Town) -> None:
    case = forward(town, until="in_progress")
    row = ordered(town, case)
    member = said_by(town, Role.UNIT_MEMBER, case)
    actions.reply_supervision(case_id=case.pk, doing=member, text="正在处理")
    supervisor = town.viewer(Role.SUPERVISOR).user_id
    assert Reminder.objects.filter(reason="replied", account_id=supervisor).exists()
    actions.reject_reply(
        case_id=case.pk, doing=said_by(town, Role.SUPERVISOR, case), text="没有说明原因", days=1
    )
    again = Supervision.objects.get(pk=row.pk)
    assert (again.state, again.rejections) == ("open", 1)
    assert again.asked_at > row.asked_at
    assert again.next_mark_at is not None
    assert answered(town, case).supervised is False
    assert Supervision.objects.get(pk=row.pk).state == "settled"


def test_n3_a_supervisor_does_not_reply_in_the_place_of_the_unit(town: Town) -> None:
    case = forward(town, until="in_progress")
    ordered(town, case)
    with pytest.raises(Forbidden) as caught:
        actions.reply_supervision(
            case_id=case.pk, doing=said_by(town, Role.SUPERVISOR, case), text="已处理"
        )
    assert caught.value.code == "supervision.not_own_reply"


def test_n3_with_several_open_the_one_meant_must_be_named(town: Town) -> None:
    case = forward(town, until="in_progress")
    first = ordered(town, case)
    second = ordered(town, Case.objects.get(pk=case.pk), kind="talk")
    head = said_by(town, Role.UNIT_HEAD, case)
    with pytest.raises(Invalid) as caught:
        actions.reply_supervision(case_id=case.pk, doing=head, text="已整改")
    assert caught.value.code == "supervision.which"
    actions.reply_supervision(case_id=case.pk, doing=head, text="已整改", supervision_id=second.pk)
    assert Supervision.objects.get(pk=first.pk).state == "open"
    assert Supervision.objects.get(pk=second.pk).state == "replied"


# -- a case with an open one cannot close ---------------------------------------------------------
def test_n3_the_residents_verdict_is_kept_and_the_case_closes_with_the_supervision(
    town: Town,
) -> None:
    case = called_back(town, phone="13900000009", by=None)
    ordered(town, case)
    reporter = Doing(
        viewer=town.viewer(Role.RESIDENT).anonymous(town.viewer(Role.RESIDENT).tenant_id),
        now=Case.objects.get(pk=case.pk).changed_at + MINUTE,
        key=uuid4(),
        as_reporter=True,
    )
    kept = actions.give_verdict(case_id=case.pk, doing=reporter, verdict=GOOD)
    assert kept.state == State.CALLBACK
    assert Verdict.objects.filter(case_id=case.pk, solved="yes").count() == 1
    assert Outbox.objects.filter(template="verdict_kept", recipient="13900000009").exists()
    again = actions.give_verdict(case_id=case.pk, doing=reporter, verdict=GOOD)
    assert (again.state, again.step_count) == (State.CALLBACK, kept.step_count)
    done = answered(town, case)
    assert done.state == State.CLOSED
    closing = Step.objects.get(case_id=case.pk, action=Action.CLOSE)
    assert (closing.relation, closing.data["solved"]) == ("system", "yes")


def test_n3_settling_leaves_a_case_open_that_has_no_verdict_yet(town: Town) -> None:
    case = called_back(town)
    ordered(town, case)
    assert answered(town, case).state == State.CALLBACK
    closed = actions.give_verdict(
        case_id=case.pk, doing=said_by(town, Role.RESIDENT, case), verdict=GOOD
    )
    assert closed.state == State.CLOSED


def test_n3_three_calls_that_nobody_answered_do_not_close_it_either(town: Town) -> None:
    case = called_back(town)
    ordered(town, case)
    for day in (0, 0, 1):
        agent = doing(town, Role.CALLBACK_AGENT, town.now + day * DAY + 3 * HOUR)
        case = actions.log_callback(case_id=case.pk, doing=agent, note="无人接听")
    assert case.state == State.CALLBACK
    done = answered(town, case)
    assert done.state == State.CLOSED
    assert Step.objects.get(case_id=case.pk, action=Action.CLOSE).data["unreachable"] is True


def test_n3_a_supervised_case_is_not_refused_but_its_reporter_may_take_it_back(town: Town) -> None:
    receipt = report(town)
    case = actions.start_triage(
        case_id=receipt.case_id, doing=doing(town, Role.COMMUNITY_CLERK, town.now + MINUTE)
    )
    row = ordered(town, case)
    clerk = said_by(town, Role.COMMUNITY_CLERK, case)
    with pytest.raises(Conflict) as caught, transaction.atomic():
        actions.refuse(case_id=case.pk, doing=clerk, reason="court", text="已在法院")
    assert caught.value.code == "supervision.keeps_open"
    resident = said_by(town, Role.RESIDENT, case)
    gone = actions.withdraw(case_id=case.pk, doing=resident, text="自己解决了")
    assert (gone.state, gone.supervised) == (State.WITHDRAWN, False)
    assert Supervision.objects.get(pk=row.pk).state == "lapsed"


def test_n3_the_database_itself_keeps_a_supervised_case_from_closing(town: Town) -> None:
    case = called_back(town)
    ordered(town, case)
    with pytest.raises(IntegrityError, match="case_supervised_stays_open"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="closed", closed_at=town.now)


def test_n3_whoever_replied_does_not_settle(town: Town) -> None:
    case = forward(town, until="in_progress")
    row = ordered(town, case)
    with pytest.raises(IntegrityError, match="settled_by_another"), transaction.atomic():
        Supervision.objects.filter(pk=row.pk).update(
            state="settled",
            settled_at=town.now,
            next_mark_at=None,
            replied_by=row.issued_by,
            settled_by=row.issued_by,
        )


def test_n3_time_itself_neither_orders_by_hand_nor_gives_a_verdict(town: Town) -> None:
    case = called_back(town)
    alone = Doing(Viewer.system(COUNTY), case.changed_at + MINUTE, uuid4())
    order = {"kind": "listed", "trigger": 5, "text": "请说明", "days": 2}
    with pytest.raises(Forbidden):
        actions.supervise(case_id=case.pk, doing=alone, **order)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        actions.give_verdict(case_id=case.pk, doing=alone, verdict=GOOD)
    assert not Supervision.objects.exists() and not Verdict.objects.exists()
