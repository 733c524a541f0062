"""Shared cases on the interface: what units ask for, decide, report and hand over."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Router
from pydantic import BaseModel

from onegrid.accounts.terms import TokenScope
from onegrid.api import bodies, bodies_joint, schemas
from onegrid.api.auth import ApiRequest, Bearer
from onegrid.api.deed import Deed
from onegrid.api.endpoints import answer, unit_by_code
from onegrid.cases import actions, queries
from onegrid.core.flow import Action

router = Router()


def _without(body: BaseModel, *names: str) -> dict[str, Any]:
    return {name: value for name, value in dict(body).items() if name not in names}


def _with_unit(body: Any) -> dict[str, Any]:
    return {**_without(body, "unit"), "unit_id": unit_by_code(body.unit).id}


def _reported(body: bodies_joint.CoReport) -> dict[str, Any]:
    return {"text": body.text, "unit_id": unit_by_code(body.unit).id if body.unit else None}


def _met(body: bodies_joint.Meeting) -> dict[str, Any]:
    present = [unit_by_code(code).id for code in body.units]
    return {**_without(body, "units"), "unit_ids": present}


def helpers(given: list[bodies_joint.CoUnitIn]) -> tuple[actions.CoUnitGiven, ...]:
    """Return the helping units of a dispatch.

    Raises:
        Invalid: there is no unit with such a code.
    """
    return tuple(actions.CoUnitGiven(unit_by_code(row.unit).id, row.task) for row in given)


DEEDS: tuple[Deed, ...] = (
    Deed("ask_return", "Ask to return it", actions.ask_return, bodies_joint.AskReturn, _with_unit),
    Deed(
        "decide_return",
        "Decide on a return",
        actions.decide_return,
        bodies.YesNo,
        steps=(Action.UPHOLD_RETURN, Action.REFUSE_RETURN),
    ),
    Deed(
        "put_to_ruling",
        "Put a return to a ruling",
        actions.put_to_ruling,
        bodies.WithText,
        steps=(Action.TO_ARBITRATION,),
    ),
    Deed("designate", "Designate a unit", actions.designate, bodies_joint.UnitAndText, _with_unit),
    Deed("add_unit", "Add a helping unit", actions.add_unit, bodies_joint.UnitAndText, _with_unit),
    Deed(
        "release_unit",
        "Release a helping unit",
        actions.release_unit,
        bodies_joint.UnitAndText,
        _with_unit,
    ),
    Deed(
        "co_report", "Report as helping unit", actions.co_report, bodies_joint.CoReport, _reported
    ),
    Deed(
        "record_meeting",
        "Record a meeting",
        actions.record_meeting,
        bodies_joint.Meeting,
        _met,
        steps=(Action.MEET,),
    ),
    Deed("ask_hold", "Ask to put it on hold", actions.ask_hold, bodies_joint.AskHold),
    Deed(
        "decide_hold",
        "Decide on a hold",
        actions.decide_hold,
        bodies.YesNo,
        steps=(Action.GRANT_HOLD, Action.REFUSE_HOLD),
    ),
    Deed("resume", "Go on after a hold", actions.resume, bodies.WithText),
    Deed("ask_extension", "Ask for more time", actions.ask_extension, bodies_joint.AskExtension),
    Deed(
        "decide_extension",
        "Decide on more time",
        actions.decide_extension,
        bodies.YesNo,
        steps=(Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION),
    ),
    Deed("ask_ending", "Ask to end without a solution", actions.ask_ending, bodies.WithText),
    Deed(
        "decide_ending",
        "Decide on an ending",
        actions.decide_ending,
        bodies.YesNo,
        steps=(Action.GRANT_ENDING, Action.REFUSE_ENDING),
    ),
    Deed("hand_over", "Hand over to another body", actions.hand_over, bodies_joint.HandOver),
    Deed("external_news", "Record news of it", actions.external_news, bodies.WithText),
    Deed("take_back", "Take it back", actions.take_back, bodies.WithText),
    Deed("external_done", "Pass its answer on", actions.external_done, bodies.Finish),
)


@router.get(
    "/cases/{number}/sharing",
    response={
        200: bodies_joint.SharingOut,
        401: schemas.Problem,
        403: schemas.Problem,
        404: schemas.Problem,
        422: schemas.Problem,
    },
    auth=Bearer(TokenScope.READ, TokenScope.READ_OWN),
    operation_id="case_sharing",
    summary="Read what units share of a case",
    tags=["cases"],
)
def case_sharing(request: ApiRequest, number: str) -> HttpResponse:
    """Return asks with their decisions, helping units, meetings, and the body that has it now."""
    viewer = request.viewer
    staff = TokenScope.READ in request.scopes
    if not staff:
        viewer = viewer.as_resident()
    view = queries.case_by_number(viewer, number=number, now=request.now)
    shared = queries.sharing(view)
    desk = staff and bool(view.relations - {"reporter"})
    rulings = queries.past_rulings(viewer, case_id=view.case.pk) if desk else ()
    shape = bodies_joint.SharingOut.model_construct(
        asks=[_ask(row) for row in shared.asks],
        co_units=[_shape(bodies_joint.CoUnitOut, row) for row in shared.co_units],
        meetings=[_shape(bodies_joint.MeetingOut, row) for row in shared.meetings],
        external=_shape(bodies_joint.ExternalOut, shared.external) if shared.external else None,
        past_rulings=[_shape(bodies_joint.RulingOut, row) for row in rulings],
    )
    return answer(shape)


def _ask(row: queries.AskView) -> bodies_joint.AskOut:
    shape: bodies_joint.AskOut = _shape(bodies_joint.AskOut, row)
    shape.plan = bodies_joint.PlanAsked(**asdict(row.plan)) if row.plan else None
    shape.closure = bodies_joint.ClosureAsked(**asdict(row.closure)) if row.closure else None
    return shape


def _shape(shape: type[schemas.Shape], row: object) -> Any:
    return shape.model_construct(**{name: getattr(row, name) for name in shape.model_fields})
