"""Cases that are with another body, for whoever carries them there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.cases import reference
from onegrid.cases.models import Part, Step
from onegrid.cases.terms import Kind
from onegrid.core.flow import Action, State


@dataclass(frozen=True, slots=True)
class OutsideCase:
    """A case as it may be carried to another body: no names, no numbers of people.

    Attributes:
        since: when it was handed over.
        secret: a report of wrongdoing or a confidential request; it is not carried by a machine.
    """

    id: UUID
    number: str
    text: str
    address: str
    lon: float | None
    lat: float | None
    category_code: str
    since: datetime
    secret: bool


def handed_over(*, body: str) -> tuple[OutsideCase, ...]:
    """Return the cases that were handed over to a body last and are still with it."""
    steps = Step.objects.filter(action=Action.HAND_OVER, case__state=State.EXTERNAL)
    last = steps.order_by("case_id", "-seq").distinct("case_id").select_related("case")
    return tuple(_row(step) for step in last if step.data.get("body") == body)


def matters(case_id: UUID) -> tuple[int, ...]:
    """Return the numbers of the matters of a case."""
    return tuple(Part.objects.filter(case_id=case_id).order_by("n").values_list("n", flat=True))


def _row(step: Step) -> OutsideCase:
    case = step.case
    category = reference.categories.get().get(case.category_id) if case.category_id else None
    return OutsideCase(
        id=case.pk,
        number=case.number,
        text=case.text,
        address=case.address,
        lon=case.lon,
        lat=case.lat,
        category_code=category.code if category else "",
        since=step.at,
        secret=case.confidential or case.kind == Kind.WHISTLE,
    )
