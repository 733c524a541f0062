"""Holds, extensions and endings: case-workflow section 4, Weifang regulation Arts 20 and 21."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from onegrid.accounts.terms import Role
from onegrid.cases import actions, jobs, queries
from onegrid.cases.models import Ask, Case
from onegrid.cases.terms import HoldReason
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.clock import ClockKind, ClockState, LineCode, explain
from onegrid.duties.actions.law import new_version
from onegrid.duties.queries import rule_for
from onegrid.duties.terms import Parameter
from onegrid.notices.models import Outbox
from tests.county import Town
from tests.flows.sharing import DAY, HOUR, MINUTE, again, by, last, member, reading
from tests.web.staff import forward, travel

PHONE = "13900000003"
WHY = "连日大雨，路面无法施工"
OK = "情况属实，同意"


def working(town: Town, **more: str) -> Case:
    return forward(town, until="in_progress", phone=PHONE, **more)


def ask_hold(town: Town, case: Case, *, at: timedelta, until: timedelta) -> Case:
    return actions.ask_hold(
        case_id=case.pk,
        doing=by(town, Role.UNIT_MEMBER, at),
        reason="weather",
        until=town.now + until,
        text=WHY,
    )


def decide_hold(
    town: Town, case: Case, at: timedelta, *, ok: bool = True, who: Role = Role.DISPATCHER
) -> Case:
    return actions.decide_hold(case_id=case.pk, doing=by(town, who, at), ok=ok, text=OK)


def held(town: Town, case: Case) -> Case:
    """Put a case on hold from 09:20 to 10:30."""
    ask_hold(town, case, at=15 * MINUTE, until=90 * MINUTE)
    return decide_hold(town, case, 20 * MINUTE)


def told(template: str) -> dict[str, str]:
    return Outbox.objects.get(template=template, recipient=PHONE).params


# -- holds ---------------------------------------------------------------------------------------
def test_a_granted_hold_stops_the_clock_and_the_resident_is_told_reason_and_end(
    town: Town,
) -> None:
    case = working(town)
    asked = ask_hold(town, case, at=15 * MINUTE, until=90 * MINUTE)
    assert (asked.state, asked.asks_open) == ("in_progress", True)
    done = decide_hold(town, case, 20 * MINUTE)
    assert (done.state, done.asks_open) == ("on_hold", False)
    solution = reading(case, ClockKind.SOLUTION, town.now + HOUR)
    assert (solution.state, solution.elapsed_working) == (ClockState.PAUSED, 20 * MINUTE)
    assert reading(case, ClockKind.LEGAL, town.now + HOUR).state is ClockState.RUNNING
    params = told("case_on_hold")
    assert (params["reason"], params["until"]) == (str(HoldReason.WEATHER.label), "03-02 10:30")
    step = last(case)
    assert step.shown_to_reporter and step.data["hold"] == "weather"


def test_a_hold_ends_by_itself_at_its_end_and_not_before(town: Town) -> None:
    case = held(town, working(town))
    assert actions.hold_over_ids(now=town.now + 89 * MINUTE) == []
    end = town.now + 90 * MINUTE
    assert actions.hold_over_ids(now=end) == [case.pk]
    with travel(end):
        assert jobs.end_holds(0) == 1
        assert jobs.end_holds(0) == 0
    done = again(case)
    assert done.state == "in_progress"
    step = last(case)
    assert (step.action, step.relation, step.actor_role) == ("resume", "system", "system")
    solution = reading(case, ClockKind.SOLUTION, end)
    assert (solution.elapsed_working, solution.left) == (20 * MINUTE, 40 * MINUTE)
    assert Ask.objects.get(case_id=case.pk).ended_at == end


def test_a_hold_is_ended_by_hand_and_does_not_end_the_next_one(town: Town) -> None:
    case = held(town, working(town))
    actions.resume(
        case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, 30 * MINUTE), text="雨停，已复工"
    )
    assert again(case).state == "in_progress"
    assert told("case_resumed")["number"] == case.number
    ask_hold(town, case, at=40 * MINUTE, until=2 * HOUR)
    decide_hold(town, case, 41 * MINUTE)
    assert actions.hold_over_ids(now=town.now + 91 * MINUTE) == []
    assert actions.hold_over_ids(now=town.now + 2 * HOUR) == [case.pk]


def test_a_refused_hold_changes_nothing_but_the_record(town: Town) -> None:
    case = working(town)
    ask_hold(town, case, at=15 * MINUTE, until=90 * MINUTE)
    done = decide_hold(town, case, 20 * MINUTE, ok=False)
    assert (done.state, done.asks_open) == ("in_progress", False)
    assert Ask.objects.get(case_id=case.pk).state == "refused"
    assert not Outbox.objects.filter(template="case_on_hold").exists()


@pytest.mark.parametrize(
    ("reason", "until", "code"),
    [
        ("busy", 2 * HOUR, "hold.reason"),
        ("weather", -HOUR, "hold.until"),
        ("weather", 400 * DAY, "hold.until"),
    ],
)
def test_a_hold_needs_a_reason_of_the_list_and_an_end_in_the_future(
    town: Town, reason: str, until: timedelta, code: str
) -> None:
    case = working(town)
    with pytest.raises(Invalid) as caught:
        actions.ask_hold(
            case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, 15 * MINUTE), reason=reason,
            until=town.now + until, text=WHY,
        )  # fmt: skip
    assert caught.value.code == code
    assert not Ask.objects.exists()


@pytest.mark.parametrize("who", [Role.UNIT_MEMBER, Role.COMMUNITY_CLERK, Role.UNIT_HEAD])
def test_neither_the_unit_nor_the_community_decides(town: Town, who: Role) -> None:
    case = working(town)
    ask_hold(town, case, at=15 * MINUTE, until=90 * MINUTE)
    with pytest.raises(Forbidden):
        decide_hold(town, case, 20 * MINUTE, who=who)
    assert again(case).state == "in_progress"


def test_the_same_is_not_asked_twice_at_once(town: Town) -> None:
    case = working(town)
    ask_hold(town, case, at=15 * MINUTE, until=90 * MINUTE)
    with pytest.raises(Conflict) as caught:
        ask_hold(town, case, at=16 * MINUTE, until=90 * MINUTE)
    assert caught.value.code == "ask.open_already"


def test_pauses_beyond_twice_the_promise_need_a_street_leader(town: Town) -> None:
    case = working(town)
    ask_hold(town, case, at=15 * MINUTE, until=4 * HOUR)
    with pytest.raises(Forbidden) as caught:
        decide_hold(town, case, 20 * MINUTE)
    assert caught.value.code == "hold.cap"
    assert again(case).state == "in_progress"
    done = decide_hold(town, case, 21 * MINUTE, who=Role.STREET_OFFICER)
    assert done.state == "on_hold"


def test_the_cap_counts_what_was_paused_before(town: Town) -> None:
    case = held(town, working(town))
    actions.resume(case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, 90 * MINUTE), text="复工")
    ask_hold(town, case, at=91 * MINUTE, until=92 * MINUTE + 50 * MINUTE)
    decide_hold(town, case, 92 * MINUTE)
    actions.resume(case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, 142 * MINUTE), text="复工")
    ask_hold(town, case, at=143 * MINUTE, until=145 * MINUTE)
    with pytest.raises(Forbidden) as caught:
        decide_hold(town, case, 144 * MINUTE)
    assert caught.value.code == "hold.cap"


def test_a_hold_whose_end_has_passed_is_not_granted(town: Town) -> None:
    case = working(town)
    ask_hold(town, case, at=15 * MINUTE, until=30 * MINUTE)
    with pytest.raises(Conflict) as caught:
        decide_hold(town, case, 31 * MINUTE)
    assert caught.value.code == "hold.end_passed"


def test_what_was_asked_for_lapses_when_the_case_is_done_or_withdrawn(town: Town) -> None:
    case = working(town)
    ask_hold(town, case, at=15 * MINUTE, until=90 * MINUTE)
    done = actions.withdraw(case_id=case.pk, doing=by(town, Role.RESIDENT, HOUR), text="好了")
    assert not done.asks_open
    ask = Ask.objects.get(case_id=case.pk)
    assert (ask.state, ask.decided_at, ask.decided_by) == ("lapsed", town.now + HOUR, None)


def test_open_asks_wait_on_the_desk_of_whoever_decides(town: Town) -> None:
    case = working(town)
    dispatcher = town.viewer(Role.DISPATCHER)
    assert queries.desk_queue(dispatcher, filters=queries.Filters()).total == 0
    ask_hold(town, case, at=15 * MINUTE, until=90 * MINUTE)
    for role in (Role.DISPATCHER, Role.STREET_OFFICER):
        page = queries.desk_queue(town.viewer(role), filters=queries.Filters())
        assert [(row.number, row.asks_open) for row in page.rows] == [(case.number, True)]
    decide_hold(town, case, 20 * MINUTE)
    assert queries.desk_queue(dispatcher, filters=queries.Filters()).total == 0


# -- extensions ----------------------------------------------------------------------------------
def ask_more(town: Town, case: Case, minutes: int = 30, at: timedelta = 20 * MINUTE) -> Case:
    return actions.ask_extension(
        case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, at), minutes=minutes, text="配件须调运"
    )


def decide_more(town: Town, case: Case, at: timedelta = 25 * MINUTE, *, ok: bool = True) -> Case:
    return actions.decide_extension(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, at), ok=ok, text=OK
    )


def test_an_extension_moves_the_promise_by_what_was_granted_and_says_so(town: Town) -> None:
    case = working(town)
    ask_more(town, case)
    decide_more(town, case)
    solution = reading(case, ClockKind.SOLUTION, town.now + 30 * MINUTE)
    assert (solution.due, solution.budget) == (town.now + 90 * MINUTE, 90 * MINUTE)
    lines = explain(solution)
    granted = [line.granted for line in lines if line.code is LineCode.EXTENDED]
    assert granted == [30 * MINUTE]
    assert sum((line.amount for line in lines), timedelta()) == solution.elapsed_working
    params = told("case_extended")
    assert (params["reason"], params["due"]) == ("配件须调运", "03-02 10:30")


@pytest.mark.parametrize("minutes", [0, -5, 61])
def test_an_extension_is_at_most_as_long_as_the_promise(town: Town, minutes: int) -> None:
    case = working(town)
    with pytest.raises(Invalid) as caught:
        ask_more(town, case, minutes)
    assert (caught.value.code, caught.value.params) == ("extension.minutes", {"most": 60})


def test_an_extension_is_asked_for_once_in_a_round(town: Town) -> None:
    case = working(town)
    ask_more(town, case)
    decide_more(town, case, ok=False)
    assert again(case).extension_minutes == 0
    with pytest.raises(Conflict) as caught:
        ask_more(town, case, at=30 * MINUTE)
    assert caught.value.code == "extension.once"


def test_an_extension_comes_before_the_promise_falls_due(town: Town) -> None:
    late, slow = working(town), working(town)
    with pytest.raises(Conflict) as caught:
        ask_more(town, late, at=60 * MINUTE)
    assert caught.value.code == "extension.overdue"
    ask_more(town, slow, at=59 * MINUTE)
    with pytest.raises(Conflict) as caught:
        decide_more(town, slow, at=60 * MINUTE)
    assert caught.value.code == "extension.overdue"
    assert again(slow).extension_minutes == 0
    assert decide_more(town, slow, at=61 * MINUTE, ok=False).asks_open is False


def test_the_plan_of_a_complex_case_can_be_extended_until_it_is_published(town: Town) -> None:
    case = working(town, category="order.illegal_building", case_class="complex")
    ask_more(town, case, minutes=24 * 60)
    decide_more(town, case)
    assert reading(case, ClockKind.PLAN, town.now + HOUR).due == town.now + 8 * DAY


# -- ending without a solution -------------------------------------------------------------------
def explain_it(town: Town, case: Case, at: timedelta) -> Case:
    return actions.finish(
        case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, at), result="explained",
        answers={1: "规划未调整，暂时不能建设，原因已说明"},
    )  # fmt: skip


def test_a_dispatched_case_ends_without_a_solution_only_after_written_approval(town: Town) -> None:
    case = working(town)
    with pytest.raises(Conflict) as caught:
        explain_it(town, case, 20 * MINUTE)
    assert (caught.value.code, caught.value.field) == ("ending.needs_approval", "result")
    actions.ask_ending(
        case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, 21 * MINUTE), text="规划未调整"
    )
    with pytest.raises(Conflict):
        explain_it(town, case, 22 * MINUTE)
    own = member(town, "water_bureau", "二")
    with pytest.raises(Forbidden):
        actions.decide_ending(case_id=case.pk, doing=by(town, own, 23 * MINUTE), ok=True, text=OK)
    actions.decide_ending(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 24 * MINUTE), ok=True, text=OK
    )
    assert explain_it(town, case, 25 * MINUTE).result == "explained"


def test_a_refused_ending_leaves_the_case_to_be_solved(town: Town) -> None:
    case = working(town)
    actions.ask_ending(
        case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, 21 * MINUTE), text="规划未调整"
    )
    done = actions.decide_ending(
        case_id=case.pk, doing=by(town, Role.SUPERVISOR, 24 * MINUTE), ok=False, text="可以维修"
    )
    assert (done.state, done.asks_open) == ("in_progress", False)
    with pytest.raises(Conflict):
        explain_it(town, case, 25 * MINUTE)
    assert last(case).text == "可以维修"


def test_a_county_whose_rules_waive_the_approval_says_so(town: Town) -> None:
    rule = rule_for(Parameter.ENDING_APPROVAL, on=localtime(town.now).date())
    assert rule is not None
    new_version(
        rule_id=rule.id, text="本县暂不要求终止审批。", amount=0,
        valid_from=localtime(town.now).date(),
    )  # fmt: skip
    case = working(town)
    view = queries.case_detail(
        town.viewer(Role.UNIT_MEMBER), case_id=case.pk, now=town.now + 20 * MINUTE
    )
    shown = queries.ending_approval(view, queries.sharing(view), now=town.now + 20 * MINUTE)
    assert shown is queries.Approval.WAIVED
    assert explain_it(town, case, 20 * MINUTE).result == "explained"
