"""Call departments, list and read calls, sign in, arrive, report, rate: both sides by program."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Header, Query, Router
from pydantic import Field

from onegrid.accounts.terms import TokenScope
from onegrid.api import schemas
from onegrid.api.auth import ApiRequest, Bearer
from onegrid.api.endpoints import REFUSED, answer, only_known, unit_by_code
from onegrid.api.problems import of_refusal
from onegrid.api.schemas import Shape, Text
from onegrid.calls import actions
from onegrid.calls.flow import Deed, Side, Stage
from onegrid.calls.queries import calls as queries
from onegrid.calls.terms import MAX_ADDRESS, MAX_TEXT, MAX_UNITS, Urgency
from onegrid.cases.actions import Doing
from onegrid.cases.queries import case_id_of
from onegrid.cases.terms import Channel
from onegrid.common.refusals import Invalid
from onegrid.organisation.queries import units

router = Router()
KEY: Any = Header(..., alias="Idempotency-Key")  # type: ignore[type-arg]
_PAGE = 50


class OpenCall(Shape):
    """Departments to call, for a case or to a place."""

    units: list[Text] = Field(max_length=MAX_UNITS, description="Codes, see GET /units.")
    urgency: Urgency
    what: Text = Field(description=f"What is needed, at most {MAX_TEXT} characters.")
    case: Text = Field("", description="Number of a case; its place counts.")
    area_id: UUID | None = Field(None, description="Community or street, without a case.")
    address: Text = Field("", description=f"At most {MAX_ADDRESS} characters.")


class CallRow(Shape):
    """One department's way through a call."""

    number: str
    unit: str
    area: str
    address: str
    what: str
    urgency: Urgency
    stage: Stage
    opened_at: datetime
    due_at: datetime
    signed_at: datetime | None
    arrived_at: datetime | None
    reported_at: datetime | None
    case_number: str = Field(description="Empty when the call belongs to no case.")


class CallPage(Shape):
    """A page of calls."""

    rows: list[CallRow]
    total: int
    page: int


class RatedOut(Shape):
    """What one side said; the other side's is here once it may be seen."""

    side: Side
    points: list[int]
    words: str


class WayOut(CallRow):
    """One department's way with what may be done and what was said."""

    unit_code: str
    team: str
    result: str
    actions: list[Deed]
    ratings: list[RatedOut]


class CallOut(Shape):
    """One call as the account of the token may see it."""

    number: str
    caller: str
    ways: list[WayOut]


class CallQuery(Shape):
    """Which calls."""

    which: Literal["open", "all"] = "open"
    page: int = Field(1, ge=1, le=10_000)


class OfUnit(Shape):
    """Which department's way; a member of one unit may leave it out."""

    unit: Text = ""


class Arrive(OfUnit):
    """The six digits that the caller shows at the site."""

    code: Text = Field(max_length=12)


class Say(OfUnit):
    """Words."""

    text: Text


class Rate(OfUnit):
    """Three marks from 1 to 5 in the order of the page, and words."""

    points: tuple[int, int, int]
    words: Text = ""


def _row(row: queries.CallRow) -> CallRow:
    return CallRow.model_construct(**asdict(row))


def _shown(view: queries.CallView) -> CallOut:
    codes = {unit.id: unit.code for unit in units().values()}
    return CallOut.model_construct(
        number=view.number,
        caller=view.caller,
        ways=[
            WayOut.model_construct(
                **asdict(way.row),
                unit_code=codes.get(way.unit_id, ""),
                team=way.team,
                result=way.result,
                actions=sorted(way.deeds),
                ratings=[
                    RatedOut.model_construct(
                        side=one.side, points=list(one.points), words=one.words
                    )
                    for one in way.ratings
                ],
            )
            for way in view.ways
        ],
    )


def _answer(request: ApiRequest, number: str, status: int = 200) -> HttpResponse:
    view = queries.call_by_number(request.viewer, number=number, now=request.now)
    return answer(_shown(view), status)


def wish_of(body: OpenCall) -> actions.Wish:
    """Return what a body asks for.

    Raises:
        Invalid: there is no such unit.
    """
    return actions.Wish(
        unit_ids=tuple(dict.fromkeys(_units(body.units))),
        urgency=body.urgency,
        what=body.what,
        address=body.address,
        area_id=body.area_id,
    )


def _units(codes: Iterable[str]) -> Iterable[UUID]:
    for code in codes:
        try:
            yield unit_by_code(code).id
        except Invalid as error:
            raise Invalid(error.code, field="units") from error


@router.post(
    "/calls",
    response={201: CallOut, 200: CallOut, **REFUSED},
    auth=Bearer(TokenScope.ACT),
    operation_id="open_call",
    summary="Call departments",
    tags=["calls"],
)
def open_call(request: ApiRequest, body: OpenCall, key: UUID = KEY) -> HttpResponse:
    """Call departments; the same key again answers 200 with the same call."""
    doing = Doing(viewer=request.viewer, now=request.now, key=key, channel=Channel.API)
    case_id = case_id_of(body.case) if body.case else None
    opened = actions.open_call(doing=doing, wish=wish_of(body), case_id=case_id)
    return _answer(request, opened.number, 200 if opened.again else 201)


@router.get(
    "/calls",
    response={200: CallPage, **REFUSED},
    auth=Bearer(TokenScope.READ),
    operation_id="list_calls",
    summary="List calls",
    tags=["calls"],
)
def list_calls(request: ApiRequest, query: Query[CallQuery]) -> HttpResponse:
    """Return a page of the calls one has to do with; open ones by the time left to sign in."""
    only_known(request, CallQuery)
    rows, total = queries.calls(request.viewer, which=query.which, page=query.page, size=_PAGE)
    shape = CallPage.model_construct(rows=[_row(row) for row in rows], total=total, page=query.page)
    return answer(shape)


@router.get(
    "/calls/{call}",
    response={200: CallOut, **REFUSED},
    auth=Bearer(TokenScope.READ),
    operation_id="read_call",
    summary="Read a call",
    tags=["calls"],
)
def read_call(request: ApiRequest, call: str) -> HttpResponse:
    """Return a call; a department sees its own way only."""
    return _answer(request, call)


def _way(request: ApiRequest, number: str, unit: str) -> UUID:
    unit_id = unit_by_code(unit).id if unit else None
    return queries.summons_id(request.viewer, number=number, unit_id=unit_id)


def _do(
    request: ApiRequest, number: str, body: OfUnit, key: UUID, act: Callable[..., Any]
) -> HttpResponse:
    doing = Doing(viewer=request.viewer, now=request.now, key=key, channel=Channel.API)
    words = {name: value for name, value in dict(body).items() if name != "unit"}
    done = act(summons_id=_way(request, number, body.unit), doing=doing, **words)
    if isinstance(done, actions.Arrival) and not done.ok:
        response = of_refusal(Invalid("call.code", field="code", left=done.left))
        response.keep_writes = True  # type: ignore[attr-defined]
        return response
    return _answer(request, number)


def _operation(deed: Deed, summary: str) -> dict[str, Any]:
    return {
        "path": f"/calls/{{call}}/actions/{deed}",
        "response": {200: CallOut, **REFUSED, 429: schemas.Problem},
        "auth": Bearer(TokenScope.ACT),
        "operation_id": f"call_{deed}",
        "summary": summary,
        "tags": ["calls"],
    }


@router.post(**_operation(Deed.SIGN_IN, "Sign in to a call"))
def call_sign_in(request: ApiRequest, call: str, body: OfUnit, key: UUID = KEY) -> HttpResponse:
    """Say that the team is on its way."""
    return _do(request, call, body, key, actions.sign_in)


@router.post(**_operation(Deed.ARRIVE, "Confirm the arrival by the code"))
def call_arrive(request: ApiRequest, call: str, body: Arrive, key: UUID = KEY) -> HttpResponse:
    """Confirm the arrival; a wrong code is 422 and counted, too many are 429."""
    return _do(request, call, body, key, actions.arrive)


@router.post(**_operation(Deed.CONFIRM_ARRIVAL, "Confirm the arrival for the community"))
def call_confirm_arrival(
    request: ApiRequest, call: str, body: Say, key: UUID = KEY
) -> HttpResponse:
    """Confirm for the community that the team is there, and say why without the code."""
    return _do(request, call, body, key, actions.confirm_arrival)


@router.post(**_operation(Deed.REPORT, "Report the result of a call"))
def call_report(request: ApiRequest, call: str, body: Say, key: UUID = KEY) -> HttpResponse:
    """Report the result."""
    return _do(request, call, body, key, actions.report)


@router.post(**_operation(Deed.RATE, "Rate the other side"))
def call_rate(request: ApiRequest, call: str, body: Rate, key: UUID = KEY) -> HttpResponse:
    """Rate the other side of the same event."""
    return _do(request, call, body, key, actions.rate)


@router.post(**_operation(Deed.CALL_OFF, "Call a department off"))
def call_call_off(request: ApiRequest, call: str, body: Say, key: UUID = KEY) -> HttpResponse:
    """Call a department off that need not come any more."""
    return _do(request, call, body, key, actions.call_off)
