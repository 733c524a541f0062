"""The closed loop at the level of actions."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions import Doing, MilestoneGiven, VerdictGiven
from onegrid.cases.models import Case, Clock, Step
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from tests.county import Town, doing, report


def test_a_general_case_goes_from_report_to_closed_within_its_hour(town: Town) -> None:
    receipt = report(town)
    minute = timedelta(minutes=1)
    at = town.now
    actions.start_triage(
        case_id=receipt.case_id, doing=doing(town, Role.COMMUNITY_CLERK, at + minute)
    )
    actions.classify(
        case_id=receipt.case_id,
        doing=doing(town, Role.COMMUNITY_CLERK, at + 2 * minute),
        case_class="general",
        category_code="water.leak",
    )
    actions.dispatch(
        case_id=receipt.case_id,
        doing=doing(town, Role.COMMUNITY_CLERK, at + 3 * minute),
        unit_id=town.units["water_bureau"],
    )
    handler = Role.UNIT_MEMBER
    actions.accept(case_id=receipt.case_id, doing=doing(town, handler, at + 5 * minute))
    actions.start(
        case_id=receipt.case_id, doing=doing(town, handler, at + 10 * minute), text="已电话联系"
    )
    case = actions.finish(
        case_id=receipt.case_id,
        doing=doing(town, handler, at + 40 * minute),
        result="solved",
        answers={1: "已更换水管阀门"},
    )
    if case.state == "verify":
        case = actions.verify(
            case_id=case.pk,
            doing=doing(town, Role.GRID_WORKER, at + 50 * minute),
            ok=True,
            text="现场查看无漏水",
        )
    assert case.state == "callback"
    case = actions.give_verdict(
        case_id=case.pk,
        doing=doing(town, Role.RESIDENT, at + 60 * minute),
        verdict=VerdictGiven(answered=True, solved="yes", satisfied="yes"),
    )
    assert case.state == "closed"
    solution = Clock.objects.get(case_id=case.pk, kind="solution")
    assert solution.ended_at is not None and solution.ended_at <= solution.due_at
    assert solution.due_at == town.now + timedelta(hours=1)
    assert [s.seq for s in Step.objects.filter(case_id=case.pk).order_by("seq")] == list(
        range(1, case.step_count + 1)
    )


def test_the_same_key_opens_one_case_and_answers_alike(town: Town) -> None:
    from onegrid.cases.actions import Place, Request

    key = uuid4()
    request = Request(text="路灯不亮", place=Place(address="东门"), category_code="power.light")
    first = actions.open_case(
        viewer=town.viewer(Role.RESIDENT), request=request, now=town.now, key=key
    )
    again = actions.open_case(
        viewer=town.viewer(Role.RESIDENT), request=request, now=town.now, key=key
    )
    assert (first.case_id, first.number, first.token) == (again.case_id, again.number, again.token)
    assert again.again and not first.again
    assert Case.objects.count() == 1


def test_a_unit_of_another_case_gets_not_found(town: Town) -> None:
    receipt = report(town)
    with pytest.raises(NotFound):
        actions.accept(case_id=receipt.case_id, doing=doing(town, Role.UNIT_MEMBER))


def test_a_clerk_cannot_verify(town: Town) -> None:
    receipt = report(town)
    with pytest.raises(Conflict):
        actions.verify(
            case_id=receipt.case_id, doing=doing(town, Role.COMMUNITY_CLERK), ok=True, text="好"
        )
    with pytest.raises(Forbidden):
        actions.withdraw(
            case_id=receipt.case_id, doing=doing(town, Role.COMMUNITY_CLERK), text="算了"
        )


def test_nothing_said_is_refused_with_the_field(town: Town) -> None:
    with pytest.raises(Invalid) as caught:
        report(town, text="   ")
    assert caught.value.field == "text"


def test_a_grid_worker_solves_a_matter_on_the_spot(town: Town) -> None:
    receipt = report(town, category="clean.rubbish", text="垃圾桶满了")
    case = actions.handle_on_spot(
        case_id=receipt.case_id,
        doing=Doing(
            town.viewer(Role.GRID_WORKER), town.now + timedelta(minutes=9), uuid4(), "door"
        ),
        category_code="clean.rubbish",
        answers={1: "已通知清运并当场清理"},
    )
    assert case.state == "callback"
    assert case.result == "solved"


def test_the_sweep_marks_once_and_changes_nothing_the_second_time(town: Town) -> None:
    receipt = report(town)
    late = town.now + timedelta(hours=3)
    assert actions.due_case_ids(now=late) == [receipt.case_id]
    assert actions.mark_case(case_id=receipt.case_id, now=late) >= 2
    assert actions.mark_case(case_id=receipt.case_id, now=late) == 0
    assert Case.objects.get(pk=receipt.case_id).mark == "overdue"


def test_a_case_goes_on_when_nobody_sends_what_was_asked_for(town: Town) -> None:
    receipt = report(town)
    clerk = Role.COMMUNITY_CLERK
    actions.start_triage(case_id=receipt.case_id, doing=doing(town, clerk))
    asked = town.now + timedelta(minutes=5)
    actions.ask_info(case_id=receipt.case_id, doing=doing(town, clerk, asked), text="哪一栋楼？")
    assert actions.waited_out_ids(now=asked + timedelta(days=4)) == []
    late = asked + timedelta(days=5, minutes=1)
    assert actions.waited_out_ids(now=late) == [receipt.case_id]
    system = Doing(Viewer.system(town.viewer(clerk).tenant_id), late, uuid4())
    case = actions.give_up_waiting(case_id=receipt.case_id, doing=system)
    assert case.state == "triage"
    with pytest.raises(Conflict):
        actions.give_up_waiting(case_id=case.pk, doing=Doing(system.viewer, late, uuid4()))


def test_the_timers_serve_every_county(town: Town) -> None:
    from onegrid.cases import jobs

    report(town)
    with time_machine.travel(town.now + timedelta(hours=3), tick=False):
        assert jobs.sweep_clocks(timestamp=0) >= 2
        assert jobs.sweep_clocks(timestamp=0) == 0
        assert jobs.end_waits(timestamp=0) == 0


def test_a_complex_case_is_not_solved_while_milestones_are_open(town: Town) -> None:
    receipt = report(town, category="housing.leak", text="外墙渗水多年没有解决")
    case_id, clerk, member = receipt.case_id, Role.COMMUNITY_CLERK, Role.UNIT_MEMBER
    actions.start_triage(case_id=case_id, doing=doing(town, clerk))
    actions.classify(
        case_id=case_id,
        doing=doing(town, clerk),
        case_class="complex",
        category_code="housing.leak",
    )
    actions.dispatch(case_id=case_id, doing=doing(town, clerk), unit_id=town.units["water_bureau"])
    actions.accept(case_id=case_id, doing=doing(town, member))
    actions.start(case_id=case_id, doing=doing(town, member), text="已上门查看")
    actions.publish_plan(
        case_id=case_id,
        doing=doing(town, member),
        measures="一、查明原因；二、组织施工；三、业主验收。",
        owner_name="张工",
        milestones=(MilestoneGiven("施工", (town.now + timedelta(days=3)).date()),),
    )
    with pytest.raises(Conflict, match="open_milestones"):
        actions.finish(
            case_id=case_id, doing=doing(town, member), result="solved", answers={1: "已翻新防水层"}
        )
    actions.report_milestone(case_id=case_id, doing=doing(town, member), n=1, text="施工完成")
    case = actions.finish(
        case_id=case_id, doing=doing(town, member), result="solved", answers={1: "已翻新防水层"}
    )
    assert case.state == "verify"


def test_waiting_for_verification_breaks_no_promise(town: Town) -> None:
    receipt = report(town, category="housing.lift", text="电梯坏了")
    case_id, clerk, member = receipt.case_id, Role.COMMUNITY_CLERK, Role.UNIT_MEMBER
    hour = timedelta(hours=1)
    actions.start_triage(case_id=case_id, doing=doing(town, clerk))
    actions.classify(
        case_id=case_id, doing=doing(town, clerk), case_class="major", category_code="housing.lift"
    )
    actions.dispatch(case_id=case_id, doing=doing(town, clerk), unit_id=town.units["water_bureau"])
    actions.accept(case_id=case_id, doing=doing(town, member))
    actions.start(case_id=case_id, doing=doing(town, member), text="已联系")
    done = town.now + 23 * hour
    actions.finish(
        case_id=case_id,
        doing=doing(town, member, done),
        result="transferred",
        answers={1: "已转电梯维保单位处理"},
    )
    late = town.now + 40 * hour
    actions.verify(case_id=case_id, doing=doing(town, Role.GRID_WORKER, late), ok=True, text="属实")
    clock = Clock.objects.get(case_id=case_id, kind="solution")
    assert clock.ended_at == done
    assert clock.ended_at <= clock.due_at
    assert clock.mark != "overdue"
