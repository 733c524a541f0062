"""A case as another system may know it: no reporter, no text, only where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.cases.models import Case, Part


@dataclass(frozen=True, slots=True)
class PartRow:
    """One of several matters, with its answer if there is one."""

    n: int
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """Where a case stands; ``unit`` is the name of the leading one."""

    number: str
    state: str
    result: str
    unit: str
    due_at: datetime | None
    parts: tuple[PartRow, ...]


def linked_case(*, case_id: UUID) -> LinkedCase:
    """Return a case for the system that it came from; the caller answers for the right to it."""
    row = Case.objects.values_list("number", "state", "result", "lead_unit__name", "due_at").get(
        pk=case_id
    )
    parts = Part.objects.filter(case_id=case_id).order_by("n").values_list("n", "text", "answer")
    number, state, result, unit, due_at = row
    return LinkedCase(
        number, state, result, unit or "", due_at, tuple(PartRow(*part) for part in parts)
    )
