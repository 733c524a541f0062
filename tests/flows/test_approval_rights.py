"""Who approves plans and reports of done, who may alone, and who sees what waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, transaction

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, queries, standing
from onegrid.cases.actions import CoUnitGiven
from onegrid.cases.models import Ask, Step
from onegrid.cases.queries import Filters, desk_queue, turn_counts
from onegrid.common.refusals import Conflict, Forbidden, NotFound
from onegrid.core.flow import Actor
from onegrid.duties.queries.law import clear
from tests.county import Town
from tests.flows.approving import (
    ANSWERS,
    LATER,
    MEASURES,
    alone,
    decide,
    finish,
    head,
    publish,
    rules,
    submit_closure,
    submit_plan,
    working,
)
from tests.flows.sharing import DAY, MINUTE, again, by, last, member
from tests.web.staff import forward


@pytest.fixture(autouse=True)
def forgotten(town: Town) -> Iterator[None]:
    """Ask for approval of everything, and forget it afterwards."""
    rules(plan=1, closure=3)
    yield
    clear()


# -- who decides -------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", ["plan", "closure"])
def test_e24_only_another_head_of_the_leading_unit_decides(town: Town, what: str) -> None:
    case = working(town, "complex" if what == "plan" else "general")
    (submit_plan if what == "plan" else submit_closure)(town, case)
    actions.add_unit(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 15 * MINUTE),
        unit_id=town.units["urban_management"], text="配合",
    )  # fmt: skip
    people: list[Role | Viewer] = [
        Role.UNIT_MEMBER, member(town, "water_bureau", "二"), head(town, "urban_management"),
        Role.COMMUNITY_SECRETARY, Role.STREET_OFFICER, Role.DISPATCHER, Role.SUPERVISOR,
        Role.GRID_WORKER,
    ]  # fmt: skip
    for who in people:
        for ok in (True, False):
            with pytest.raises(Forbidden, match=r"case\.not_your_turn"):
                decide(town, case, what, who, ok=ok)
    for stranger in (head(town, "power_company"), town.viewer(Role.CALLBACK_AGENT).as_resident()):
        with pytest.raises(NotFound):
            decide(town, case, what, stranger)
    assert Ask.objects.get().state == "open"


@pytest.mark.parametrize("what", ["plan", "closure"])
def test_a_head_does_not_approve_what_the_head_has_submitted(town: Town, what: str) -> None:
    case = working(town, "complex" if what == "plan" else "general")
    (submit_plan if what == "plan" else submit_closure)(town, case, Role.UNIT_HEAD)
    with pytest.raises(Forbidden, match=r"approval\.same_person"):
        decide(town, case, what)
    other = head(town, "water_bureau")
    decided = decide(town, case, what, other, **({} if what == "plan" else {"ok": False}))
    assert decided.approval_open is False


def test_the_database_holds_that_another_person_decides(town: Town) -> None:
    submit_closure(town, working(town, "general"))
    ask = Ask.objects.get()
    with pytest.raises(IntegrityError, match="ask_decided_by_another"), transaction.atomic():
        Ask.objects.filter(pk=ask.pk).update(
            state="granted", decided_at=town.now, decided_by=ask.asked_by
        )
    with pytest.raises(IntegrityError, match="ask_approval_has_content"), transaction.atomic():
        Ask.objects.filter(pk=ask.pk).update(given=None)


@pytest.mark.parametrize("role", [Role.COMMUNITY_SECRETARY, Role.STREET_OFFICER])
def test_in_a_community_the_secretary_or_the_street_approves(town: Town, role: Role) -> None:
    case = forward(town, until="dispatched", unit="community-C1")
    clerk = Role.COMMUNITY_CLERK
    actions.accept(case_id=case.pk, doing=by(town, clerk, 5 * MINUTE))
    actions.start(case_id=case.pk, doing=by(town, clerk, 6 * MINUTE), text="已联系")
    submit_closure(town, case, Role.GRID_WORKER)
    for other in (clerk, Role.DISPATCHER, Role.SUPERVISOR, Role.GRID_WORKER):
        with pytest.raises(Forbidden):
            decide(town, case, "closure", other)
    done = decide(town, case, "closure", role)
    assert done.result == "solved"
    approver = town.viewer(role)
    assert approver.user_id in standing.handlers_of(done)
    assert not standing.relations(approver, done) & {Actor.VERIFIER, Actor.CALLER}


def test_whoever_approved_does_not_verify(town: Town) -> None:
    case = forward(town, until="dispatched", unit="community-C1", case_class="major")
    clerk = Role.COMMUNITY_CLERK
    actions.accept(case_id=case.pk, doing=by(town, clerk, 5 * MINUTE))
    actions.start(case_id=case.pk, doing=by(town, clerk, 6 * MINUTE), text="已联系")
    submit_closure(town, case, clerk, result="transferred")
    assert decide(town, case, "closure", Role.COMMUNITY_SECRETARY).state == "verify"
    for ok in (True, False):
        with pytest.raises(Forbidden):
            actions.verify(
                case_id=case.pk, doing=by(town, Role.COMMUNITY_SECRETARY, 30 * MINUTE), ok=ok,
                text="看过",
            )  # fmt: skip
    verified = actions.verify(
        case_id=case.pk, doing=by(town, Role.SUPERVISOR, 30 * MINUTE), ok=True, text="看过"
    )
    assert verified.state == "callback"


def test_a_helping_unit_submits_nothing(town: Town) -> None:
    case = forward(town, until="classified")
    helper = (CoUnitGiven(town.units["urban_management"], "配合"),)
    actions.dispatch(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 3 * MINUTE),
        unit_id=town.units["water_bureau"], co_units=helper,
    )  # fmt: skip
    actions.accept(case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, 4 * MINUTE))
    actions.start(case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, 5 * MINUTE), text="已联系")
    with pytest.raises(Forbidden):
        submit_closure(town, case, member(town, "urban_management"))


# -- self-approval -----------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.UNIT_MEMBER, Role.UNIT_HEAD])
def test_e24_with_the_right_of_self_approval_the_step_says_so(town: Town, role: Role) -> None:
    case = working(town)
    author = town.viewer(role)
    with pytest.raises(Conflict):
        publish(town, case, author)
    assert publish(town, case, alone(author)).state == "planned"
    assert last(case).data["self_approved"] is True
    told = {"result": "plan_running"}
    with pytest.raises(Conflict):
        finish(town, case, author, **told)
    assert finish(town, case, alone(author), **told).result == "plan_running"
    assert Step.objects.get(case_id=case.pk, action="finish").data["self_approved"] is True


def test_the_right_holds_only_where_its_role_handles_the_case(town: Town) -> None:
    case = working(town, "general")
    actions.add_unit(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 15 * MINUTE),
        unit_id=town.units["urban_management"], text="配合",
    )  # fmt: skip
    elsewhere = alone(head(town, "urban_management")).grants
    author = town.viewer(Role.UNIT_MEMBER)
    both = Viewer(author.user_id, author.tenant_id, grants=(*author.grants, *elsewhere))
    with pytest.raises(Conflict, match=r"approval\.closure_needed"):
        finish(town, case, both)
    secretary = alone(town.viewer(Role.COMMUNITY_SECRETARY)).grants
    third = Viewer(author.user_id, author.tenant_id, grants=(*author.grants, *secretary))
    with pytest.raises(Conflict, match=r"approval\.closure_needed"):
        finish(town, case, third)


def test_publishing_with_the_right_makes_a_waiting_plan_moot(town: Town) -> None:
    case = working(town)
    submit_plan(town, case)
    done = publish(town, case, head(town, "water_bureau", itself=True))
    assert (done.state, done.approval_open, Ask.objects.get().state) == (
        "planned", False, "lapsed")  # fmt: skip


def test_the_right_does_not_let_anybody_decide_on_the_own_request(town: Town) -> None:
    case = working(town, "general")
    one = head(town, "water_bureau", itself=True)
    submit_closure(town, case, one)
    with pytest.raises(Forbidden, match=r"approval\.same_person"):
        decide(town, case, "closure", one)


def test_on_the_spot_is_refused_with_the_way_out_where_all_needs_approval(town: Town) -> None:
    told = {"category_code": "water.leak", "answers": ANSWERS}
    worker = town.viewer(Role.GRID_WORKER)
    case = forward(town, until="registered")
    with pytest.raises(Conflict, match=r"approval\.on_spot"), transaction.atomic():
        actions.handle_on_spot(case_id=case.pk, doing=by(town, worker, LATER), **told)
    assert again(case).state == "registered"
    assert not queries.may_handle_on_spot(worker, case=case, now=town.now)
    assert queries.may_handle_on_spot(alone(worker), case=case, now=town.now)
    done = actions.handle_on_spot(case_id=case.pk, doing=by(town, alone(worker), LATER), **told)
    assert done.state == "callback"
    assert Step.objects.get(case_id=case.pk, action="finish").data["self_approved"] is True
    rules(plan=1, closure=2)
    plain = forward(town, until="registered")
    assert queries.may_handle_on_spot(worker, case=plain, now=town.now)
    doing = by(town, worker, LATER)
    assert actions.handle_on_spot(case_id=plain.pk, doing=doing, **told).state == "callback"


# -- desks and readers -------------------------------------------------------------------------------
def numbers(town: Town, who: Role | Viewer) -> set[str]:
    viewer = town.viewer(who) if isinstance(who, Role) else who
    return {row.number for row in desk_queue(viewer, filters=Filters()).rows}


def test_e24_what_waits_is_on_the_desk_of_who_decides_and_marked(town: Town) -> None:
    case = working(town, "general")
    submit_closure(town, case)
    shown = desk_queue(town.viewer(Role.UNIT_HEAD), filters=Filters()).rows
    assert [row.approval_open for row in shown if row.number == case.number] == [True]
    boss, plain = town.viewer(Role.UNIT_HEAD), working(town, "general")
    assert turn_counts(boss)["approval"] == 1 and plain.number in numbers(town, Role.UNIT_HEAD)
    own = desk_queue(boss, filters=Filters(which="approval")).rows
    assert [row.number for row in own] == [case.number]
    unit = town.viewer(Role.UNIT_MEMBER)
    assert desk_queue(unit, filters=Filters(which="approval")).rows == ()
    for other in (Role.DISPATCHER, Role.STREET_OFFICER, Role.COMMUNITY_SECRETARY):
        assert case.number not in numbers(town, other)


def test_a_secretary_finds_what_the_own_community_submits(town: Town) -> None:
    case = forward(town, until="dispatched", unit="community-C1")
    actions.accept(case_id=case.pk, doing=by(town, Role.COMMUNITY_CLERK, 5 * MINUTE))
    actions.start(case_id=case.pk, doing=by(town, Role.COMMUNITY_CLERK, 6 * MINUTE), text="已联系")
    deciders = (Role.COMMUNITY_SECRETARY, Role.STREET_OFFICER)
    assert all(case.number not in numbers(town, role) for role in deciders)
    before = turn_counts(town.viewer(Role.COMMUNITY_SECRETARY))["turn"]
    submit_closure(town, case, Role.COMMUNITY_CLERK)
    assert all(case.number in numbers(town, role) for role in deciders)
    assert turn_counts(town.viewer(Role.COMMUNITY_SECRETARY))["turn"] == before + 1
    decide(town, case, "closure", Role.COMMUNITY_SECRETARY, ok=False, text="再看")
    assert all(case.number not in numbers(town, role) for role in deciders)


def test_the_reporter_sees_nothing_of_what_is_not_approved(town: Town) -> None:
    case = working(town)
    submit_plan(town, case)
    decide(town, case, "plan", ok=False, text="缺少安全措施")
    submit_plan(town, case, at=30 * MINUTE)
    view = queries.case_detail(town.viewer(Role.RESIDENT), case_id=case.pk, now=town.now + DAY)
    assert not {step.action for step in view.steps} & {"ask_plan", "refuse_plan", "grant_plan"}
    assert queries.sharing(view).asks == () and view.plan is None
    staff = queries.case_detail(town.viewer(Role.UNIT_HEAD), case_id=case.pk, now=town.now + DAY)
    asks = queries.sharing(staff).asks
    assert [(ask.kind, ask.state) for ask in asks] == [("plan", "open"), ("plan", "refused")]
    assert asks[0].plan is not None and asks[0].plan.measures == MEASURES
