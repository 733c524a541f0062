"""Checks against gaming (N6, N7, N8): each alarm shows its evidence; none is about a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onegrid.accounts.models import User
from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.actions import VerdictGiven
from onegrid.cases.checks.answers import likeness
from onegrid.cases.models import Alarm, Case
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.flow import State
from tests.county import Town
from tests.flows.test_supervision import said_by
from tests.web.staff import forward

MINUTE = timedelta(minutes=1)
GOOD = VerdictGiven(answered=True, solved="yes", satisfied="yes")
BAD = VerdictGiven(answered=True, solved="no", satisfied="no", reason="还在漏水")
LONG = "已更换三号楼东侧水管阀门并清扫积水，现场确认不再漏水"


def alarms(town: Town, case: Case) -> dict[str, Alarm]:
    """Let the checks look, twice, and return what they found by code."""
    assert case.pk in actions.to_check_ids()
    found = actions.check_case(case_id=case.pk, now=town.now + timedelta(days=1))
    assert actions.check_case(case_id=case.pk, now=town.now + timedelta(days=2)) == 0
    assert case.pk not in actions.to_check_ids()
    rows = {row.check_code: row for row in Alarm.objects.filter(case_id=case.pk)}
    assert len(rows) == found
    return rows


def finished(town: Town, case: Case, answers: dict[int, str], *, minutes: int = 1) -> Case:
    case = actions.finish(
        case_id=case.pk,
        doing=said_by(town, Role.UNIT_MEMBER, case, minutes),
        result="solved",
        answers=answers,
    )
    if case.state == State.VERIFY:
        checker = said_by(town, Role.GRID_WORKER, case)
        case = actions.verify(case_id=case.pk, doing=checker, ok=True, text="属实")
    return case


def test_n6_a_class_lowered_after_intake_is_shown_with_both_classes(town: Town) -> None:
    case = forward(town, until="in_progress", category="water.sewer", case_class="major")
    actions.reclassify(
        case_id=case.pk,
        doing=said_by(town, Role.COMMUNITY_CLERK, case),
        case_class="general",
        category_code="water.sewer",
        text="重新判断",
    )
    row = alarms(town, case)["class_lowered"]
    assert (row.evidence["before"], row.evidence["after"]) == ("major", "general")
    assert row.unit_id == town.units["water_bureau"]


def test_n6_a_class_made_heavier_is_no_alarm(town: Town) -> None:
    case = forward(town, until="in_progress")
    actions.reclassify(
        case_id=case.pk,
        doing=said_by(town, Role.COMMUNITY_CLERK, case),
        case_class="major",
        category_code="water.leak",
        text="范围扩大",
    )
    assert alarms(town, case) == {}


def test_n6_a_complaint_relabelled_as_inquiry_is_shown(town: Town) -> None:
    case = forward(town, until="triage")
    for kind in ("complaint", "inquiry"):
        case = actions.change_kind(
            case_id=case.pk,
            doing=said_by(town, Role.COMMUNITY_CLERK, case),
            kind=kind,
            text="改为咨询",
        )
    row = alarms(town, case)["kind_softened"]
    assert (row.evidence["before"], row.evidence["after"]) == ("complaint", "inquiry")
    with pytest.raises(Conflict):
        actions.change_kind(
            case_id=case.pk,
            doing=said_by(town, Role.COMMUNITY_CLERK, case),
            kind="inquiry",
            text="再改",
        )


def test_n6_a_copied_answer_names_the_other_case_and_how_alike_they_are(town: Town) -> None:
    first = finished(town, forward(town, until="in_progress"), {1: LONG})
    second = finished(
        town, forward(town, until="in_progress"), {1: LONG.replace("三号楼", "五号楼")}
    )
    evidence = alarms(town, second)["copied"].evidence
    assert evidence["other_case"] == first.number
    assert 90 <= evidence["percent"] <= 100
    assert evidence["answer"] != evidence["other_answer"]


def test_n6_a_different_answer_of_the_unit_is_no_copy(town: Town) -> None:
    finished(town, forward(town, until="in_progress"), {1: LONG})
    other = finished(
        town, forward(town, until="in_progress"), {1: "主管道堵塞点已疏通，约定周五复查水压"}
    )
    assert "copied" not in alarms(town, other)


def test_n6_an_answer_that_says_too_little_is_shown(town: Town) -> None:
    case = finished(town, forward(town, until="in_progress"), {1: "已处理。"})
    evidence = alarms(town, case)["too_short"].evidence
    assert (evidence["part"], evidence["answer"], evidence["length"]) == (1, "已处理。", 3)


@pytest.mark.parametrize("lazy", ["同上一条", LONG])
def test_n7_a_part_without_an_answer_of_its_own_is_shown(town: Town, lazy: str) -> None:
    case = forward(town, until="in_progress", parts=("水管漏水", "路灯不亮"))
    case = finished(town, case, {1: LONG, 2: lazy})
    assert alarms(town, case)["part_left"].evidence["part"] == 2


def test_n6_done_minutes_before_due_and_then_reopened_is_shown(town: Town) -> None:
    case = forward(town, until="in_progress")
    case = finished(town, case, {1: LONG}, minutes=53)  # 58 of 60 minutes
    assert "just_in_time" not in alarms(town, case)
    actions.give_verdict(case_id=case.pk, doing=said_by(town, Role.RESIDENT, case), verdict=BAD)
    evidence = alarms(town, case)["just_in_time"].evidence
    assert evidence["minutes_left"] == 2.0


def test_n6_done_well_before_due_and_reopened_is_no_alarm(town: Town) -> None:
    case = finished(town, forward(town, until="in_progress"), {1: LONG}, minutes=20)
    actions.give_verdict(case_id=case.pk, doing=said_by(town, Role.RESIDENT, case), verdict=BAD)
    assert "just_in_time" not in alarms(town, case)


def test_n6_a_verdict_from_the_number_of_the_handler_is_shown_without_the_number(
    town: Town,
) -> None:
    member = town.viewer(Role.UNIT_MEMBER).user_id
    User.objects.filter(pk=member).update(phone="13800000066")
    case = forward(town, until="in_progress", phone="13800000066")
    case = finished(town, case, {1: LONG})
    agent = said_by(town, Role.CALLBACK_AGENT, case)
    actions.give_verdict(case_id=case.pk, doing=agent, verdict=GOOD)
    row = alarms(town, case)["own_call"]
    assert row.evidence == {"how": "number_of_handler"}
    assert "13800000066" not in str(row.evidence)


def test_an_ordinary_case_raises_no_alarm(town: Town) -> None:
    case = finished(town, forward(town, until="in_progress"), {1: LONG}, minutes=20)
    agent = said_by(town, Role.CALLBACK_AGENT, case)
    actions.give_verdict(case_id=case.pk, doing=agent, verdict=GOOD)
    assert alarms(town, case) == {}


def test_a_supervisor_settles_an_alarm_once_and_in_words(town: Town) -> None:
    case = finished(town, forward(town, until="in_progress"), {1: "已处理。"})
    row = alarms(town, case)["too_short"]
    supervisor = town.viewer(Role.SUPERVISOR)

    def settle(
        role: Role = Role.SUPERVISOR, finding: str = "confirmed", words: str = "属实"
    ) -> Alarm:
        return actions.settle_alarm(
            viewer=town.viewer(role), alarm_id=row.pk, finding=finding, words=words, now=town.now
        )

    for role in set(Role) - {Role.SUPERVISOR}:
        with pytest.raises(Forbidden):
            settle(role)
    for wrong, field in ({"finding": "guilty"}, "finding"), ({"words": " "}, "words"):
        with pytest.raises(Invalid) as caught:
            settle(**wrong)
        assert caught.value.field == field
    settled = settle()
    assert (settled.finding, settled.settled_by) == ("confirmed", supervisor.user_id)
    with pytest.raises(Conflict):
        settle()


def test_d11_an_alarm_is_about_a_case_and_its_unit_and_never_about_a_person(town: Town) -> None:
    columns = {field.name for field in Alarm._meta.concrete_fields}
    assert columns == {
        "id", "tenant_id", "case", "unit", "check_code", "round", "step_seq", "found_at",
        "evidence", "finding", "settled_at", "settled_by", "words",
    }  # fmt: skip
    case = forward(town, until="in_progress", parts=("漏水", "路灯"))
    case = finished(town, case, {1: "已处理。", 2: "同上一条"}, minutes=53)
    actions.give_verdict(case_id=case.pk, doing=said_by(town, Role.RESIDENT, case), verdict=BAD)
    people: set[str] = set()
    for viewer in town.staff.values():
        people |= {str(viewer.user_id), viewer.name}
    rows = alarms(town, case)
    assert len(rows) >= 3
    for row in rows.values():
        assert not [word for word in people if word and word in str(row.evidence)]


def test_likeness_counts_pairs_of_signs() -> None:
    assert likeness("已经处理完毕", "已经处理完毕。") == 1.0
    assert likeness("已经处理完毕", "路灯恢复照明") == 0.0
    assert likeness("", "路灯") == 0.0
