"""Merge, divide, repeat, emergency: actions that tie a case to others, by the interface."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, Field

from onegrid.api.bodies import WithText
from onegrid.api.deed import Deed
from onegrid.api.endpoints import unit_by_code
from onegrid.api.schemas import Shape, Text, Words
from onegrid.cases import actions
from onegrid.cases.queries.tied import case_named
from onegrid.cases.terms import CaseClass, EmergencyNumber


class Merge(Shape):
    """The earlier case that this one belongs to."""

    into: Text = Field(description="Receipt number of the earlier case.")
    text: Words = ""


class Split(Shape):
    """Matters that become a case of their own."""

    parts: list[int] = Field(default_factory=list, max_length=20, description="Their numbers.")
    text: Words = Field("", description="A further matter that the request did not name apart.")
    case_class: CaseClass
    category: Text
    unit: Text = Field("", description="Code of a unit; left out: to be dispatched later.")


class Emergency(Shape):
    """A call to 110, 119, 120 or 122."""

    line: EmergencyNumber
    called_by: Text = Field(max_length=40)
    called_at: AwareDatetime
    text: Words


def _merged(body: Merge) -> dict[str, Any]:
    return {"into": case_named(body.into), "text": body.text}


def _split(body: Split) -> dict[str, Any]:
    matters = actions.Matters(
        case_class=body.case_class,
        category_code=body.category,
        parts=tuple(body.parts),
        text=body.text,
        unit_id=unit_by_code(body.unit).id if body.unit else None,
    )
    return {"matters": matters}


TIED_DEEDS: tuple[Deed, ...] = (
    Deed("merge", "Merge it into an earlier case", actions.merge, Merge, _merged),
    Deed("unmerge", "Undo a merger", actions.unmerge, WithText),
    Deed("split", "Divide it: some matters become a case", actions.split, Split, _split),
    Deed("repeat", "Keep a repeated message as a contact", actions.repeat, WithText),
    Deed("emergency", "Write down an emergency call", actions.emergency, Emergency),
)
