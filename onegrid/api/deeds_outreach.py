"""Ask by a link, publish and take down, as actions of the interface."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from ninja import Header, Router
from pydantic import Field

from onegrid.accounts.terms import TokenScope
from onegrid.api import schemas
from onegrid.api.auth import ApiRequest, Bearer
from onegrid.api.deed import Deed, about, standing
from onegrid.api.endpoints import REFUSED, answer
from onegrid.api.schemas import Shape, Text
from onegrid.cases import queries
from onegrid.cases.actions import Doing
from onegrid.cases.terms import Channel
from onegrid.core.flow import Action
from onegrid.outreach import actions
from onegrid.outreach.terms import (
    MAX_DISCLOSED,
    MAX_NAME,
    MAX_PUBLIC_TEXT,
    MAX_QUESTION,
    VALID_DAYS,
    Way,
    Whom,
)

router = Router()

KEY: Any = Header(..., alias="Idempotency-Key")  # type: ignore[type-arg]


class Publish(Shape):
    """What everybody shall read: moderated words, not those of the case."""

    title: Text = Field(description="At most 120 characters.")
    text: Text = Field(description=f"At most {MAX_PUBLIC_TEXT} characters.")
    answer: Text = Field(description=f"At most {MAX_PUBLIC_TEXT} characters.")
    checked: bool = Field(False, description="A person says that what still looks personal is not.")


class TakeDown(Shape):
    """Why the page is taken down."""

    reason: Text = Field(max_length=MAX_QUESTION)


class AskParty(Shape):
    """A question to the reporter or to somebody else, who answers by a link."""

    whom: Whom
    way: Way = Field(description="`link`: the answer holds it, and the caller passes it on.")
    question: Text = Field(description=f"At most {MAX_QUESTION} characters.")
    to_whom: Text = Field("", description=f"Name of somebody else, at most {MAX_NAME} characters.")
    recipient: Text = Field("", description="Phone number or e-mail address of somebody else.")
    disclosed: Text = Field(
        "", description=f"What of the matter may be told, at most {MAX_DISCLOSED} characters."
    )
    days: int = Field(7, description=f"The link is good so long: one of {VALID_DAYS}.")


class Asked(schemas.Done):
    """How the case stands, and the link where the caller passes it on."""

    link: str = Field(description="Empty when it was sent by text message or e-mail.")


def _page(body: Publish) -> dict[str, Any]:
    return {"page": actions.Page(**dict(body))}


OUTREACH_DEEDS: tuple[Deed, ...] = (
    Deed("publish", "Publish it in moderated words", actions.publish, Publish, _page),
    Deed(
        "take_down",
        "Take the public page down",
        actions.take_down,
        TakeDown,
        steps=(Action.PUBLISH,),
    ),
)


@router.post(
    "/cases/{number}/actions/ask_party",
    response={200: Asked, **REFUSED},
    auth=Bearer(TokenScope.ACT),
    operation_id="ask_party",
    summary="Ask somebody by a link",
    description=about("Ask the reporter or somebody else by a link", (Action.ASK_PARTY,)),
    tags=["actions"],
)
def ask_party(request: ApiRequest, number: str, body: AskParty, key: UUID = KEY) -> HttpResponse:
    """Ask; the page of the link is told to whoever is asked."""
    page = request.build_absolute_uri(reverse("public:asked"))
    asked = actions.ask_party(
        case_id=queries.case_id_of(number),
        doing=Doing(viewer=request.viewer, now=request.now, key=key, channel=Channel.API),
        question=actions.Question(**dict(body), page=page),
    )
    link = f"{page}{asked.code}/" if body.way == Way.LINK else ""
    return answer(Asked.model_construct(**standing(asked.case), link=link))
