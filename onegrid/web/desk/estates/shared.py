"""What the pages of estates share: frame, fields of forms, lists to choose from."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from onegrid.common.refusals import Invalid, NotFound
from onegrid.estates import queries
from onegrid.estates.queries.people import candidates
from onegrid.estates.standing import own_communities
from onegrid.web.desk.calls.pages import frame as desk_frame
from onegrid.web.desk.calls.shared import words
from onegrid.web.middleware import Request

_DIGITS = 9


def frame(request: Request) -> dict[str, Any]:
    """Return what every page of estates shows around itself."""
    return {**desk_frame(request), "may_register": bool(own_communities(request.viewer))}


def view_of(request: Request, estate_id: UUID, *, to_write: bool = False) -> queries.EstateView:
    """Return the estate of a page.

    Raises:
        NotFound: none in sight, or, `to_write`, none of the viewer's own community.
    """
    view = queries.estate(request.viewer, estate_id=estate_id, now=request.now)
    if to_write and not view.may_edit:
        raise NotFound("estate.not_found")
    return view


def day(request: HttpRequest, name: str) -> date | None:
    """Return a day that was typed; None when the field is empty.

    Raises:
        Invalid: it is none.
    """
    typed = words(request, name)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Invalid("estate.day", field=name) from error


def needed_day(request: HttpRequest, name: str) -> date:
    """Return a day that was typed.

    Raises:
        Invalid: it is none.
    """
    found = day(request, name)
    if found is None:
        raise Invalid("estate.day", field=name)
    return found


def whole(request: HttpRequest, name: str, *, refusal: str) -> int | None:
    """Return a whole number that was typed; None when the field is empty.

    Raises:
        Invalid: it is none; `refusal` is its code.
    """
    typed = words(request, name)
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < _DIGITS):
        raise Invalid(refusal, field=name)
    return int(typed)


def idents(request: HttpRequest, name: str, *, refusal: str) -> list[UUID]:
    """Return the ids that were ticked.

    Raises:
        Invalid: one of them is none; `refusal` is its code.
    """
    try:
        return [UUID(one) for one in request.POST.getlist(name)]
    except ValueError as error:
        raise Invalid(refusal, field=name) from error


def typed(request: HttpRequest, *names: str, **first: object) -> dict[str, Any]:
    """Return what was typed into fields, or, on a fresh form, what they begin with."""
    if request.method == "POST":
        return {name: words(request, name) for name in (*names, *first)}
    return {**dict.fromkeys(names, ""), **first}


def people(request: Request, community_id: UUID) -> list[tuple[UUID, str]]:
    """Return who of a community can be in charge, as choices."""
    return [(one.id, one.name or one.username) for one in candidates(community_id, request.now)]


def me_first(request: Request, choices: list[tuple[UUID, str]], before: UUID | None = None) -> str:
    """Return the person chosen on a fresh form: whoever was in charge, else the viewer."""
    ids = {one for one, _name in choices}
    chosen = before if before in ids else request.viewer.user_id
    return str(chosen) if chosen in ids else ""
