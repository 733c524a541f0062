"""Verification, call-back and reopening by level: N5, S24, E4; whom a complaint is about: D8."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from onegrid.accounts.terms import Role
from onegrid.cases import actions, queries
from onegrid.cases.actions import CoUnitGiven, VerdictGiven
from onegrid.cases.models import Case, Reminder, Step
from onegrid.cases.queries import Filters
from onegrid.cases.standing import relations
from onegrid.common.refusals import Conflict, Forbidden, NotFound
from onegrid.core.flow import Action, Actor, State
from tests.county import Town, doing
from tests.flows.test_supervision import called_back, said_by
from tests.web.staff import forward

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ANSWER = {1: "已更换水管阀门，现场不再漏水"}
BAD = VerdictGiven(answered=True, solved="partly", satisfied="no", reason="处理得不好")


def asked_again(town: Town, case: Case) -> Case:
    """Let the resident be dissatisfied."""
    return actions.give_verdict(
        case_id=case.pk, doing=said_by(town, Role.RESIDENT, case), verdict=BAD
    )


def handled_again(town: Town, case: Case) -> Case:
    """Take a reopened case to call-back once more."""
    actions.dispatch(
        case_id=case.pk,
        doing=said_by(town, Role.COMMUNITY_CLERK, case),
        unit_id=town.units["water_bureau"],
    )
    member = Role.UNIT_MEMBER
    actions.accept(case_id=case.pk, doing=said_by(town, member, case))
    actions.start(case_id=case.pk, doing=said_by(town, member, case), text="再次联系")
    case = actions.finish(
        case_id=case.pk, doing=said_by(town, member, case), result="solved", answers=ANSWER
    )
    if case.state == State.VERIFY:
        checker = said_by(town, Role.GRID_WORKER, case)
        case = actions.verify(case_id=case.pk, doing=checker, ok=True, text="属实")
    return case


def reopened(town: Town, case: Case, role: Role = Role.STREET_OFFICER) -> Case:
    return actions.decide_reopen(
        case_id=case.pk, doing=said_by(town, role, case), ok=True, text="同意重开"
    )


def study(town: Town, case: Case) -> None:
    """Record that the government office has studied the case."""
    when = said_by(town, Role.SUPERVISOR, case)
    actions.record_meeting(
        case_id=case.pk, doing=when, kind="office", held_at=when.now - MINUTE,
        unit_ids=[town.units["water_bureau"]], minutes="研究了反复重开的原因", ruling="由水务局限期解决",
    )  # fmt: skip


def test_e4_the_first_reopening_is_by_right_and_goes_to_the_leader(town: Town) -> None:
    case = asked_again(town, called_back(town))
    assert case.state == State.REOPEN_REQ
    leader = town.viewer(Role.COMMUNITY_SECRETARY)
    assert Reminder.objects.filter(reason="reopening", account_id=leader.user_id).count() == 1
    waiting = queries.desk_queue(leader, filters=Filters(which="turn"))
    assert case.pk in {row.id for row in waiting.rows}
    with pytest.raises(Conflict) as caught:
        actions.decide_reopen(
            case_id=case.pk,
            doing=said_by(town, Role.COMMUNITY_SECRETARY, case),
            ok=False,
            text="已经解决",
        )
    assert caught.value.code == "case.first_reopen_by_right"
    again = reopened(town, case, Role.COMMUNITY_SECRETARY)
    assert (again.state, again.round) == (State.REOPENED, 2)
    assert Step.objects.get(case_id=case.pk, action=Action.REOPEN).data["level"] == 1


def test_e4_the_second_needs_the_street_and_the_third_a_study_by_the_office(town: Town) -> None:
    case = reopened(town, asked_again(town, called_back(town)), Role.COMMUNITY_SECRETARY)
    case = asked_again(town, handled_again(town, case))
    street = town.viewer(Role.STREET_OFFICER).user_id
    assert Reminder.objects.filter(reason="reopening", account_id=street).exists()
    for role in (Role.COMMUNITY_SECRETARY, Role.UNIT_HEAD):
        with pytest.raises(Forbidden) as caught:
            reopened(town, case, role)
        assert caught.value.code == "reopen.needs_street"
    case = reopened(town, case)
    assert (case.round, case.state) == (3, State.REOPENED)
    case = handled_again(town, case)
    case = asked_again(town, case)
    office = town.viewer(Role.SUPERVISOR).user_id
    assert Reminder.objects.filter(reason="reopening", account_id=office).exists()
    with pytest.raises(Conflict) as missing:
        reopened(town, case)
    assert missing.value.code == "reopen.needs_study"
    study(town, case)
    assert reopened(town, case).round == 4
    assert case.supervised, "reopened again: a supervision keeps the case from closing"
    rules = set(case.supervisions.values_list("rule", "kind", "trigger"))
    assert rules == {("reopened_again", "listed", 4)}


def test_n5_three_calls_on_one_day_are_not_enough(town: Town) -> None:
    case = called_back(town)
    start = case.changed_at
    for n in range(3):
        agent = doing(town, Role.CALLBACK_AGENT, start + (n + 1) * MINUTE)
        case = actions.log_callback(case_id=case.pk, doing=agent, note="无人接听")
    assert case.state == State.CALLBACK
    agent = doing(town, Role.CALLBACK_AGENT, start + DAY)
    assert actions.log_callback(case_id=case.pk, doing=agent, note="无人接听").state == "closed"


def test_n5_unreachable_stands_apart_on_the_board(town: Town) -> None:
    reached, lost = called_back(town), called_back(town)
    good = VerdictGiven(answered=True, solved="yes", satisfied="yes")
    agent = said_by(town, Role.CALLBACK_AGENT, reached)
    actions.give_verdict(case_id=reached.pk, doing=agent, verdict=good)
    for day in (0, 0, 1):
        calling = doing(town, Role.CALLBACK_AGENT, lost.changed_at + day * DAY + MINUTE)
        actions.log_callback(case_id=lost.pk, doing=calling, note="无人接听")
    found = queries.board(town.viewer(Role.SUPERVISOR), now=town.now + 2 * DAY).called
    assert (found.reached, found.unreachable, found.solved, found.satisfied) == (1, 1, 1, 1)
    assert found.unreachable_percent == 50


def test_s24_a_helping_unit_that_reported_does_not_verify(town: Town) -> None:
    case = forward(town, until="accepted", category="water.sewer", case_class="major")
    actions.add_unit(
        case_id=case.pk,
        doing=said_by(town, Role.DISPATCHER, case),
        unit_id=town.units["community-C1"],
        text="协助疏导",
    )
    worker, secretary = Role.GRID_WORKER, Role.COMMUNITY_SECRETARY
    actions.co_report(case_id=case.pk, doing=said_by(town, worker, case), text="已疏导居民绕行")
    actions.start(case_id=case.pk, doing=said_by(town, Role.UNIT_MEMBER, case), text="已联系")
    case = actions.finish(
        case_id=case.pk, doing=said_by(town, Role.UNIT_MEMBER, case), result="transferred",
        answers=ANSWER,
    )  # fmt: skip
    assert case.state == State.VERIFY
    with pytest.raises(Forbidden):
        actions.verify(case_id=case.pk, doing=said_by(town, worker, case), ok=True, text="属实")
    checked = actions.verify(
        case_id=case.pk, doing=said_by(town, secretary, case), ok=True, text="属实"
    )
    assert checked.state == State.CALLBACK


# -- D8: whom a complaint is about ----------------------------------------------------------------
def complaint(town: Town, until: str = "triage") -> Case:
    case = forward(town, until=until)
    return actions.change_kind(
        case_id=case.pk,
        doing=said_by(town, Role.COMMUNITY_CLERK, case),
        kind="complaint",
        text="来电人明确是投诉",
    )


def name(
    town: Town, case: Case, *, who: tuple[UUID, ...] = (), units: tuple[UUID, ...] = ()
) -> Case:
    return actions.name_subjects(
        case_id=case.pk,
        doing=said_by(town, Role.COMMUNITY_CLERK, case),
        account_ids=who,
        unit_ids=units,
        text="投诉对象",
    )


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in {Role.RESIDENT, Role.COMMUNITY_CLERK}]
)
def test_d8_the_accused_neither_sees_nor_handles_nor_verifies_nor_calls(
    town: Town, role: Role
) -> None:
    case = complaint(town, until="in_progress")
    viewer = town.viewer(role)
    assert viewer.user_id is not None
    saw = bool(relations(viewer, case))
    case = name(town, case, who=(viewer.user_id,))
    assert relations(viewer, case) == frozenset()
    with pytest.raises(NotFound):
        queries.case_detail(viewer, case_id=case.pk, now=town.now + DAY)
    with pytest.raises(NotFound):
        actions.note(case_id=case.pk, doing=said_by(town, role, case), text="看看")
    if saw:
        rows = queries.desk_queue(viewer, filters=Filters(which="all")).rows
        assert case.pk not in {row.id for row in rows}
    actions.mark_case(case_id=case.pk, now=town.now + 10 * DAY)
    assert not Reminder.objects.filter(case_id=case.pk, account_id=viewer.user_id).exists()


def test_d8_the_accused_unit_loses_the_case_and_never_gets_it_again(town: Town) -> None:
    case = complaint(town, until="in_progress")
    water = town.units["water_bureau"]
    case = name(town, case, units=(water,))
    assert (case.state, case.lead_unit_id) == (State.CLASSIFIED, None)
    for role in (Role.UNIT_MEMBER, Role.UNIT_HEAD):
        assert relations(town.viewer(role), case) == frozenset()
    clerk = said_by(town, Role.COMMUNITY_CLERK, case)
    with pytest.raises(Conflict) as caught, transaction.atomic():
        actions.dispatch(case_id=case.pk, doing=clerk, unit_id=water)
    assert caught.value.code == "subjects.unit_accused"
    with pytest.raises(Conflict), transaction.atomic():
        actions.dispatch(
            case_id=case.pk,
            doing=said_by(town, Role.COMMUNITY_CLERK, case),
            unit_id=town.units["urban_management"],
            co_units=(CoUnitGiven(water, "协助"),),
        )
    for column in ({"lead_unit_id": water}, {"co_unit_ids": [water]}):
        with pytest.raises(IntegrityError, match="case_accused"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**column)
    given = actions.dispatch(
        case_id=case.pk,
        doing=said_by(town, Role.COMMUNITY_CLERK, case),
        unit_id=town.units["urban_management"],
    )
    assert given.state == State.DISPATCHED


def test_d8_an_accused_community_is_shut_out_with_its_clerks_and_grid_workers(town: Town) -> None:
    case = complaint(town)
    case = actions.name_subjects(
        case_id=case.pk,
        doing=said_by(town, Role.STREET_OFFICER, case),
        account_ids=(),
        unit_ids=(town.units["community-C1"],),
        text="投诉社区",
    )
    for role in (Role.COMMUNITY_CLERK, Role.COMMUNITY_SECRETARY, Role.GRID_WORKER):
        assert relations(town.viewer(role), case) == frozenset()
        rows = queries.desk_queue(town.viewer(role), filters=Filters(which="all")).rows
        assert case.pk not in {row.id for row in rows}
    assert Actor.TRIAGE in relations(town.viewer(Role.STREET_OFFICER), case)


def test_d8_nobody_names_themselves_and_only_complaints_name_anybody(town: Town) -> None:
    case = complaint(town)
    clerk = town.viewer(Role.COMMUNITY_CLERK).user_id
    assert clerk is not None
    with pytest.raises(Conflict) as caught:
        name(town, case, who=(clerk,))
    assert caught.value.code == "subjects.yourself"
    plain = forward(town, until="triage")
    with pytest.raises(Conflict) as caught:
        name(town, plain, units=(town.units["water_bureau"],))
    assert caught.value.code == "subjects.kind"
