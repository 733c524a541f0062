"""Open cases that a resident may join instead of sending the same: nothing personal is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.crypto import salted_hmac

from onegrid.accounts.viewer import Viewer
from onegrid.cases import alike, reference
from onegrid.cases.actions.joining import JOINABLE
from onegrid.cases.queries.similar import Found, found_like
from onegrid.cases.request import Place, Request, numbers_only
from onegrid.cases.terms import LinkKind
from onegrid.common.tenancy.context import current_tenant
from onegrid.core import geo
from onegrid.core.similar import Matter
from onegrid.grids import queries as grids

#: So many are offered at most; more are not read.
OFFERED = 3
#: Above this the number of people is not told.
MOST_PEOPLE = 99
#: Distances are told in steps of so many metres.
STEP_M = 50
_PEOPLE = (
    "SELECT id, 1 + (SELECT count(*) FROM cases_link WHERE tenant_id = %(tenant)s "
    "AND other_id = id_of.id AND kind = %(kind)s AND ended_at IS NULL) "
    "+ (SELECT count(*) FROM cases_joiner WHERE tenant_id = %(tenant)s AND case_id = id_of.id) "
    "FROM unnest(%(ids)s::uuid[]) AS id_of (id)"
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A case that somebody may join; no words of its reporter, no exact place.

    Attributes:
        handle: names the case towards the person it is offered to, and nobody else.
        about_m: metres from the place of the request, rounded up; None in the same building.
        people: how many it concerns so far, at most `MOST_PEOPLE`.
        own: the request's own reporter reported it; ``number`` is told only then.
    """

    case_id: UUID
    handle: str
    category: str
    community: str
    state: str
    same_building: bool
    about_m: int | None
    days: int
    people: int
    own: bool
    number: str


def offers(viewer: Viewer, *, request: Request, now: datetime) -> tuple[Offer, ...]:
    """Return open cases like a request that is not sent yet, the most alike first.

    A confidential request or a report of wrongdoing is compared with nothing; a personal matter
    with the reporter's own cases only.
    """
    if alike.private(kind=request.kind, confidential=request.confidential):
        return ()
    category = _category(request)
    wanted = _matter(viewer, request, category, now)
    if wanted is None:
        return ()
    kept = [found for found in found_like(wanted, now=now) if _may_offer(found)][:OFFERED]
    people = people_of([found.case.id for found in kept])
    return tuple(_offer(viewer, found, people[found.case.id]) for found in kept)


def _may_offer(found: Found) -> bool:
    """Tell whether a case takes others, and about a personal matter whether it is their own."""
    if found.case.state not in JOINABLE:
        return False
    category = alike.category_of(found.case.category_id, found.case.text)
    return bool(found.likeness.reporter) or category is None or not category.personal


def _category(request: Request) -> reference.CategoryRow | None:
    if request.category_code:
        return reference.category_by_code(request.category_code)
    return alike.category_of(None, request.text)


def _matter(
    viewer: Viewer,
    request: Request,
    category: reference.CategoryRow | None,
    now: datetime,
) -> Matter | None:
    """Return what of a request is compared; None where its place is known in words only."""
    point = _point(request.place, now)
    if point is None:
        return None
    return alike.matter(
        category=category,
        text=request.text,
        at=now,
        lon=point[0],
        lat=point[1],
        building_id=request.place.building_id,
        reporters=_reporters(viewer, request),
    )


def _reporters(viewer: Viewer, request: Request) -> frozenset[str]:
    """Return what the reporter is known by: an account; a phone only where staff have asked for it.

    A number that anybody can type would tell what somebody else has reported.
    """
    if request.on_behalf:
        phone = numbers_only(request.reporter.phone) if viewer.is_staff else ""
        return alike.reporters_of(None, phone)
    return alike.reporters_of(viewer.user_id, "")


def _point(place: Place, now: datetime) -> tuple[float, float] | None:
    if place.building_id is not None:
        building = grids.building(building_id=place.building_id, on=now)
        return building.lon, building.lat
    if place.lon is None or place.lat is None:
        return None
    return geo.convert(place.lon, place.lat, place.system)


def people_of(case_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many people each case concerns: its reporter, those merged, those who joined."""
    ids = list(case_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"ids": ids, "tenant": current_tenant(), "kind": LinkKind.MERGED})
        return dict(cursor.fetchall())


def _offer(viewer: Viewer, found: Found, people: int) -> Offer:
    case, likeness = found.case, found.likeness
    category = alike.category_of(case.category_id, case.text)
    own = bool(likeness.reporter)
    apart = likeness.distance_m
    return Offer(
        case_id=case.id,
        handle=salted_hmac("onegrid.offer", str(case.id)).hexdigest()[:32],
        category=category.label(viewer.language) if category else "",
        community=grids.area_names().get(case.community_id, "") if case.community_id else "",
        state=case.state,
        same_building=likeness.same_building,
        about_m=None if apart is None else STEP_M * max(1, -int(-apart // STEP_M)),
        days=likeness.days,
        people=min(people, MOST_PEOPLE),
        own=own,
        number=case.number if own else "",
    )


def chosen(found: Iterable[Offer], handle: str) -> Offer | None:
    """Return the offer with a handle; nobody joins what was not offered to them."""
    return next((offer for offer in found if offer.handle == handle), None)
