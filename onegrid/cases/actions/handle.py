"""Sign, contact, plan and finish (处置)."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import approval, joint, notify
from onegrid.cases.actions.assess import class_move, with_item
from onegrid.cases.actions.extensions import check_ending
from onegrid.cases.actions.parts import answers_given
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.approval import ClosureGiven, MilestoneGiven, PlanGiven
from onegrid.cases.models import Attachment, Case, Milestone, Plan
from onegrid.cases.terms import AskKind, CaseClass, FilePhase, Result
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.flow import Action, Actor, Evidence, State
from onegrid.organisation.queries import unit_of_area

#: One general case in five is verified, chosen by its own number: nobody can steer it.
VERIFY_ONE_IN = 5

SYSTEM = frozenset({Actor.SYSTEM})
_ASSESSOR = frozenset({Actor.TRIAGE, Actor.DISPATCH})
_HANDLER = frozenset({Actor.HANDLER})


def accept(*, case_id: UUID, doing: Doing) -> Case:
    """Sign for a dispatched case (签收)."""
    return take(case_id, doing, Move(Action.ACCEPT, changes={"owner_id": doing.viewer.user_id}))


def start(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Record the first contact with the reporter; the response clock ends."""
    return take(case_id, doing, Move(Action.START, text=text))


def publish_plan(
    *,
    case_id: UUID,
    doing: Doing,
    measures: str,
    owner_name: str,
    milestones: tuple[MilestoneGiven, ...],
) -> Case:
    """Publish the plan of a complex case: measures, owner, dated milestones; the reporter is told.

    Raises:
        Conflict: the case is not complex, has its plan already, or the plan needs approval.
        Invalid: measures, owner or milestones are missing, or dates are past or unordered.
    """
    given = plan_given(measures, owner_name, milestones, doing.now)

    def move(case: Case) -> Move:
        check_unplanned(case)
        return plan_move(case, given, doing, said=without_approval(case, doing, AskKind.PLAN))

    case = take(case_id, doing, Later(Action.PUBLISH_PLAN, move))
    notify.tell(case, "plan_published", now=doing.now)
    return case


def plan_given(
    measures: str, owner_name: str, milestones: tuple[MilestoneGiven, ...], now: datetime
) -> PlanGiven:
    """Return a plan as typed.

    Raises:
        Invalid: measures, owner or milestones are missing, or dates are past or unordered.
    """
    if len(measures.strip()) < 10:
        raise Invalid("plan.measures", field="measures")
    if not owner_name.strip():
        raise Invalid("plan.owner", field="owner_name")
    if not milestones or any(not item.title.strip() for item in milestones):
        raise Invalid("plan.milestones", field="milestones")
    dates = [item.due_on for item in milestones]
    if dates != sorted(dates) or dates[0] < localtime(now).date():
        raise Invalid("plan.dates", field="milestones")
    stones = tuple(MilestoneGiven(item.title.strip(), item.due_on) for item in milestones)
    return PlanGiven(measures.strip(), owner_name.strip(), stones)


def check_unplanned(case: Case) -> None:
    """Refuse a plan where there is none to be made.

    Raises:
        Conflict: the case is not complex, or has its plan already.
    """
    if case.case_class != CaseClass.COMPLEX:
        raise Conflict("case.plan_only_complex")
    if Plan.objects.filter(case_id=case.pk, round=case.round).exists():
        raise Conflict("case.plan_published")


def plan_move(case: Case, given: PlanGiven, doing: Doing, *, said: dict[str, Any]) -> Move:
    """Write a plan; return the step that publishes it.

    Args:
        said: what the step says of its approval.
    """
    plan = Plan.objects.create(
        case_id=case.pk,
        round=case.round,
        measures=given.measures,
        owner_name=given.owner_name,
        published_at=doing.now,
    )
    Milestone.objects.bulk_create(
        Milestone(plan_id=plan.pk, n=n, title=item.title, due_on=item.due_on)
        for n, item in enumerate(given.milestones, start=1)
    )
    evidence = frozenset({Evidence.PLAN})
    return Move(Action.PUBLISH_PLAN, text=given.measures, evidence=evidence, data=said)


def without_approval(
    case: Case, doing: Doing, kind: AskKind, *, refusal: str = ""
) -> dict[str, Any]:
    """Return what a step taken without somebody else's approval says of it.

    What is replayed was approved, or not, long ago.

    Raises:
        Conflict: approval is needed (``refusal`` says so, or the usual sentence of the kind).
    """
    if doing.replayed:
        return {}
    held = joint.held_to(case, now=doing.now)
    return approval.released(case, doing.viewer, kind, held, refusal=refusal)


def report_milestone(*, case_id: UUID, doing: Doing, n: int, text: str) -> Case:
    """Report a milestone of the plan as reached."""

    def move(case: Case) -> Move:
        row = Milestone.objects.filter(plan__case_id=case.pk, plan__round=case.round, n=n).first()
        if row is None:
            raise Invalid("plan.no_such_milestone", field="milestone", n=n)
        if row.done_at is not None:
            raise Conflict("plan.milestone_done", n=n)
        row.done_at = doing.now
        row.save(update_fields=["done_at"])
        return Move(
            Action.REPORT_MILESTONE,
            text=text,
            evidence=frozenset({Evidence.MILESTONE}),
            data={"milestone": n, "title": row.title},
        )

    return take(case_id, doing, Later(Action.REPORT_MILESTONE, move))


def finish(*, case_id: UUID, doing: Doing, result: str, answers: dict[int, str]) -> Case:
    """Report a case done: a result, an answer to every part; a solved major case needs a photo.

    What cannot be solved needs no photo, but an approval (`extensions.ask_ending`): the explanation
    is the evidence. Afterwards the case goes to verification (all major and complex ones, one in
    five general ones) or to call-back.

    Raises:
        Invalid: result, photo or an answer is missing.
        Conflict: plan, milestones, the report of a helping unit or an approval is missing.
    """
    given = closure_given(result, answers)

    def move(case: Case) -> Move:
        said = without_approval(case, doing, AskKind.CLOSURE)
        return closure_move(case, given, doing, said=said)

    case = take(case_id, doing, Later(Action.FINISH, move), ONWARD)
    tell_done(case, doing)
    return case


def closure_given(result: str, answers: Mapping[int, str]) -> ClosureGiven:
    """Return a report of done as typed.

    Raises:
        Invalid: there is no such result.
    """
    if result not in Result.values:
        raise Invalid("case.missing.result", field="result")
    return ClosureGiven(result, answers)


def check_closure(case: Case, result: str, doing: Doing) -> None:
    """Refuse to report done what lacks plan, milestones, reports, photo or approved ending.

    Raises:
        Invalid: the photo is missing.
        Conflict: anything else is.
    """
    planned = Plan.objects.filter(case_id=case.pk, round=case.round)
    if case.case_class == CaseClass.COMPLEX and not planned.exists():
        raise Conflict("case.plan_first")
    joint.check_reported(case)
    check_ending(case, result, doing)
    _check_milestones(case, result)
    _check_photo(case, result)


def closure_move(case: Case, given: ClosureGiven, doing: Doing, *, said: dict[str, Any]) -> Move:
    """Write the answers; return the step that reports done.

    Args:
        said: what the step says of its approval.

    Raises:
        Invalid, Conflict: as `check_closure` and `answers_given`.
    """
    check_closure(case, given.result, doing)
    return _done(case, given, doing, said=said)


def _done(case: Case, given: ClosureGiven, doing: Doing, *, said: dict[str, Any]) -> Move:
    return Move(
        Action.FINISH,
        text=answers_given(case, given.answers, now=doing.now),
        evidence=frozenset({Evidence.RESULT, Evidence.PART_ANSWERS}),
        data={"result": given.result, **said},
        changes={"result": given.result},
    )


def _onward(case: Case) -> Move:
    verified = case.case_class != CaseClass.GENERAL or sampled(case)
    return Move(Action.SEND_TO_VERIFY if verified else Action.SKIP_VERIFY, lent=SYSTEM)


#: What follows a report of done by itself.
ONWARD = Later(Action.SEND_TO_VERIFY, _onward, lent=SYSTEM)


def tell_done(case: Case, doing: Doing) -> None:
    """Ask the reporter for a verdict, unless the case is verified first."""
    if case.state == State.CALLBACK:
        notify.tell(case, "case_done", now=doing.now)


def _check_milestones(case: Case, result: str) -> None:
    """A plan whose milestones are open may run on, but nothing is solved yet."""
    left = Milestone.objects.filter(
        plan__case_id=case.pk, plan__round=case.round, done_at__isnull=True
    )
    if result == Result.SOLVED and left.exists():
        raise Conflict("case.open_milestones", field="result")


def _check_photo(case: Case, result: str) -> None:
    needs = case.case_class == CaseClass.MAJOR and result in {Result.SOLVED, Result.PARTLY}
    if needs and not Attachment.objects.filter(case_id=case.pk, phase=FilePhase.AFTER).exists():
        raise Invalid("case.missing.photo", field="photos")


def sampled(case: Case) -> bool:
    """Tell whether a general case is verified; decided by its identity, so retries agree."""
    return random.Random(case.pk.int + case.round).randrange(VERIFY_ONE_IN) == 0  # noqa: S311


def handle_on_spot(
    *,
    case_id: UUID,
    doing: Doing,
    category_code: str,
    answers: dict[int, str],
    item_code: str = "",
) -> Case:
    """Let a grid worker solve a general matter on the spot: every step is written, at one time.

    Args:
        item_code: the duty or grid matter it falls under; empty: none does (S20).

    Raises:
        Forbidden: the viewer is not a grid worker of the case's grid.
        Conflict: the case is not a general one, has gone further already, or general cases need
            approval in this county.
    """

    def taken(case: Case) -> Move:
        _check_on_spot(doing.viewer, case)
        return Move(Action.START_TRIAGE)

    def classified(case: Case) -> Move:
        found = class_move(Action.CLASSIFY, case, CaseClass.GENERAL, category_code, "")
        return with_item(found, case, item_code, now=doing.now)

    def finished(case: Case) -> Move:
        refusal = "approval.on_spot"
        said = without_approval(case, doing, AskKind.CLOSURE, refusal=refusal)
        given = ClosureGiven(Result.SOLVED, answers)
        return _done(case, given, doing, said={"on_spot": True, **said})

    case = take(
        case_id,
        doing,
        Later(Action.START_TRIAGE, taken, lent=_ASSESSOR),
        Later(Action.CLASSIFY, classified, lent=_ASSESSOR),
        Later(Action.DISPATCH, _to_community, lent=_ASSESSOR),
        Move(Action.ACCEPT, changes={"owner_id": doing.viewer.user_id}, lent=_HANDLER),
        Move(Action.START, text="on the spot", lent=_HANDLER),
        Later(Action.FINISH, finished, lent=_HANDLER),
        Move(Action.SKIP_VERIFY, lent=SYSTEM),
    )
    notify.tell(case, "case_done", now=doing.now)
    return case


def _to_community(case: Case) -> Move:
    unit = unit_of_area(case.community_id)
    if unit is None:
        raise Conflict("case.no_community_unit")
    return Move(
        Action.DISPATCH,
        evidence=frozenset({Evidence.UNIT}),
        data={"unit": unit.name},
        changes={"lead_unit_id": unit.id},
    )


def _check_on_spot(viewer: Viewer, case: Case) -> None:
    mine = any(
        grant.role is Role.GRID_WORKER and grant.area_id == case.grid_id for grant in viewer.grants
    )
    if not mine:
        raise Forbidden("case.not_your_grid")
    if case.class_confirmed and case.case_class != CaseClass.GENERAL:
        raise Conflict("case.on_spot_only_general")
