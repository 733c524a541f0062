"""Answer a request part by part (N7)."""

from __future__ import annotations

from datetime import datetime

from onegrid.cases.models import Case, Part
from onegrid.common.refusals import Conflict, Invalid

MIN_ANSWER = 4


def answers_given(case: Case, answers: dict[int, str], *, now: datetime) -> str:
    """Write the answers to the parts and return them as one text.

    A part with a case of its own is answered by that one.

    Raises:
        Invalid: a part is left unanswered, or an answer says nothing; the field names the part.
        Conflict: the case of a part is not answered yet.
    """
    parts = list(Part.objects.filter(case_id=case.pk).select_related("child").order_by("n"))
    for part in parts:
        if part.child is not None:
            _check_answered(part)
            continue
        answer = answers.get(part.n, "").strip()
        if len(answer) < MIN_ANSWER:
            raise Invalid("case.part_unanswered", field=f"answer_{part.n}", n=part.n)
        part.answer, part.answered_at = answer, now
    Part.objects.bulk_update(parts, ["answer", "answered_at"])
    if len(parts) == 1:
        return parts[0].answer
    return "\n".join(f"{part.n}. {part.answer}" for part in parts)


def _check_answered(part: Part) -> None:
    if part.answered_at is None and part.child is not None:
        raise Conflict("case.child_open", n=part.n, number=part.child.number)
