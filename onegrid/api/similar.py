"""Look for a case to join before sending the same again, and join it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from ninja import Header, Router
from pydantic import Field

from onegrid.accounts.terms import TokenScope
from onegrid.api import auth, schemas
from onegrid.api.auth import ApiRequest, Bearer
from onegrid.api.endpoints import REFUSED, answer, request_of
from onegrid.cases import actions
from onegrid.cases.actions import Doing
from onegrid.cases.queries.offers import Offer, chosen, offers
from onegrid.cases.terms import Channel
from onegrid.common.refusals import Conflict
from onegrid.core.flow import State

router = Router()


class OfferOut(schemas.Shape):
    """A case like the request: no words of its reporter, no exact place."""

    handle: str = Field(description="Names the case when joining it.")
    category: str
    community: str
    state: State
    same_building: bool
    about_m: int | None = Field(description="Metres from the place given, rounded up to 50.")
    days: int = Field(description="Days since it was reported.")
    people: int = Field(description="How many it concerns so far, at most 99.")
    own: bool = Field(description="The caller reported it: add to it instead of joining.")
    number: str = Field(description="Receipt number, only of an own case.")


class Offers(schemas.Shape):
    """At most three, the most alike first; confidential requests are compared with nothing."""

    rows: list[OfferOut]


class Join(schemas.Shape):
    """The request as it would be sent, and which of the offers it is."""

    request: schemas.OpenCase
    handle: schemas.Text = Field(max_length=64)


class Joined(schemas.Shape):
    """How many the case concerns now."""

    people: int


@router.post(
    "/similar",
    response={200: Offers, **REFUSED, 429: schemas.Problem},
    auth=Bearer(TokenScope.OPEN),
    operation_id="similar_cases",
    summary="Look for open cases like a request",
    tags=["cases"],
)
def similar_cases(request: ApiRequest, body: schemas.OpenCase) -> HttpResponse:
    """Return open cases of the same kind near the place; sends nothing."""
    auth.opening.take(request.token, now=request.now)
    found = offers(request.viewer, request=request_of(request.viewer, body), now=request.now)
    return answer(Offers(rows=[_shown(offer) for offer in found]))


@router.post(
    "/similar/join",
    response={200: Joined, **REFUSED, 429: schemas.Problem},
    auth=Bearer(TokenScope.OPEN),
    operation_id="join_case",
    summary="Join an open case instead of sending the same",
    tags=["cases"],
)
def join_case(
    request: ApiRequest,
    body: Join,
    key: UUID = Header(..., alias="Idempotency-Key"),  # type: ignore[type-arg]  # noqa: B008
) -> HttpResponse:
    """Join one of the cases that `similar_cases` offers for the same request."""
    auth.opening.take(request.token, now=request.now)
    wanted = request_of(request.viewer, body.request)
    offer = chosen(offers(request.viewer, request=wanted, now=request.now), body.handle)
    if offer is None:
        raise Conflict("case.join_gone", field="handle")
    doing = Doing(viewer=request.viewer, now=request.now, key=key, channel=Channel.API)
    actions.join(case_id=offer.case_id, doing=doing, reporter=wanted.reporter, text=wanted.text)
    return answer(Joined(people=offer.people + 1))


def _shown(offer: Offer) -> OfferOut:
    return OfferOut(**{name: getattr(offer, name) for name in OfferOut.model_fields})
