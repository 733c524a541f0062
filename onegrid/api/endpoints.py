"""Open, list and read cases; categories, units and places."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from ninja import Header, Query, Router
from pydantic import BaseModel

from onegrid.accounts.terms import TokenScope
from onegrid.accounts.viewer import Viewer
from onegrid.api import auth, schemas, shown
from onegrid.api.auth import ApiRequest, Bearer
from onegrid.cases import actions, queries, reference
from onegrid.cases.terms import Channel
from onegrid.common.refusals import Forbidden, Invalid
from onegrid.core import geo
from onegrid.grids import queries as grids
from onegrid.organisation.queries import UnitRow, units

router = Router()

REFUSED = {
    400: schemas.Problem,
    401: schemas.Problem,
    403: schemas.Problem,
    404: schemas.Problem,
    409: schemas.Problem,
    413: schemas.Problem,
    422: schemas.Problem,
}
_READ = {401: schemas.Problem, 403: schemas.Problem, 422: schemas.Problem}


def answer(body: BaseModel, status: int = 200) -> HttpResponse:
    """Write a shape as JSON."""
    return HttpResponse(body.model_dump_json(), status=status, content_type="application/json")


@router.post(
    "/cases",
    response={201: schemas.Opened, 200: schemas.Opened, **REFUSED, 429: schemas.Problem},
    auth=Bearer(TokenScope.OPEN),
    operation_id="open_case",
    summary="Open a case",
    tags=["cases"],
)
def open_case(
    request: ApiRequest,
    body: schemas.OpenCase,
    key: UUID = Header(..., alias="Idempotency-Key"),  # type: ignore[type-arg]  # noqa: B008
) -> HttpResponse:
    """Open a case; the same key again answers 200 with the same receipt and opens nothing."""
    auth.opening.take(request.token, now=request.now)
    receipt = actions.open_case(
        viewer=request.viewer, request=request_of(request.viewer, body), now=request.now, key=key
    )
    shape = schemas.Opened.model_construct(
        number=receipt.number, query_token=receipt.token, due=receipt.due_at
    )
    return answer(shape, 200 if receipt.again else 201)


def request_of(viewer: Viewer, body: schemas.OpenCase) -> actions.Request:
    """Return what the case engine takes.

    Raises:
        Forbidden: somebody who is no staff enters it for somebody else.
    """
    if body.on_behalf and not viewer.is_staff:
        raise Forbidden("api.on_behalf")
    return actions.Request(
        text=body.text,
        place=actions.Place(**dict(body.place)),
        title=body.title,
        parts=tuple(body.parts),
        category_code=body.category,
        kind=body.kind,
        reporter=actions.Reporter(**dict(body.reporter)),
        on_behalf=body.on_behalf,
        confidential=body.confidential,
        language=body.language,
        channel=Channel.API,
    )


@router.get(
    "/cases/mine",
    response={200: schemas.MinePage, **_READ},
    auth=Bearer(TokenScope.READ_OWN),
    operation_id="my_cases",
    summary="List own cases",
    tags=["cases"],
)
def my_cases(request: ApiRequest, query: Query[schemas.PageQuery]) -> HttpResponse:
    """Return the cases that the account of the token reported, newest first."""
    only_known(request, schemas.PageQuery)
    rows, total = queries.my_cases(request.viewer, page=query.page, size=query.size)
    return answer(shown.mine(rows, total, page=query.page, size=query.size))


@router.get(
    "/cases",
    response={200: schemas.CasePage, **_READ},
    auth=Bearer(TokenScope.READ),
    operation_id="list_cases",
    summary="List the cases of the desk",
    tags=["cases"],
)
def list_cases(request: ApiRequest, query: Query[schemas.DeskQuery]) -> HttpResponse:
    """Return a page of the caller's desk: the same scope, filters and order as on the pages."""
    only_known(request, schemas.DeskQuery)
    filters = queries.Filters(
        which=query.which,
        states=tuple(query.state),
        classes=tuple(query.case_class),
        category=query.category,
        unit=unit_by_code(query.unit).id if query.unit else None,
        community=query.community,
        marks=tuple(query.mark),
        channel=query.channel,
        words=query.words,
        opened_from=query.opened_from,
        opened_to=query.opened_to,
        order=query.order,
    )
    page = queries.desk_queue(request.viewer, filters=filters, page=query.page, size=query.size)
    return answer(shown.desk(page))


@router.get(
    "/cases/{number}",
    response={200: schemas.CaseOut, **_READ, 404: schemas.Problem},
    auth=Bearer(TokenScope.READ, TokenScope.READ_OWN),
    operation_id="read_case",
    summary="Read a case",
    tags=["cases"],
)
def read_case(request: ApiRequest, number: str) -> HttpResponse:
    """Return a case of the desk (`cases:read`) or an own one (`cases:read_own`)."""
    viewer = request.viewer
    if TokenScope.READ not in request.scopes:
        viewer = viewer.as_resident()
    return answer(shown.case(queries.case_by_number(viewer, number=number, now=request.now)))


def only_known(request: ApiRequest, shape: type[schemas.Shape]) -> None:
    """Refuse a parameter that nobody knows: a filter with a slip of the pen would find too much."""
    for name in request.GET:
        if name not in shape.model_fields:
            raise Invalid("api.parameter", field=name[:40])


def unit_by_code(code: str) -> UnitRow:
    """Return an active unit.

    Raises:
        Invalid: there is none with this code.
    """
    for unit in units().values():
        if unit.code == code:
            return unit
    raise Invalid("case.unit_unknown", field="unit")


@router.get(
    "/categories",
    response={200: list[schemas.CategoryOut], 401: schemas.Problem},
    auth=Bearer(),
    operation_id="categories",
    summary="List the categories",
    tags=["reference"],
)
def categories(request: ApiRequest) -> list[schemas.CategoryOut]:
    """Return the county's categories in their order; a parent comes before its children."""
    rows = reference.categories.get()
    language = request.viewer.language
    return [
        schemas.CategoryOut(
            code=row.code,
            parent=rows[row.parent_id].code if row.parent_id in rows else None,
            name=row.label(language),
            default_class=row.default_class,
        )
        for row in rows.values()
    ]


@router.get(
    "/units",
    response={200: list[schemas.UnitOut], 401: schemas.Problem},
    auth=Bearer(),
    operation_id="units",
    summary="List the units",
    tags=["reference"],
)
def list_units(request: ApiRequest) -> list[schemas.UnitOut]:
    """Return the units that cases can be given to, in their order."""
    return [
        schemas.UnitOut(code=unit.code, kind=unit.kind, name=unit.name) for unit in units().values()
    ]


@router.get(
    "/places/at",
    response={
        200: schemas.PlaceOut,
        401: schemas.Problem,
        409: schemas.Problem,
        422: schemas.Problem,
    },
    auth=Bearer(),
    operation_id="place_at",
    summary="Find the grid of a point",
    tags=["reference"],
)
def place_at(request: ApiRequest, query: Query[schemas.PointQuery]) -> HttpResponse:
    """Return street, community and grid at a point of the county, today."""
    only_known(request, schemas.PointQuery)
    lon, lat = geo.convert(query.lon, query.lat, query.system)
    found = grids.place_of(tenant_id=request.viewer.tenant_id, lon=lon, lat=lat, on=request.now)
    return answer(
        schemas.PlaceOut(
            lon=lon,
            lat=lat,
            label=found.label,
            street_code=found.street_code,
            street=found.street_name,
            community_code=found.community_code,
            community=found.community_name,
            grid_code=found.grid_code,
            grid=found.grid_name,
        )
    )
