"""Answer a request part by part (N7)."""

from __future__ import annotations

from datetime import datetime

from onegrid.cases.models import Case, Part
from onegrid.common.refusals import Invalid

MIN_ANSWER = 4


def answers_given(case: Case, answers: dict[int, str], *, now: datetime) -> str:
    """Write the answers to the parts and return them as one text.

    Raises:
        Invalid: a part is left unanswered, or an answer says nothing; the field names the part.
    """
    parts = list(Part.objects.filter(case_id=case.pk).order_by("n"))
    for part in parts:
        answer = answers.get(part.n, "").strip()
        if len(answer) < MIN_ANSWER:
            raise Invalid("case.part_unanswered", field=f"answer_{part.n}", n=part.n)
        part.answer, part.answered_at = answer, now
    Part.objects.bulk_update(parts, ["answer", "answered_at"])
    if len(parts) == 1:
        return parts[0].answer
    return "\n".join(f"{part.n}. {part.answer}" for part in parts)
