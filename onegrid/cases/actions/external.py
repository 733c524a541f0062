"""Hand a case over to another body, and hear from it (hotline, court, a company of the city)."""

from __future__ import annotations

from uuid import UUID

from onegrid.cases import joint, notify
from onegrid.cases.actions.parts import answers_given
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Case
from onegrid.cases.terms import Result
from onegrid.common.refusals import Invalid
from onegrid.core.flow import Action, Evidence

MAX_BODY, MAX_REFERENCE = 60, 64


def hand_over(*, case_id: UUID, doing: Doing, body: str, text: str, reference: str = "") -> Case:
    """Give a case to a body outside the county's units; the county goes on watching it.

    Args:
        body: its name, as the reporter reads it.
        reference: number of the case there.

    Raises:
        Invalid: the name is missing, or a text is too long.
    """
    name, number = body.strip(), reference.strip()
    if not name or len(name) > MAX_BODY:
        raise Invalid("external.body", field="body", most=MAX_BODY)
    if len(number) > MAX_REFERENCE:
        raise Invalid("external.reference", field="reference", most=MAX_REFERENCE)
    move = Move(
        Action.HAND_OVER,
        text=text,
        data={"body": name, **({"reference": number} if number else {})},
        changes={"lead_unit_id": None, "owner_id": None},
    )
    case = take(case_id, doing, move)
    notify.tell(case, "case_handed_over", now=doing.now, body=name)
    return case


def external_news(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Write down what the other body says: the one that has the case, or that it came from."""
    return take(case_id, doing, Move(Action.EXTERNAL_NEWS, text=text))


def take_back(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Take a case back from another body; it is dispatched again."""
    return take(case_id, doing, Move(Action.TAKE_BACK, text=text))


def external_done(*, case_id: UUID, doing: Doing, result: str, answers: dict[int, str]) -> Case:
    """Pass the answer of the other body on; the reporter is asked for a verdict.

    Raises:
        Invalid: the result is not on the list, or a matter has no answer.
        Conflict: a helping unit owes its report.
    """
    if result not in Result.values:
        raise Invalid("case.missing.result", field="result")

    def move(case: Case) -> Move:
        joint.check_reported(case)
        return Move(
            Action.EXTERNAL_DONE,
            text=answers_given(case, answers, now=doing.now),
            evidence=frozenset({Evidence.RESULT, Evidence.PART_ANSWERS}),
            data={"result": result},
            changes={"result": result},
        )

    case = take(case_id, doing, Later(Action.EXTERNAL_DONE, move))
    notify.tell(case, "case_done", now=doing.now)
    return case
