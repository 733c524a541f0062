"""The rows of the request loop, one test per row id of docs/SOURCES.md."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, queries
from onegrid.cases.actions import (
    Doing,
    MilestoneGiven,
    Place,
    Reporter,
    Request,
    Upload,
    VerdictGiven,
)
from onegrid.cases.models import Case, Milestone, Step, Verdict
from onegrid.cases.queries import CaseView, ClockView
from onegrid.cases.terms import Channel
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.core import flow
from onegrid.core.clock import ClockKind, ClockState, LineCode, Phase, open_time
from onegrid.core.clock.terms import Event
from onegrid.core.flow import Action, Actor, Evidence, State
from onegrid.notices.models import Outbox
from tests.county import COUNTY, Town, doing, middle, report
from tests.web.staff import browser, forward, photo, travel, words

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GOOD = VerdictGiven(answered=True, solved="yes", satisfied="yes")
BAD = VerdictGiven(answered=True, solved="no", satisfied="no", reason="还在漏水")


def view_of(
    town: Town, case_id: UUID, role: Role = Role.DISPATCHER, *, after: timedelta
) -> CaseView:
    return queries.case_detail(town.viewer(role), case_id=case_id, now=town.now + after)


def clock(view: CaseView, kind: ClockKind) -> ClockView:
    return next(one for one in view.clocks if one.kind == kind)


def finished(town: Town, case: Case, *, at: timedelta) -> Case:
    """Report a case done and, if it was drawn, verified."""
    done = actions.finish(
        case_id=case.pk,
        doing=doing(town, Role.UNIT_MEMBER, town.now + at),
        result="solved",
        answers={1: "已更换水管阀门，不再漏水"},
    )
    if done.state == State.VERIFY:
        done = verified(town, case, at=at + MINUTE)
    return done


def verified(town: Town, case: Case, *, at: timedelta) -> Case:
    return actions.verify(
        case_id=case.pk,
        doing=doing(town, Role.GRID_WORKER, town.now + at),
        ok=True,
        text="现场查看属实",
    )


# -- S24 ---------------------------------------------------------------------------------------------
def test_s24_the_time_of_each_of_the_five_phases_is_shown_and_adds_up(town: Town) -> None:
    case = forward(town, until="in_progress")
    finished(town, case, at=40 * MINUTE)
    closing = doing(town, Role.RESIDENT, town.now + 60 * MINUTE)
    assert actions.give_verdict(case_id=case.pk, doing=closing, verdict=GOOD).state == State.CLOSED
    view = view_of(town, case.pk, after=90 * MINUTE)
    spent = {phase: view.phases[phase] for phase in Phase}
    assert spent == {
        Phase.DISCOVER: MINUTE,
        Phase.ASSESS: MINUTE,
        Phase.CLASSIFY: 2 * MINUTE,
        Phase.DISPOSE: 36 * MINUTE,
        Phase.FEEDBACK: 20 * MINUTE,
    }
    events = [Event(s.at, s.action, State(s.to_state)) for s in view.steps]
    assert sum(spent.values(), timedelta()) == open_time(events, town.now + DAY) == HOUR
    with travel(town.now + 90 * MINUTE):
        page = browser(town, Role.DISPATCHER).get(
            f"/desk/case/{case.number}/", headers={"Accept-Language": "en"}
        )
    assert [span.spent for span in page.context["phases"]] == list(spent.values())
    assert "36 min" in words(page)


# -- S25, E17 ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("channel", [c.value for c in Channel])
def test_s25_every_channel_makes_the_same_case(town: Town, channel: str) -> None:
    behalf = channel in {"phone", "hotline", "counter", "door", "grid_worker", "corner", "letter"}
    receipt = actions.open_case(
        viewer=town.viewer(Role.COMMUNITY_CLERK) if behalf else town.viewer(Role.RESIDENT),
        request=Request(
            text="路灯不亮，晚上看不清路",
            place=Place(lon=middle(0, 0)[0], lat=middle(0, 0)[1]),
            category_code="power.light",
            channel=channel,
            on_behalf=behalf,
        ),
        now=town.now,
        key=uuid4(),
    )
    case = Case.objects.get(pk=receipt.case_id)
    assert (case.state, case.channel, case.case_class) == (State.REGISTERED, channel, "general")
    assert case.grid_id == town.areas["G11"]
    assert case.due_at == town.now + 30 * MINUTE
    assert {c.kind for c in view_of(town, case.pk, after=MINUTE).clocks} == {
        "response",
        "solution",
        "legal",
    }
    first = Step.objects.get(case_id=case.pk)
    assert first.data["on_behalf"] is behalf
    assert first.relation == (Actor.TRIAGE if behalf else Actor.REPORTER)


def test_e17_an_entry_on_behalf_names_who_entered_it_and_belongs_to_the_resident_by_receipt(
    town: Town,
) -> None:
    clerk = town.viewer(Role.COMMUNITY_CLERK)
    receipt = actions.open_case(
        viewer=clerk,
        request=Request(
            text="老人来窗口反映水管漏水",
            place=Place(address="和平社区服务中心"),
            channel="counter",
            on_behalf=True,
            reporter=Reporter(name="王大爷", phone="13900000002"),
        ),
        now=town.now,
        key=uuid4(),
    )
    case = Case.objects.get(pk=receipt.case_id)
    assert (case.entered_by, case.reporter_id) == (clerk.user_id, None)
    first = view_of(town, case.pk, after=MINUTE).steps[0]
    assert (first.actor_name, first.channel, first.data["on_behalf"]) == (
        clerk.name,
        "counter",
        True,
    )
    own = queries.case_by_receipt(
        Viewer.anonymous(COUNTY), number=receipt.number, token=receipt.token, now=town.now
    )
    assert own.is_mine and own.case.pk == case.pk
    assert Outbox.objects.filter(template="case_received", recipient="13900000002").exists()


# -- S27, S28, S29 -----------------------------------------------------------------------------------
def test_s27_a_general_case_has_one_hour_of_duty_time_with_the_wall_clock_beside_it(
    town: Town,
) -> None:
    evening = town.now + timedelta(hours=11, minutes=40)  # 20:40; duty ends at 21:00
    receipt = report(town, at=evening)
    morning = evening + 11 * HOUR  # 07:40
    view = queries.case_detail(town.viewer(Role.DISPATCHER), case_id=receipt.case_id, now=morning)
    reading = clock(view, ClockKind.SOLUTION).reading
    assert reading.budget == HOUR
    assert reading.due == evening + timedelta(hours=11, minutes=30)  # 08:10
    assert reading.elapsed_working == 30 * MINUTE
    assert reading.elapsed_wall == 11 * HOUR
    with travel(morning):
        page = words(
            browser(town, Role.DISPATCHER).get(
                f"/desk/case/{receipt.number}/", headers={"Accept-Language": "en"}
            )
        )
    assert "30 minutes of duty time of 1 hour of duty time left" in page
    assert "11 hours by the wall clock" in page
    assert "outside duty hours, not counted" in page


def test_s27_danger_to_life_runs_by_the_wall_clock(town: Town) -> None:
    evening = town.now + timedelta(hours=13)
    receipt = report(town, at=evening, text="楼道里煤气泄漏，味道很大")
    assert Case.objects.get(pk=receipt.case_id).safety
    view = queries.case_detail(town.viewer(Role.DISPATCHER), case_id=receipt.case_id, now=evening)
    assert clock(view, ClockKind.SOLUTION).reading.due == evening + HOUR


def test_s28_a_major_case_has_one_day_by_the_wall_clock_and_needs_a_photo_of_the_result(
    town: Town,
) -> None:
    case = forward(town, until="in_progress", category="water.sewer", case_class="major")
    reading = clock(view_of(town, case.pk, after=20 * HOUR), ClockKind.SOLUTION).reading
    assert reading.due == town.now + DAY
    assert reading.elapsed_working == reading.elapsed_wall == 20 * HOUR
    answer = {1: "主管道已疏通并冲洗路面"}
    member = doing(town, Role.UNIT_MEMBER, town.now + 20 * HOUR)
    with pytest.raises(Invalid) as caught:
        actions.finish(case_id=case.pk, doing=member, result="solved", answers=answer)
    assert caught.value.code == "case.missing.photo"
    actions.attach(
        case_id=case.pk,
        doing=doing(town, Role.UNIT_MEMBER, town.now + 20 * HOUR),
        uploads=(Upload("photo", photo().read()),),
        phase="after",
    )
    done = actions.finish(
        case_id=case.pk,
        doing=doing(town, Role.UNIT_MEMBER, town.now + 21 * HOUR),
        result="solved",
        answers=answer,
    )
    assert done.state == State.VERIFY


def plan(town: Town, case: Case, *, at: timedelta) -> Case:
    return actions.publish_plan(
        case_id=case.pk,
        doing=doing(town, Role.UNIT_MEMBER, town.now + at),
        measures="一、现场查勘；二、协商拆除；三、修复防水并验收。",
        owner_name="刘强",
        milestones=(
            MilestoneGiven("查勘与协商", date(2026, 3, 9)),
            MilestoneGiven("拆除并验收", date(2026, 3, 20)),
        ),
    )


def test_s29_a_complex_case_owes_a_plan_within_a_week_of_the_report_and_the_resident_is_told(
    town: Town,
) -> None:
    case = forward(
        town, until="in_progress", category="order.illegal_building", case_class="complex",
        phone="13900000003",
    )  # fmt: skip
    promised = clock(view_of(town, case.pk, after=HOUR), ClockKind.PLAN).reading
    assert promised.due == town.now + 7 * DAY
    member = doing(town, Role.UNIT_MEMBER, town.now + HOUR)
    with pytest.raises(Conflict) as caught:
        actions.finish(case_id=case.pk, doing=member, result="solved", answers={1: "已经拆除了"})
    assert caught.value.code == "case.plan_first"
    assert plan(town, case, at=5 * DAY).state == State.PLANNED
    view = view_of(town, case.pk, Role.RESIDENT, after=5 * DAY + HOUR)
    assert clock(view, ClockKind.PLAN).reading.state is ClockState.MET
    assert view.plan is not None and view.plan.owner_name == "刘强"
    assert [(m.title, m.due_on) for m in view.plan.milestones] == [
        ("查勘与协商", date(2026, 3, 9)),
        ("拆除并验收", date(2026, 3, 20)),
    ]
    assert Outbox.objects.filter(template="plan_published", recipient="13900000003").exists()


def test_s29_milestones_are_reported_one_by_one_and_solved_needs_all_of_them(town: Town) -> None:
    case = forward(
        town, until="in_progress", category="order.illegal_building", case_class="complex"
    )
    plan(town, case, at=DAY)
    actions.report_milestone(
        case_id=case.pk, doing=doing(town, Role.UNIT_MEMBER, town.now + 2 * DAY), n=1, text="已查勘"
    )
    assert list(Milestone.objects.order_by("n").values_list("n", "done_at")) == [
        (1, town.now + 2 * DAY),
        (2, None),
    ]
    with pytest.raises(Conflict) as caught:
        finished(town, case, at=3 * DAY)
    assert caught.value.code == "case.open_milestones"


# -- E1 ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("line", flow.TABLE, ids=lambda line: str(line.action))
def test_e1_each_action_is_open_to_its_actors_in_its_states_with_its_evidence_only(
    line: flow.Transition,
) -> None:
    everything = frozenset(Evidence)
    for state in State:
        for actor in Actor:
            asked = {
                "state": state, "action": line.action, "actors": frozenset({actor}),
                "evidence": everything, "before": State.ACCEPTED,
            }  # fmt: skip
            if state not in line.sources:
                with pytest.raises(flow.IllegalTransition):
                    flow.check(**asked)
            elif actor not in line.actors:
                with pytest.raises(flow.NotTheirTurn):
                    flow.check(**asked)
            else:
                wanted = State.ACCEPTED if line.resumes else line.target or state
                assert flow.check(**asked) == wanted
    for item in line.evidence:
        with pytest.raises(flow.EvidenceMissing):
            flow.check(
                state=min(line.sources), action=line.action, actors=line.actors,
                evidence=everything - {item},
            )  # fmt: skip


def test_e1_a_role_that_may_not_act_changes_nothing(town: Town) -> None:
    case = forward(town, until="dispatched")
    for role in (Role.COMMUNITY_CLERK, Role.DISPATCHER, Role.GRID_WORKER, Role.SUPERVISOR):
        with pytest.raises(Forbidden):
            actions.accept(case_id=case.pk, doing=doing(town, role, town.now + HOUR))
    with pytest.raises(NotFound):
        actions.accept(case_id=case.pk, doing=doing(town, Role.SYSTEM_ADMIN, town.now + HOUR))
    after = Case.objects.get(pk=case.pk)
    assert (after.state, after.step_count) == (State.DISPATCHED, case.step_count)


# -- E4 ----------------------------------------------------------------------------------------------
def test_e4_a_bad_verdict_asks_to_reopen_and_the_first_time_it_is_granted(town: Town) -> None:
    case = forward(town, until="in_progress")
    finished(town, case, at=30 * MINUTE)
    silent = VerdictGiven(answered=True, solved="no", satisfied="no")
    with pytest.raises(Invalid) as caught:
        actions.give_verdict(
            case_id=case.pk, doing=doing(town, Role.RESIDENT, town.now + HOUR), verdict=silent
        )
    assert caught.value.field == "reason"
    asked = actions.give_verdict(
        case_id=case.pk, doing=doing(town, Role.RESIDENT, town.now + HOUR), verdict=BAD
    )
    assert asked.state == State.REOPEN_REQ
    leader = Role.COMMUNITY_SECRETARY
    with pytest.raises(Conflict):
        actions.decide_reopen(
            case_id=case.pk, doing=doing(town, leader, town.now + HOUR), ok=False, text="不予重开"
        )
    again = actions.decide_reopen(
        case_id=case.pk, doing=doing(town, leader, town.now + 2 * HOUR), ok=True, text="重新处理"
    )
    assert (again.state, again.round, again.result) == (State.REOPENED, 2, "")
    reading = clock(view_of(town, case.pk, after=2 * HOUR), ClockKind.SOLUTION).reading
    assert (reading.round, reading.started) == (2, town.now + 2 * HOUR)


def test_e4_a_closed_case_can_be_reopened_for_thirty_days(town: Town) -> None:
    case = forward(town, until="in_progress")
    finished(town, case, at=30 * MINUTE)
    closing = doing(town, Role.RESIDENT, town.now + HOUR)
    actions.give_verdict(case_id=case.pk, doing=closing, verdict=GOOD)
    closed_at = town.now + HOUR
    with pytest.raises(Conflict) as caught:
        actions.ask_reopen(
            case_id=case.pk,
            doing=doing(town, Role.RESIDENT, closed_at + 30 * DAY + MINUTE),
            text="又漏水了",
        )
    assert caught.value.code == "case.reopen_too_late"
    asked = actions.ask_reopen(
        case_id=case.pk, doing=doing(town, Role.RESIDENT, closed_at + 30 * DAY), text="又漏水了"
    )
    assert asked.state == State.REOPEN_REQ


# -- E8 ----------------------------------------------------------------------------------------------
def test_e8_standard_texts_are_offered_for_action_and_category_with_a_preview(town: Town) -> None:
    case = forward(town, until="in_progress")
    texts = queries.standard_texts(town.viewer(Role.UNIT_MEMBER), case=case, action=Action.FINISH)
    fixed = next(row for row in texts if row.code == "done-fixed")
    unit = view_of(town, case.pk, after=HOUR).unit
    assert unit in fixed.body and case.address in fixed.body
    assert "{" not in fixed.body
    client = browser(town, Role.UNIT_MEMBER)
    with travel(town.now + 10 * MINUTE):
        filled = client.get(
            f"/desk/case/{case.number}/text/?panel=finish&into=finish-answer_1&finish-standard=done-fixed"
        )
    assert fixed.body in filled.content.decode()
    assert queries.preview("{number} {what}", case=case, viewer=town.viewer(Role.UNIT_MEMBER)) == (
        f"{case.number} {{what}}"
    )


# -- E2, N7 ------------------------------------------------------------------------------------------
def test_n7_a_request_with_parts_is_answered_part_by_part(town: Town) -> None:
    receipt = report(town, parts=("水管漏水", "路灯不亮"), text="两件事：水管漏水，路灯不亮")
    clerk = Role.COMMUNITY_CLERK
    actions.start_triage(case_id=receipt.case_id, doing=doing(town, clerk))
    half = {1: "已更换水管阀门"}
    with pytest.raises(Invalid) as caught:
        actions.answer_now(case_id=receipt.case_id, doing=doing(town, clerk), answers=half)
    assert caught.value.field == "answer_2"
    both = {**half, 2: "路灯今晚检修"}
    case = actions.answer_now(case_id=receipt.case_id, doing=doing(town, clerk), answers=both)
    assert case.state == State.CALLBACK
    parts = view_of(town, case.pk, after=HOUR).parts
    assert [(part.text, part.answer) for part in parts] == [
        ("水管漏水", "已更换水管阀门"),
        ("路灯不亮", "路灯今晚检修"),
    ]


# -- N1 ----------------------------------------------------------------------------------------------
def test_n1_every_figure_is_explained_by_lines_that_add_up(town: Town) -> None:
    case = forward(town, until="in_progress", at=town.now + timedelta(hours=11, minutes=30))
    asked = town.now + timedelta(hours=11, minutes=45)
    actions.ask_info(case_id=case.pk, doing=doing(town, Role.UNIT_MEMBER, asked), text="请补充楼号")
    answered = town.now + timedelta(hours=23, minutes=0)
    actions.supply_info(case_id=case.pk, doing=doing(town, Role.RESIDENT, answered), text="三号楼")
    view = view_of(town, case.pk, after=timedelta(days=4))
    assert {one.kind for one in view.clocks} >= {"solution", "legal", "response", "sign"}
    for one in view.clocks:
        total = sum((line.amount for line in one.lines), timedelta())
        assert total == one.reading.elapsed_working, one.kind
        assert one.basis
    solution = clock(view, ClockKind.SOLUTION)
    codes = {line.code for line in solution.lines}
    assert {LineCode.STARTED, LineCode.PAUSED, LineCode.COUNTED, LineCode.OUTSIDE_HOURS} <= codes
    assert solution.reading.paused_wall == answered - asked


# -- N5 ----------------------------------------------------------------------------------------------
def test_n5_whoever_handled_a_case_does_not_call_back(town: Town) -> None:
    receipt = report(town, category="clean.rubbish", text="垃圾桶满了")
    worker = Role.GRID_WORKER
    actions.handle_on_spot(
        case_id=receipt.case_id,
        doing=Doing(town.viewer(worker), town.now + 9 * MINUTE, uuid4(), "door"),
        category_code="clean.rubbish",
        answers={1: "已当场清运"},
    )
    for role in (worker, Role.COMMUNITY_CLERK, Role.SUPERVISOR):
        with pytest.raises(Forbidden):
            actions.give_verdict(
                case_id=receipt.case_id, doing=doing(town, role, town.now + HOUR), verdict=GOOD
            )
    called = doing(town, Role.CALLBACK_AGENT, town.now + HOUR)
    closed = actions.give_verdict(case_id=receipt.case_id, doing=called, verdict=GOOD)
    assert closed.state == State.CLOSED
    row = Verdict.objects.get(case_id=receipt.case_id)
    assert (row.answered, row.solved, row.satisfied, row.by_reporter) == (True, "yes", "yes", False)


def test_n5_unreachable_is_kept_apart_after_three_tries_on_two_days(town: Town) -> None:
    case = forward(town, until="in_progress")
    finished(town, case, at=30 * MINUTE)
    states = []
    for after in (HOUR, 2 * HOUR, 25 * HOUR):
        agent = doing(town, Role.CALLBACK_AGENT, town.now + after)
        states.append(actions.log_callback(case_id=case.pk, doing=agent, note="无人接听").state)
    assert states == [State.CALLBACK, State.CALLBACK, State.CLOSED]
    last = Step.objects.filter(case_id=case.pk).order_by("seq").last()
    assert last is not None and last.data["unreachable"] is True
    assert not Verdict.objects.filter(case_id=case.pk, reached=True).exists()
