"""Assess, classify and dispatch (研判、分类、派单)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localtime

from onegrid.accounts.terms import Role
from onegrid.cases import alike, lawful, notify, pushing, reference, routing
from onegrid.cases.actions.helping import CoUnitGiven, called, without
from onegrid.cases.actions.parts import answers_given
from onegrid.cases.actions.returns import check_not_returned
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Case
from onegrid.cases.terms import CaseClass, Kind, RefusalReason, Result
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.flow import Action, Evidence
from onegrid.duties import queries as duties
from onegrid.duties.terms import Parameter
from onegrid.organisation.queries import units


def start_triage(*, case_id: UUID, doing: Doing) -> Case:
    """Take a registered case into assessment."""
    return take(case_id, doing, Move(Action.START_TRIAGE))


def ask_info(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Ask the reporter for what is missing; the clocks pause until the answer.

    Raises:
        Conflict: asked as often as the rule in force allows.
    """

    def move(case: Case) -> Move:
        most = lawful.amount(case, Parameter.INFO_WAITS, now=doing.now)
        if case.info_waits >= most:
            raise Conflict("case.info_waits_used", most=most)
        return Move(Action.ASK_INFO, text=text, changes={"info_waits": case.info_waits + 1})

    case = take(case_id, doing, Later(Action.ASK_INFO, move))
    notify.tell(case, "info_wanted", now=doing.now)
    return case


def supply_info(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Add what was asked for; the case goes on where it waited."""
    return take(case_id, doing, Move(Action.SUPPLY_INFO, text=text))


def refuse(*, case_id: UUID, doing: Doing, reason: str, text: str) -> Case:
    """Do not accept a case: one of five reasons, and the right way (Weifang regulation Art. 19).

    Raises:
        Invalid: the reason is not on the list.
        Forbidden: a complaint or report of wrongdoing is refused by a leader only.
    """
    if reason not in RefusalReason.values:
        raise Invalid("case.missing.reason_code", field="reason")

    def move(case: Case) -> Move:
        leader = doing.viewer.has(Role.COMMUNITY_SECRETARY, Role.STREET_OFFICER)
        if case.kind in {Kind.COMPLAINT, Kind.WHISTLE} and not leader:
            raise Forbidden("case.refusal_needs_leader")
        return Move(
            Action.REFUSE,
            text=text,
            evidence=frozenset({Evidence.REASON_CODE}),
            data={"reason": reason},
        )

    case = take(case_id, doing, Later(Action.REFUSE, move))
    notify.tell(case, "case_refused", now=doing.now, reason=text)
    return case


def appeal(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Let the reporter object once to a refusal; the case is assessed again.

    Raises:
        Conflict: it was appealed before.
    """

    def move(case: Case) -> Move:
        if case.steps.filter(action=Action.APPEAL).exists():
            raise Conflict("case.appealed_before")
        return Move(Action.APPEAL, text=text)

    return take(case_id, doing, Later(Action.APPEAL, move))


def answer_now(*, case_id: UUID, doing: Doing, answers: dict[int, str]) -> Case:
    """Answer a case that can be answered at once (Weifang regulation Art. 18)."""

    def move(case: Case) -> Move:
        return Move(
            Action.ANSWER_NOW,
            text=answers_given(case, answers, now=doing.now),
            evidence=frozenset({Evidence.PART_ANSWERS}),
            changes={"result": Result.EXPLAINED},
        )

    case = take(case_id, doing, Later(Action.ANSWER_NOW, move))
    notify.tell(case, "case_done", now=doing.now)
    return case


def classify(
    *,
    case_id: UUID,
    doing: Doing,
    case_class: str,
    category_code: str,
    text: str = "",
    item_code: str | None = None,
) -> Case:
    """Set class, category and duty; the clocks take the promise of the class from registration on.

    Args:
        item_code: the duty or grid matter it falls under; empty or None: none does (S20).

    Raises:
        Invalid: class, category or item is not on the list.
    """

    def move(case: Case) -> Move:
        found = class_move(Action.CLASSIFY, case, case_class, category_code, text)
        return with_item(found, case, item_code or "", now=doing.now)

    case = take(case_id, doing, Later(Action.CLASSIFY, move))
    notify.promised(case, now=doing.now)
    return case


def reclassify(
    *,
    case_id: UUID,
    doing: Doing,
    case_class: str,
    category_code: str,
    text: str,
    item_code: str | None = None,
) -> Case:
    """Change class, category or duty with a reason; a lower class stays visible in the steps.

    Args:
        item_code: as for `classify`; None leaves the duty as it is.
    """

    def move(case: Case) -> Move:
        found = class_move(Action.RECLASSIFY, case, case_class, category_code, text)
        return found if item_code is None else with_item(found, case, item_code, now=doing.now)

    case = take(case_id, doing, Later(Action.RECLASSIFY, move))
    notify.promised(case, now=doing.now)
    return case


def class_move(action: Action, case: Case, case_class: str, category_code: str, text: str) -> Move:
    """Return the move that sets class and category."""
    category = reference.category_by_code(category_code)
    if case_class not in CaseClass.values:
        raise Invalid("case.missing.class", field="case_class")
    if category is None:
        raise Invalid("case.missing.category", field="category")
    return Move(
        action,
        text=text,
        evidence=frozenset({Evidence.CLASS, Evidence.CATEGORY}),
        data={"class": case_class, "category": category_code, "class_before": case.case_class},
        changes={
            "case_class": case_class,
            "category_id": category.id,
            "class_confirmed": True,
            "cell": alike.cell_of(case, category),
        },
    )


def with_item(move: Move, case: Case, item_code: str, *, now: datetime) -> Move:
    """Let a move set the duty that a case falls under.

    Raises:
        Invalid: there is no such item in force.
    """
    code = item_code.strip()
    item = duties.item_by_code(code, on=localtime(now).date()) if code else None
    if code and item is None:
        raise Invalid("case.item_unknown", field="item", code=code)
    before = duties.item(case.item_id)
    data = {"item": code, "item_before": before.code if before else ""}
    changes = {**move.changes, "item_id": item.id if item else None}
    return replace(move, data={**move.data, **data}, changes=changes)


def dispatch(
    *,
    case_id: UUID,
    doing: Doing,
    unit_id: UUID,
    text: str = "",
    co_units: tuple[CoUnitGiven, ...] = (),
    pushed_item: str = "",
) -> Case:
    """Give a case to a unit, which must sign for it; also after a reopening.

    Args:
        co_units: units that help it, each with its task.
        pushed_item: code of the community's matter that justifies giving it a duty of a department
            or street (S22).

    Raises:
        Invalid: a unit is unknown, a helping one has no task, or a duty is pushed down without a
            basis.
        Conflict: the unit returned the case in this round, and rightly so.
    """
    unit = units().get(unit_id)
    if unit is None:
        raise Invalid("case.unit_unknown", field="unit")

    def move(case: Case) -> Move:
        check_not_returned(case, unit.id)
        case.co_unit_ids = without(case, unit.id, now=doing.now)
        helping, names = called(case, co_units, lead_id=unit.id, now=doing.now)
        found = routing.propose(case, now=doing.now)
        pushed = pushing.justified(case, unit, by_item=pushed_item, text=text, now=doing.now)
        return Move(
            Action.DISPATCH,
            text=text,
            evidence=frozenset({Evidence.UNIT}),
            data={
                "unit": unit.name,
                **({"units": names} if names else {}),
                **found.record(unit.id),
                **pushed,
            },
            changes={"lead_unit_id": unit.id, "owner_id": None, "co_unit_ids": helping},
        )

    case = take(case_id, doing, Later(Action.DISPATCH, move))
    notify.tell(case, "case_dispatched", now=doing.now, unit=unit.name)
    return case
