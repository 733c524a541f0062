"""A report is divided; each part is answered by its own case (E2, N7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.actions import Matters, VerdictGiven
from onegrid.cases.models import Case, Clock, Contact, Link, Part, Step
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.flow import Action, State
from onegrid.notices.models import Outbox
from tests.county import Town, doing, report

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CLERK, MEMBER = Role.COMMUNITY_CLERK, Role.UNIT_MEMBER
LAMP = Matters(case_class="general", category_code="power.light", parts=(2,))
GOOD = VerdictGiven(answered=True, solved="yes", satisfied="yes")


def two_matters(town: Town) -> Case:
    """Open a case about a leak and a lamp and take it into assessment."""
    receipt = report(
        town, text="楼下水管漏水。路灯也不亮", parts=("楼下水管漏水", "单元门口路灯不亮")
    )
    at = town.now + MINUTE
    return actions.start_triage(case_id=receipt.case_id, doing=doing(town, CLERK, at))


def divided(town: Town, case: Case, matters: Matters = LAMP) -> Case:
    """Divide a case and return the new one."""
    actions.split(case_id=case.pk, doing=doing(town, CLERK, town.now + 5 * MINUTE), matters=matters)
    link = Link.objects.filter(other_id=case.pk, kind="child").latest("at")
    return Case.objects.get(pk=link.case_id)


def handled(town: Town, case: Case, *, minutes: int = 20) -> Case:
    """Bring a case from assessment to the call-back."""
    at = town.now + minutes * MINUTE
    if case.state == State.TRIAGE:
        actions.classify(
            case_id=case.pk, doing=doing(town, CLERK, at), case_class="general",
            category_code="water.leak",
        )  # fmt: skip
    unit = town.units["water_bureau"]
    actions.dispatch(case_id=case.pk, doing=doing(town, CLERK, at), unit_id=unit)
    actions.accept(case_id=case.pk, doing=doing(town, MEMBER, at + MINUTE))
    actions.start(case_id=case.pk, doing=doing(town, MEMBER, at + MINUTE), text="已联系")
    return finished(town, case, minutes=minutes + 2)


def finished(town: Town, case: Case, *, minutes: int) -> Case:
    at = town.now + minutes * MINUTE
    done = actions.finish(
        case_id=case.pk, doing=doing(town, MEMBER, at), result="solved",
        answers={1: f"已处理完毕，{case.number}"},
    )  # fmt: skip
    if done.state == State.VERIFY:
        done = actions.verify(
            case_id=case.pk, doing=doing(town, Role.GRID_WORKER, at), ok=True, text="现场属实"
        )
    return done


def test_e2_a_part_becomes_a_case_with_the_reporter_and_the_time_of_the_first_report(
    town: Town,
) -> None:
    parent = two_matters(town)
    unit = town.units["urban_management"]
    child = divided(town, parent, Matters("general", "power.light", parts=(2,), unit_id=unit))
    assert child.state == State.DISPATCHED and child.lead_unit_id == unit
    assert (child.opened_at, child.reporter_id) == (parent.opened_at, parent.reporter_id)
    assert (child.text, child.grid_id) == ("单元门口路灯不亮", parent.grid_id)
    assert (
        Contact.objects.get(case_id=child.pk).phone == Contact.objects.get(case_id=parent.pk).phone
    )
    solution = Clock.objects.get(case_id=child.pk, kind="solution")
    assert solution.started_at == parent.opened_at
    step = Step.objects.get(case_id=parent.pk, action=Action.SPLIT)
    assert step.data["child"] == child.number and step.to_state == State.TRIAGE
    first = Step.objects.get(case_id=child.pk, seq=1)
    assert first.data["parent"] == parent.number and first.at == parent.opened_at
    assert Outbox.objects.get(template="case_divided").params["child"] == child.number


def test_n7_the_parent_ends_after_its_child_and_carries_its_answer(town: Town) -> None:
    parent = two_matters(town)
    child = divided(town, parent)
    with pytest.raises(Conflict, match="child_open"):
        handled(town, parent)
    answered = handled(town, child)
    assert answered.state == State.CALLBACK
    part = Part.objects.get(case_id=parent.pk, n=2)
    assert child.number in part.answer and part.answered_at is not None
    step = Step.objects.get(case_id=parent.pk, action=Action.CHILD_ANSWERED)
    assert step.data["child"] == child.number and step.actor_role == "system"
    done = finished(town, parent, minutes=40)
    assert done.state == State.CALLBACK
    answers = list(Part.objects.filter(case_id=parent.pk).order_by("n").values_list("answer"))
    assert answers[0][0] == f"已处理完毕，{parent.number}" and child.number in answers[1][0]


def test_a_matter_that_the_request_did_not_name_apart_can_be_written_down(town: Town) -> None:
    receipt = report(town, text="水管漏水，还有路灯也不亮")
    case = actions.start_triage(case_id=receipt.case_id, doing=doing(town, CLERK, town.now))
    child = divided(town, case, Matters("general", "power.light", text="路灯不亮"))
    assert child.text == "路灯不亮"
    assert Part.objects.get(case_id=case.pk, n=2).child_id == child.pk


def test_nothing_closes_while_the_case_of_a_part_was_reopened(town: Town) -> None:
    parent = two_matters(town)
    child = divided(town, parent)
    handled(town, child)
    handled(town, parent, minutes=40)
    at = town.now + 60 * MINUTE
    bad = VerdictGiven(answered=True, solved="no", satisfied="no", reason="灯还是不亮")
    actions.give_verdict(case_id=child.pk, doing=doing(town, Role.RESIDENT, at), verdict=bad)
    leader = doing(town, Role.COMMUNITY_SECRETARY, at)
    actions.decide_reopen(case_id=child.pk, doing=leader, ok=True, text="同意")
    assert Part.objects.get(case_id=parent.pk, n=2).answered_at is None
    with pytest.raises(Conflict, match="open_parts"):
        actions.give_verdict(case_id=parent.pk, doing=doing(town, Role.RESIDENT, at), verdict=GOOD)


def test_a_withdrawn_part_is_over_for_the_parent_too(town: Town) -> None:
    parent = two_matters(town)
    child = divided(town, parent)
    resident = doing(town, Role.RESIDENT, town.now + DAY)
    actions.withdraw(case_id=child.pk, doing=resident, text="灯自己亮了")
    assert Part.objects.get(case_id=parent.pk, n=2).answer == "灯自己亮了"
    assert handled(town, parent).state == State.CALLBACK


def test_withdrawing_the_request_withdraws_its_parts(town: Town) -> None:
    parent = two_matters(town)
    child = divided(town, parent)
    resident = doing(town, Role.RESIDENT, town.now + DAY)
    actions.withdraw(case_id=parent.pk, doing=resident, text="不需要了")
    child.refresh_from_db()
    assert child.state == State.WITHDRAWN
    assert Step.objects.filter(case_id=child.pk).latest("seq").text == parent.number


def test_a_reopened_parent_takes_its_matters_back(town: Town) -> None:
    parent = two_matters(town)
    child = divided(town, parent)
    handled(town, child)
    handled(town, parent, minutes=40)
    at = town.now + 60 * MINUTE
    resident = doing(town, Role.RESIDENT, at)
    actions.give_verdict(case_id=parent.pk, doing=resident, verdict=GOOD)
    again = doing(town, Role.RESIDENT, at + DAY)
    actions.ask_reopen(case_id=parent.pk, doing=again, text="又漏了")
    leader = doing(town, Role.COMMUNITY_SECRETARY, at + DAY)
    actions.decide_reopen(case_id=parent.pk, doing=leader, ok=True, text="同意")
    assert list(Part.objects.filter(case_id=parent.pk).values_list("answer", "child")) == [
        ("", None), ("", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("matters", "code", "field"),
    [
        (Matters("general", "power.light"), "split_nothing", "parts"),
        (Matters("general", "power.light", parts=(1, 2)), "split_all", "parts"),
        (Matters("general", "power.light", parts=(7,)), "split_unknown", "parts"),
        (Matters("general", "no.such", parts=(2,)), "missing.category", "category"),
        (Matters("huge", "power.light", parts=(2,)), "missing.class", "case_class"),
    ],
)
def test_what_cannot_be_divided_is_refused_by_field_and_changes_nothing(
    town: Town, matters: Matters, code: str, field: str
) -> None:
    from django.db import transaction

    parent = two_matters(town)
    with pytest.raises(Invalid, match=code) as refused, transaction.atomic():
        divided(town, parent, matters)
    assert refused.value.field == field
    assert Case.objects.count() == 1 and Part.objects.filter(child__isnull=False).count() == 0


def test_a_part_is_divided_once(town: Town) -> None:
    parent = two_matters(town)
    divided(town, parent)
    with pytest.raises(Invalid, match="split_taken"):
        divided(town, parent)


def test_the_same_key_divides_once(town: Town) -> None:
    parent = two_matters(town)
    once = doing(town, CLERK, town.now + 5 * MINUTE)
    for _ in range(2):
        actions.split(case_id=parent.pk, doing=once, matters=LAMP)
    assert Case.objects.count() == 2 and Outbox.objects.filter(template="case_divided").count() == 1


def test_only_those_who_assess_divide(town: Town) -> None:
    parent = two_matters(town)
    for role in (Role.SUPERVISOR, Role.CALLBACK_AGENT):
        with pytest.raises(Forbidden):
            actions.split(case_id=parent.pk, doing=doing(town, role), matters=LAMP)


def test_a_case_with_parts_elsewhere_is_not_merged(town: Town) -> None:
    first = report(town, at=town.now - MINUTE)
    parent = two_matters(town)
    child = divided(town, parent)
    for case in (parent, child):
        with pytest.raises(Conflict, match="merge_tied"):
            actions.merge(
                case_id=case.pk, doing=doing(town, CLERK, town.now + DAY), into=first.case_id
            )
