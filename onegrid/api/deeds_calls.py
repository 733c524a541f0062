"""Call departments, as an action on a case."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from onegrid.api.calls import OpenCall, wish_of
from onegrid.api.deed import Deed
from onegrid.api.schemas import Shape, Text
from onegrid.calls import actions
from onegrid.calls.terms import MAX_UNITS, Urgency


class CallUnits(Shape):
    """Departments that shall come to the place of the case."""

    units: list[Text] = Field(max_length=MAX_UNITS, description="Codes, see GET /units.")
    urgency: Urgency
    what: Text
    address: Text = ""


def _wished(body: CallUnits) -> dict[str, Any]:
    return {"wish": wish_of(OpenCall.model_construct(**{"area_id": None, **dict(body)}))}


CALL_DEEDS: tuple[Deed, ...] = (
    Deed("call_units", "Call departments", actions.call_units, CallUnits, _wished),
)
