"""Approval of plans and of reports of done by the head of the unit; self-approval as a right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import localtime

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.actions import Upload
from onegrid.cases.models import Ask, Milestone, Part, Plan, Step
from onegrid.cases.queries import Filters, desk_queue
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.clock import ClockKind
from onegrid.duties.actions import new_version
from onegrid.duties.queries import rule_for
from onegrid.duties.queries.law import clear
from onegrid.duties.terms import Parameter
from tests.county import Town
from tests.flows.approving import (
    ANSWERS,
    LATER,
    MEASURES,
    decide,
    finish,
    plan_of,
    publish,
    rules,
    steps,
    submit_closure,
    submit_plan,
    told,
    working,
)
from tests.flows.sharing import DAY, MINUTE, again, by, last, member, reading
from tests.web.staff import photo


@pytest.fixture(autouse=True)
def forgotten(town: Town) -> Iterator[None]:
    """Ask for approval of everything, and forget it afterwards."""
    rules(plan=1, closure=3)
    yield
    clear()


# -- plans -------------------------------------------------------------------------------------------
def test_e24_a_plan_is_published_and_told_only_when_the_head_has_approved_it(town: Town) -> None:
    case = working(town, phone="13900000009", by=None)
    waiting = submit_plan(town, case)
    assert (waiting.state, waiting.approval_open, waiting.asks_open) == ("in_progress", True, False)
    assert not Plan.objects.exists() and told("plan_published") == 0
    assert reading(case, ClockKind.PLAN, town.now + LATER).ended is None
    done = decide(town, case, "plan", text="同意，抓紧实施")
    assert (done.state, done.approval_open) == ("planned", False)
    plan = Plan.objects.get()
    assert (plan.measures, plan.owner_name, plan.published_at) == (
        MEASURES, "王强", town.now + LATER)  # fmt: skip
    assert Milestone.objects.get().title == "完成"
    assert told("plan_published") == 1
    assert reading(case, ClockKind.PLAN, town.now + DAY).ended == town.now + LATER
    assert steps(case, 3) == [
        ("ask_plan", "handler"), ("grant_plan", "head"), ("publish_plan", "handler"),
    ]  # fmt: skip
    assert last(case).data["approved"] is True and "self_approved" not in last(case).data
    ask = Ask.objects.get()
    head_id = town.viewer(Role.UNIT_HEAD).user_id
    assert (ask.state, ask.decided_by, ask.ruling) == ("granted", head_id, "同意，抓紧实施")


def test_a_plan_sent_back_says_why_and_can_be_submitted_again(town: Town) -> None:
    case = working(town)
    submit_plan(town, case)
    back = decide(town, case, "plan", ok=False, text="缺少安全措施")
    assert (back.state, back.approval_open) == ("in_progress", False)
    assert (last(case).action, last(case).text, last(case).shown_to_reporter) == (
        "refuse_plan", "缺少安全措施", False)  # fmt: skip
    assert not Plan.objects.exists()
    submit_plan(town, case, at=30 * MINUTE)
    assert decide(town, case, "plan", at=40 * MINUTE).state == "planned"


def test_a_plan_must_be_whole_before_it_is_submitted(town: Town) -> None:
    case = working(town)
    for lack, code in (({"measures": "短"}, "plan.measures"), ({"owner_name": " "}, "plan.owner"),
                       ({"milestones": ()}, "plan.milestones")):  # fmt: skip
        with pytest.raises(Invalid, match=code.replace(".", r"\.")):
            actions.ask_plan(
                case_id=case.pk,
                doing=by(town, Role.UNIT_MEMBER, LATER),
                **{**plan_of(town), **lack},
            )
    with pytest.raises(Conflict, match=r"case\.plan_only_complex"):
        submit_plan(town, working(town, "general"))
    assert not Ask.objects.exists()


def test_a_plan_whose_date_is_over_meanwhile_is_sent_back_not_published(town: Town) -> None:
    case = working(town)
    submit_plan(town, case)
    with transaction.atomic(), pytest.raises(Conflict, match=r"approval\.dates_over"):
        decide(town, case, "plan", at=5 * DAY)
        transaction.set_rollback(True)


def test_a_plan_cannot_be_published_past_the_head(town: Town) -> None:
    case = working(town)
    with pytest.raises(Conflict, match=r"approval\.plan_needed"):
        publish(town, case)
    assert again(case).state == "in_progress" and not Plan.objects.exists()


# -- reports of done ---------------------------------------------------------------------------------
@pytest.mark.parametrize("result", ["solved", "partly"])
def test_e24_a_report_of_done_holds_only_when_the_head_has_approved_it(
    town: Town, result: str
) -> None:
    case = working(town, "general", phone="13900000009", by=None)
    waiting = submit_closure(town, case, result=result)
    assert (waiting.state, waiting.approval_open, waiting.result) == ("in_progress", True, "")
    part = Part.objects.get(case_id=case.pk)
    assert (part.answer, part.answered_at) == ("", None)
    assert told("case_done") == 0
    done = decide(town, case, "closure")
    assert (done.result, done.approval_open) == (result, False)
    assert done.state in {"verify", "callback"}
    assert Part.objects.get(case_id=case.pk).answer == ANSWERS[1]
    assert told("case_done") == (1 if done.state == "callback" else 0)
    onward = "skip_verify" if done.state == "callback" else "send_to_verify"
    assert steps(case, 4) == [
        ("ask_closure", "handler"), ("grant_closure", "head"), ("finish", "handler"),
        (onward, "system"),
    ]  # fmt: skip
    step = Step.objects.get(case_id=case.pk, action="finish")
    assert (step.data["approved"], step.data["result"], step.text) == (True, result, ANSWERS[1])


def test_the_clock_of_the_promise_goes_on_while_a_report_waits(town: Town) -> None:
    case = working(town, "general")
    submit_closure(town, case)
    waits = reading(case, ClockKind.SOLUTION, town.now + LATER)
    assert waits.ended is None and waits.paused_working == timedelta(0)
    decide(town, case, "closure", at=30 * MINUTE)
    after = reading(case, ClockKind.SOLUTION, town.now + 50 * MINUTE)
    assert after.elapsed_working == waits.elapsed_working + 10 * MINUTE


def test_a_report_sent_back_says_why_and_the_work_goes_on(town: Town) -> None:
    case = working(town, "general")
    submit_closure(town, case)
    back = decide(town, case, "closure", ok=False, text="现场仍在渗水")
    assert (back.state, back.result, back.approval_open) == ("in_progress", "", False)
    assert (last(case).action, last(case).text) == ("refuse_closure", "现场仍在渗水")
    submit_closure(town, case, at=30 * MINUTE)
    assert decide(town, case, "closure", at=40 * MINUTE).result == "solved"


def test_a_report_needs_its_evidence_when_it_is_submitted(town: Town) -> None:
    case = working(town, "general")
    with pytest.raises(Invalid, match=r"case\.part_unanswered"):
        submit_closure(town, case, answers={1: "好"})
    with pytest.raises(Invalid, match=r"case\.missing\.result"):
        submit_closure(town, case, result="magic")
    with pytest.raises(Conflict, match=r"ending\.needs_approval"):
        submit_closure(town, case, result="explained")
    with pytest.raises(Conflict, match=r"case\.plan_first"):
        submit_closure(town, working(town))
    major = working(town, "major")
    with pytest.raises(Invalid, match=r"case\.missing\.photo"):
        submit_closure(town, major)
    assert not Ask.objects.exists()
    actions.attach(
        case_id=major.pk, doing=by(town, Role.UNIT_MEMBER, 10 * MINUTE), phase="after",
        uploads=(Upload("photo", photo().read()),),
    )  # fmt: skip
    submit_closure(town, major)
    assert decide(town, major, "closure").state == "verify"


def test_a_report_needs_its_evidence_again_when_it_is_approved(town: Town) -> None:
    case = working(town, "general")
    submit_closure(town, case)
    actions.add_unit(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 15 * MINUTE),
        unit_id=town.units["urban_management"], text="配合",
    )  # fmt: skip
    with pytest.raises(Conflict, match=r"joint\.unreported"), transaction.atomic():
        decide(town, case, "closure")
    assert Ask.objects.get().state == "open" and again(case).state == "in_progress"
    actions.co_report(
        case_id=case.pk,
        doing=by(town, member(town, "urban_management"), 25 * MINUTE),
        text="已配合",
    )
    assert decide(town, case, "closure", at=30 * MINUTE).result == "solved"


def test_a_milestone_still_open_stops_a_solved_report_at_both_times(town: Town) -> None:
    rules(closure=1)
    case = working(town)
    publish(town, case)
    with pytest.raises(Conflict, match=r"case\.open_milestones"):
        submit_closure(town, case, at=30 * MINUTE)
    submit_closure(town, case, at=30 * MINUTE, result="plan_running")
    assert decide(town, case, "closure", at=40 * MINUTE).result == "plan_running"


def test_a_report_cannot_be_given_past_the_head(town: Town) -> None:
    case = working(town, "general")
    with pytest.raises(Conflict, match=r"approval\.closure_needed"):
        finish(town, case)
    with pytest.raises(Conflict, match=r"approval\.closure_needed"):
        finish(town, case, Role.UNIT_HEAD)
    assert again(case).state == "in_progress"


# -- which cases -------------------------------------------------------------------------------------
def test_where_the_rule_is_off_nothing_is_submitted_and_all_goes_as_before(town: Town) -> None:
    rules()
    case = working(town)
    with pytest.raises(Conflict, match=r"approval\.not_needed"):
        submit_plan(town, case)
    publish(town, case)
    assert "self_approved" not in last(case).data
    with pytest.raises(Conflict, match=r"approval\.not_needed"):
        submit_closure(town, case, at=30 * MINUTE, result="plan_running")
    assert finish(town, working(town, "general")).result == "solved"


@pytest.mark.parametrize(
    ("rule", "asked"),
    [(0, set()), (1, {"complex"}), (2, {"complex", "major"}), (3, {"complex", "major", "general"}),
     (9, {"complex", "major", "general"})],
)  # fmt: skip
def test_e24_the_county_chooses_the_classes_whose_report_needs_approval(
    town: Town, rule: int, asked: set[str]
) -> None:
    rules(closure=rule)
    for case_class in ("general", "major", "complex"):
        case = working(town, case_class)
        told = {"result": "transferred"}
        if case_class == "complex":
            publish(town, case)
        if case_class in asked:
            with pytest.raises(Conflict, match=r"approval\.closure_needed"):
                finish(town, case, **told)
            submit_closure(town, case, at=30 * MINUTE, **told)
        else:
            with pytest.raises(Conflict, match=r"approval\.not_needed"):
                submit_closure(town, case, at=30 * MINUTE, **told)
            assert finish(town, case, **told).result == "transferred"


def test_a_new_rule_leaves_cases_alone_that_were_dispatched_before(town: Town) -> None:
    rules()
    today = localtime(town.now).date()
    rule = rule_for(Parameter.CLOSURE_APPROVAL, on=today)
    assert rule is not None
    new_version(rule_id=rule.id, text="全部审批", amount=3, valid_from=today + DAY)
    old = working(town, "general")
    new = working(town, "general", at=town.now + DAY)
    answer = {"result": "solved", "answers": ANSWERS}
    member_then = by(town, Role.UNIT_MEMBER, DAY + LATER)
    assert actions.finish(case_id=old.pk, doing=member_then, **answer).result == "solved"
    with pytest.raises(Conflict, match=r"approval\.closure_needed"):
        actions.finish(case_id=new.pk, doing=by(town, Role.UNIT_MEMBER, DAY + LATER), **answer)


# -- taken back, lapsed, twice -----------------------------------------------------------------------
@pytest.mark.parametrize("what", ["plan", "closure"])
def test_e24_the_unit_takes_back_what_nobody_has_decided(town: Town, what: str) -> None:
    case = working(town, "complex" if what == "plan" else "general")
    submit = submit_plan if what == "plan" else submit_closure
    submit(town, case)
    for who in (Role.DISPATCHER, Role.COMMUNITY_SECRETARY):
        with pytest.raises(Forbidden):
            actions.recall_ask(case_id=case.pk, doing=by(town, who, 12 * MINUTE))
    colleague = member(town, "water_bureau", "二")
    back = actions.recall_ask(case_id=case.pk, doing=by(town, colleague, 15 * MINUTE))
    assert (back.state, back.approval_open, Ask.objects.get().state) == (
        "in_progress", False, "recalled")  # fmt: skip
    with pytest.raises(Conflict, match=r"ask\.none_open"):
        decide(town, case, what)
    with pytest.raises(Conflict, match=r"ask\.none_open"):
        actions.recall_ask(case_id=case.pk, doing=by(town, colleague, 16 * MINUTE))
    submit(town, case, at=30 * MINUTE)
    assert again(case).approval_open


def test_e24_another_class_makes_what_was_submitted_moot(town: Town) -> None:
    case = working(town)
    submit_plan(town, case)
    clerk = {"category_code": "water.leak", "text": "复核"}
    same = actions.reclassify(
        case_id=case.pk, doing=by(town, Role.COMMUNITY_CLERK, 12 * MINUTE), case_class="complex",
        **clerk,
    )  # fmt: skip
    assert same.approval_open
    moved = actions.reclassify(
        case_id=case.pk, doing=by(town, Role.COMMUNITY_CLERK, 15 * MINUTE), case_class="general",
        **clerk,
    )  # fmt: skip
    assert (moved.approval_open, Ask.objects.get().state) == (False, "lapsed")
    with pytest.raises(Conflict, match=r"ask\.none_open"):
        decide(town, case, "plan")
    submit_closure(town, case, at=30 * MINUTE)
    actions.reclassify(
        case_id=case.pk, doing=by(town, Role.COMMUNITY_CLERK, 35 * MINUTE), case_class="complex",
        **clerk,
    )  # fmt: skip
    assert not Ask.objects.filter(state="open").exists() and not again(case).approval_open


def test_a_hold_that_waits_outside_is_untouched_by_what_happens_inside(town: Town) -> None:
    case = working(town, "general")
    member_ = Role.UNIT_MEMBER
    actions.ask_hold(
        case_id=case.pk, doing=by(town, member_, 8 * MINUTE), reason="weather",
        until=town.now + 50 * MINUTE, text="大雨",
    )  # fmt: skip
    both = submit_closure(town, case)
    assert (both.asks_open, both.approval_open) == (True, True)
    kept = decide(town, case, "closure", ok=False, text="再查")
    assert (kept.asks_open, kept.approval_open) == (True, False)
    submit_closure(town, case, at=25 * MINUTE)
    held = actions.decide_hold(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 30 * MINUTE), ok=True, text="同意"
    )
    assert (held.state, held.asks_open, held.approval_open) == ("on_hold", False, True)
    boss = town.viewer(Role.UNIT_HEAD)
    assert desk_queue(boss, filters=Filters(which="approval")).rows == ()
    with pytest.raises(Conflict, match=r"case\.illegal_transition"):
        decide(town, case, "closure", at=35 * MINUTE)
    actions.resume(case_id=case.pk, doing=by(town, member_, 40 * MINUTE), text="雨停")
    done = decide(town, case, "closure", at=45 * MINUTE)
    assert (done.result, done.approval_open) == ("solved", False)


def test_a_withdrawn_case_leaves_nothing_to_approve(town: Town) -> None:
    case = working(town, "general")
    submit_closure(town, case)
    gone = actions.withdraw(case_id=case.pk, doing=by(town, Role.RESIDENT, LATER), text="已好")
    assert (gone.state, gone.approval_open, Ask.objects.get().state) == (
        "withdrawn", False, "lapsed")  # fmt: skip


def test_the_same_request_twice_is_one_and_two_at_once_are_refused(town: Town) -> None:
    case = working(town, "general")
    doing = by(town, Role.UNIT_MEMBER, 10 * MINUTE)
    for _ in range(2):
        actions.ask_closure(case_id=case.pk, doing=doing, result="solved", answers=ANSWERS)
    assert Ask.objects.count() == 1
    with pytest.raises(Conflict, match=r"ask\.open_already"):
        submit_closure(town, case, at=12 * MINUTE)
    ruling = by(town, Role.UNIT_HEAD, LATER)
    for _ in range(2):
        actions.decide_closure(case_id=case.pk, doing=ruling, ok=True, text="同意")
    count = Step.objects.filter(case_id=case.pk, action__in=["grant_closure", "finish"]).count()
    assert count == 2
