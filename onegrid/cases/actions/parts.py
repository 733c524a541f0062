"""Answer a request part by part (N7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from onegrid.cases.models import Case, Part
from onegrid.common.refusals import Conflict, Invalid

MIN_ANSWER = 4


def answers_given(case: Case, answers: Mapping[int, str], *, now: datetime) -> str:
    """Write the answers to the parts and return them as one text.

    A part with a case of its own is answered by that one.

    Raises:
        Invalid: a part is left unanswered, or an answer says nothing; the field names the part.
        Conflict: the case of a part is not answered yet.
    """
    parts = _answered(case, answers)
    for part in parts:
        if part.child_id is None:
            part.answered_at = now
    Part.objects.bulk_update(parts, ["answer", "answered_at"])
    return _as_text(parts)


def answers_checked(case: Case, answers: Mapping[int, str]) -> str:
    """Return the answers to the parts as one text; nothing is written.

    Raises:
        Invalid, Conflict: as `answers_given`.
    """
    return _as_text(_answered(case, answers))


def _answered(case: Case, answers: Mapping[int, str]) -> list[Part]:
    parts = list(Part.objects.filter(case_id=case.pk).select_related("child").order_by("n"))
    for part in parts:
        if part.child is not None:
            _check_answered(part)
            continue
        answer = answers.get(part.n, "").strip()
        if len(answer) < MIN_ANSWER:
            raise Invalid("case.part_unanswered", field=f"answer_{part.n}", n=part.n)
        part.answer = answer
    return parts


def _as_text(parts: list[Part]) -> str:
    if len(parts) == 1:
        return parts[0].answer
    return "\n".join(f"{part.n}. {part.answer}" for part in parts)


def _check_answered(part: Part) -> None:
    if part.answered_at is None and part.child is not None:
        raise Conflict("case.child_open", n=part.n, number=part.child.number)
