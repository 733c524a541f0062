"""Who is responsible for a door on a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.timezone import localtime
from ninja import Query, Router
from pydantic import Field

from onegrid.api import schemas
from onegrid.api.auth import ApiRequest, Bearer
from onegrid.api.endpoints import answer, only_known
from onegrid.api.schemas import Shape
from onegrid.common.refusals import Invalid
from onegrid.core import geo
from onegrid.plans.queries.responsible import Term, moment_of, responsible

router = Router()


class DoorQuery(Shape):
    """Which door, on which day."""

    on: date | None = Field(None, description="A day of the county; today when left out.")
    building: UUID | None = None
    lon: float | None = Field(None, ge=-180, le=180, description="Without a building.")
    lat: float | None = Field(None, ge=-90, le=90, description="Without a building.")
    system: Literal["wgs84", "gcj02", "bd09"] = "wgs84"


class TermOut(Shape):
    """A time in which a grid has the door; names of former grid workers are for staff."""

    street_code: str
    street: str
    community_code: str
    community: str
    grid_code: str
    grid: str
    unit: str
    phone: str = Field(description="Published phone number of the unit.")
    workers: list[str]
    begins: datetime | None
    ends: datetime | None


class ResponsibleOut(Shape):
    """Who is responsible, who was before and who will be after."""

    on: date
    door: str = Field(description="Address of the building; empty for a point.")
    now: TermOut
    before: TermOut | None
    after: TermOut | None


@router.get(
    "/places/responsible",
    response={
        200: ResponsibleOut,
        401: schemas.Problem,
        404: schemas.Problem,
        409: schemas.Problem,
        422: schemas.Problem,
    },
    auth=Bearer(),
    operation_id="responsible",
    summary="Who is responsible for a door on a day",
    tags=["reference"],
)
def who(request: ApiRequest, query: Query[DoorQuery]) -> HttpResponse:
    """Return grid, community, street, unit and grid workers, and the terms before and after."""
    only_known(request, DoorQuery)
    lon, lat = query.lon, query.lat
    if query.building is None:
        if lon is None or lat is None:
            raise Invalid("responsible.where", field="building")
        lon, lat = geo.convert(lon, lat, query.system)
    day = query.on or localtime(request.now).date()
    found = responsible(
        viewer=request.viewer,
        on=moment_of(day, now=request.now),
        now=request.now,
        lon=lon,
        lat=lat,
        building_id=query.building,
    )
    terms = [_term(term) for term in (found.now, found.before, found.after)]
    shape = ResponsibleOut.model_construct(
        on=day, door=found.door, now=terms[0], before=terms[1], after=terms[2]
    )
    return answer(shape)


def _term(term: Term | None) -> TermOut | None:
    if term is None:
        return None
    place, unit = term.place, term.unit
    return TermOut(
        street_code=place.street_code,
        street=place.street_name,
        community_code=place.community_code,
        community=place.community_name,
        grid_code=place.grid_code,
        grid=place.grid_name,
        unit=unit.name if unit else "",
        phone=unit.phone if unit else "",
        workers=list(term.workers),
        begins=term.begins,
        ends=term.ends,
    )
