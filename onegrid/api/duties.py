"""The lists of duties, and which unit the rules propose for a case."""

from __future__ import annotations

from django.utils.timezone import localtime
from ninja import Query, Router
from pydantic import Field

from onegrid.api import schemas
from onegrid.api.auth import ApiRequest, Bearer
from onegrid.api.endpoints import only_known
from onegrid.api.schemas import Shape
from onegrid.cases import queries, routing
from onegrid.common.refusals import NotFound
from onegrid.duties import queries as duties

router = Router()


class DutyQuery(Shape):
    """Which items."""

    search: str = Field("", max_length=60)


class DutyOut(Shape):
    """An item of a list in force."""

    list: str
    version: int
    code: str
    heading: str
    title: str
    basis: str
    owner: str
    instead: str


class PassedOut(Shape):
    """A rule that was looked at and does not hold."""

    rule: int
    why: str
    fault: str


class RoutingOut(Shape):
    """Which unit the rules in force propose, and why."""

    version: int | None
    rule: int | None
    why: str
    unit: str
    co_units: list[str]
    words: list[str]
    passed: list[PassedOut]


@router.get(
    "/duties",
    response={200: list[DutyOut], 401: schemas.Problem, 422: schemas.Problem},
    auth=Bearer(),
    operation_id="duties",
    summary="List the duties, grid matters and abolished certificates in force",
    tags=["reference"],
)
def list_duties(request: ApiRequest, query: Query[DutyQuery]) -> list[DutyOut]:
    """Return the items in force that hold every word searched for."""
    only_known(request, DutyQuery)
    on = localtime(request.now).date()
    versions = {row.id: row.version for row in duties.lists()}
    return [
        DutyOut(
            list=row.kind,
            version=versions[row.list_id],
            code=row.code,
            heading=row.heading,
            title=row.title,
            basis=row.basis,
            owner=row.owner_name,
            instead=row.instead,
        )
        for row in duties.find_items(query.search, on=on)
    ]


@router.get(
    "/cases/{number}/routing",
    response={200: RoutingOut, 401: schemas.Problem, 403: schemas.Problem, 404: schemas.Problem},
    auth=Bearer(),
    operation_id="routing",
    summary="Say which unit the rules propose, and why",
    tags=["cases"],
)
def explain_routing(request: ApiRequest, number: str) -> RoutingOut:
    """Return the proposal with every rule that was passed over before it."""
    view = queries.case_by_number(request.viewer, number=number, now=request.now)
    if not view.relations - {"reporter"}:
        raise NotFound("case.not_found")
    found = routing.propose(view.case, now=request.now)
    return RoutingOut(
        version=found.version,
        rule=found.rule.position if found.rule else None,
        why=found.rule.why if found.rule else "",
        unit=found.unit.code if found.unit else "",
        co_units=[unit.code for unit in found.co_units],
        words=list(found.words),
        passed=[
            PassedOut(rule=one.rule.position, why=one.rule.why, fault=one.why)
            for one in found.passed
        ],
    )
