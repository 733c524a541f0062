"""Leading and helping units, meetings: case-workflow section 4, Weifang regulation Arts 22 and 23."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, queries
from onegrid.cases.actions import CoUnitGiven, VerdictGiven
from onegrid.cases.models import Case, CoUnit, Meeting
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from tests.county import Town, middle
from tests.flows.sharing import DAY, HOUR, MINUTE, again, by, dispatch, last, member
from tests.web.staff import forward

TASK = "封闭人行道并设置警示"
REPORT = "已封闭人行道，警示牌三处"
ANSWERS = {1: "已更换水管阀门，不再漏水"}


def shared(town: Town, **more: str) -> Case:
    """Dispatch a case to the water bureau with the urban management helping, at 09:02."""
    case = forward(town, until="classified", **more)
    given = (CoUnitGiven(town.units["urban_management"], TASK),)
    return dispatch(town, case, "water_bureau", 2 * MINUTE, co_units=given)


def helper(town: Town) -> Viewer:
    return member(town, "urban_management")


def begun(town: Town, case: Case) -> Case:
    actions.accept(case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, 4 * MINUTE))
    return actions.start(
        case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, 5 * MINUTE), text="已联系"
    )


def finish(town: Town, case: Case, at: timedelta) -> Case:
    return actions.finish(
        case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, at), result="solved", answers=ANSWERS
    )


def report(town: Town, case: Case, who: Role | Viewer, at: timedelta) -> Case:
    return actions.co_report(case_id=case.pk, doing=by(town, who, at), text=REPORT)


def test_a_helping_unit_has_its_task_and_a_fifth_less_time_than_the_leading_one(
    town: Town,
) -> None:
    case = shared(town)
    row = CoUnit.objects.get(case_id=case.pk)
    assert (row.unit_id, row.task, row.round) == (town.units["urban_management"], TASK, 1)
    assert case.co_unit_ids == [town.units["urban_management"]]
    left = 58 * MINUTE
    assert row.due_at == town.now + 2 * MINUTE + left * 0.8
    assert last(case).data["units"] == ["县综合行政执法局"]


def test_the_helping_unit_sees_the_case_on_its_desk_and_no_longer_once_released(
    town: Town,
) -> None:
    case, who = shared(town), helper(town)
    page = queries.desk_queue(who, filters=queries.Filters())
    assert [row.number for row in page.rows] == [case.number]
    actions.release_unit(
        case_id=case.pk,
        doing=by(town, Role.DISPATCHER, 10 * MINUTE),
        unit_id=town.units["urban_management"],
        text="现场不影响通行",
    )
    assert queries.desk_queue(who, filters=queries.Filters(which="all")).total == 0
    with pytest.raises(NotFound):
        report(town, case, who, 11 * MINUTE)


def test_a_helping_unit_reports_once_and_does_not_lead(town: Town) -> None:
    case, who = begun(town, shared(town)), helper(town)
    report(town, case, who, 20 * MINUTE)
    row = CoUnit.objects.get(case_id=case.pk)
    assert (row.report, row.reported_at) == (REPORT, town.now + 20 * MINUTE)
    with pytest.raises(Conflict) as caught:
        report(town, case, who, 21 * MINUTE)
    assert caught.value.code == "joint.reported"
    with pytest.raises(Forbidden):
        actions.finish(
            case_id=case.pk, doing=by(town, who, 22 * MINUTE), result="solved", answers=ANSWERS
        )
    with pytest.raises(Forbidden):
        report(town, case, Role.UNIT_MEMBER, 22 * MINUTE)


def test_the_case_is_not_done_while_a_helping_unit_owes_its_report(town: Town) -> None:
    case = begun(town, shared(town))
    with pytest.raises(Conflict) as caught:
        finish(town, case, 30 * MINUTE)
    assert (caught.value.code, caught.value.params) == (
        "joint.unreported", {"units": "县综合行政执法局"},
    )  # fmt: skip
    assert again(case).state == "in_progress"
    report(town, case, helper(town), 31 * MINUTE)
    assert finish(town, case, 32 * MINUTE).state in {"callback", "verify"}


def test_a_unit_is_called_in_later_with_what_is_left_of_the_time(town: Town) -> None:
    case = begun(town, forward(town, until="dispatched"))
    done = actions.add_unit(
        case_id=case.pk,
        doing=by(town, Role.DISPATCHER, 20 * MINUTE),
        unit_id=town.units["power_company"],
        text="切断路灯电源",
    )
    row = CoUnit.objects.get(case_id=case.pk)
    assert (row.task, row.due_at) == ("切断路灯电源", town.now + 20 * MINUTE + 32 * MINUTE)
    assert done.co_unit_ids == [town.units["power_company"]]


@pytest.mark.parametrize(
    ("unit", "text", "code"),
    [
        ("water_bureau", TASK, "joint.leads"),
        ("urban_management", TASK, "joint.helps_already"),
        ("power_company", " ", "joint.task"),
    ],
)
def test_a_unit_that_leads_helps_already_or_has_no_task_is_refused(
    town: Town, unit: str, text: str, code: str
) -> None:
    case = shared(town)
    with pytest.raises((Invalid, Conflict)) as caught:
        actions.add_unit(
            case_id=case.pk,
            doing=by(town, Role.DISPATCHER, 5 * MINUTE),
            unit_id=town.units[unit],
            text=text,
        )
    assert caught.value.code == code
    assert again(case).co_unit_ids == [town.units["urban_management"]]


def test_the_sub_deadline_moves_with_the_pauses_of_the_case(town: Town) -> None:
    case = begun(town, shared(town))
    before = CoUnit.objects.get(case_id=case.pk).due_at
    asking = by(town, Role.UNIT_MEMBER, 10 * MINUTE)
    actions.ask_info(case_id=case.pk, doing=asking, text="具体哪一栋？")
    answering = by(town, Role.RESIDENT, 25 * MINUTE)
    actions.supply_info(case_id=case.pk, doing=answering, text="三号楼")
    after = CoUnit.objects.get(case_id=case.pk).due_at
    assert before is not None and after == before + 15 * MINUTE


def test_a_helping_unit_that_becomes_the_leading_one_helps_no_more(town: Town) -> None:
    case = shared(town)
    actions.ask_return(
        case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, 5 * MINUTE), text="不属于我局",
        item="第12项", unit_id=town.units["urban_management"],
    )  # fmt: skip
    actions.decide_return(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 6 * MINUTE), ok=True, text="属实"
    )
    done = dispatch(town, case, "urban_management", 7 * MINUTE)
    assert (done.lead_unit_id, done.co_unit_ids) == (town.units["urban_management"], [])
    assert CoUnit.objects.get(case_id=case.pk).released_at == town.now + 7 * MINUTE


def test_a_community_helps_through_its_own_staff(town: Town) -> None:
    case = forward(town, until="dispatched")
    actions.add_unit(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 5 * MINUTE),
        unit_id=town.units["community-C1"], text="通知住户",
    )  # fmt: skip
    with pytest.raises(Forbidden):
        actions.accept(case_id=case.pk, doing=by(town, Role.GRID_WORKER, 6 * MINUTE))
    report(town, case, Role.GRID_WORKER, 7 * MINUTE)
    assert CoUnit.objects.get(case_id=case.pk).reported_at == town.now + 7 * MINUTE


def test_whoever_helped_does_not_verify(town: Town) -> None:
    case = forward(town, until="dispatched", case_class="major")
    actions.add_unit(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 3 * MINUTE),
        unit_id=town.units["community-C1"], text="通知住户",
    )  # fmt: skip
    report(town, case, Role.GRID_WORKER, 4 * MINUTE)
    begun(town, case)
    actions.finish(
        case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, HOUR), result="transferred",
        answers=ANSWERS,
    )  # fmt: skip
    with pytest.raises(Forbidden):
        actions.verify(
            case_id=case.pk, doing=by(town, Role.GRID_WORKER, 2 * HOUR), ok=True, text="看过"
        )


def test_a_new_round_begins_without_helping_units(town: Town) -> None:
    case = begun(town, shared(town))
    report(town, case, helper(town), 20 * MINUTE)
    done = finish(town, case, 30 * MINUTE)
    if done.state == "verify":
        secretary = by(town, Role.COMMUNITY_SECRETARY, 31 * MINUTE)
        actions.verify(case_id=case.pk, doing=secretary, ok=True, text="看过")
    bad = VerdictGiven(answered=True, solved="no", satisfied="no", reason="还漏")
    actions.give_verdict(case_id=case.pk, doing=by(town, Role.RESIDENT, HOUR), verdict=bad)
    reopened = actions.decide_reopen(
        case_id=case.pk, doing=by(town, Role.STREET_OFFICER, 2 * HOUR), ok=True, text="重办"
    )
    assert (reopened.round, reopened.co_unit_ids) == (2, [])
    given = (CoUnitGiven(town.units["urban_management"], TASK),)
    dispatch(town, case, "water_bureau", 3 * HOUR, co_units=given)
    assert list(
        CoUnit.objects.filter(case_id=case.pk).order_by("round").values_list("round", "report")
    ) == [(1, REPORT), (2, "")]


def test_of_a_planned_case_a_helper_has_a_fifth_less_than_the_last_date_of_the_plan(
    town: Town,
) -> None:
    from tests.flows.test_request_loop import plan

    case = forward(
        town, until="in_progress", category="order.illegal_building", case_class="complex"
    )
    plan(town, case, at=DAY)
    actions.add_unit(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 2 * DAY),
        unit_id=town.units["housing_bureau"], text="复核结构安全",
    )  # fmt: skip
    row = CoUnit.objects.get(case_id=case.pk)
    end = town.now - 9 * HOUR + 19 * DAY  # midnight after 20 March
    assert row.due_at == town.now + 2 * DAY + (end - town.now - 2 * DAY) * 0.8


# -- meetings ------------------------------------------------------------------------------------
def hold_meeting(town: Town, case: Case, who: Role = Role.DISPATCHER, **wrong: object) -> Case:
    given: dict[str, object] = {
        "kind": "consultation",
        "held_at": town.now + HOUR,
        "unit_ids": [town.units["water_bureau"], town.units["housing_bureau"]],
        "minutes": "水利局、住建局到会，查看图纸。",
        "ruling": "由水利局牵头，住建局三日内提供管线图。",
        **wrong,
    }
    return actions.record_meeting(
        case_id=case.pk,
        doing=by(town, who, 2 * HOUR),
        **given,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("kind", ["consultation", "joint", "office"])
def test_a_meeting_is_recorded_with_units_minutes_and_ruling(town: Town, kind: str) -> None:
    case = forward(town, until="in_progress")
    done = hold_meeting(town, case, kind=kind)
    row = Meeting.objects.get(case_id=case.pk)
    assert (row.kind, len(row.unit_ids), row.held_at) == (kind, 2, town.now + HOUR)
    assert done.state == "in_progress"
    step = case.steps.get(action="meet")
    assert (step.text, step.data["units"], step.shown_to_reporter) == (
        row.ruling, ["县水利局", "县住房和城乡建设局"], True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"kind": "tea"}, "meeting.kind"),
        ({"unit_ids": []}, "meeting.units"),
        ({"unit_ids": [UUID(int=7)]}, "case.unit_unknown"),
        ({"minutes": " "}, "meeting.minutes"),
        ({"ruling": ""}, "meeting.ruling"),
        ({"held_at": "future"}, "meeting.held_at"),
    ],
)
def test_an_incomplete_meeting_is_refused(town: Town, wrong: dict[str, object], code: str) -> None:
    case = forward(town, until="in_progress")
    if wrong.get("held_at") == "future":
        wrong = {"held_at": town.now + DAY}
    with pytest.raises(Invalid) as caught:
        hold_meeting(town, case, **wrong)
    assert caught.value.code == code
    assert not Meeting.objects.exists()


def test_a_unit_does_not_write_the_minutes_of_its_own_consultation(town: Town) -> None:
    case = forward(town, until="in_progress")
    with pytest.raises(Forbidden):
        hold_meeting(town, case, Role.UNIT_MEMBER)


def test_minutes_are_for_staff_and_the_ruling_for_everybody_on_the_case(town: Town) -> None:
    case = forward(town, until="in_progress")
    hold_meeting(town, case)
    shown = {
        role: queries.sharing(
            queries.case_detail(town.viewer(role), case_id=case.pk, now=town.now + DAY)
        ).meetings[0]
        for role in (Role.DISPATCHER, Role.RESIDENT)
    }
    assert shown[Role.DISPATCHER].minutes and not shown[Role.RESIDENT].minutes
    assert shown[Role.RESIDENT].ruling == shown[Role.DISPATCHER].ruling


def test_a_case_of_another_community_cannot_be_shared_out(town: Town) -> None:
    case = forward(town, until="registered", point=middle(0, 1))  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        actions.add_unit(
            case_id=case.pk, doing=by(town, Role.COMMUNITY_CLERK, MINUTE),
            unit_id=town.units["power_company"], text=TASK,
        )  # fmt: skip
