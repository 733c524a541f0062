"""What the pages of plans share: who opens them, how a deed is done, words of a draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from onegrid.accounts.terms import Role
from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.plans.actions import Doing
from onegrid.plans.terms import COMMUNITY_LEVEL, PLANNERS, Status
from onegrid.web.desk.calls.pages import frame as desk_frame
from onegrid.web.desk.plans import refusal_texts  # noqa: F401
from onegrid.web.edge import key_of
from onegrid.web.middleware import Request

#: Who reads drafts; who may do what with one is asked of `DraftView.may`.
PLAN_ROLES: tuple[Role, ...] = (*PLANNERS, *COMMUNITY_LEVEL)
#: Grid workers sign for what they give and take.
HANDOVER_ROLES: tuple[Role, ...] = (*PLAN_ROLES, Role.GRID_WORKER)

#: Colour family and icon of each status.
LOOKS: dict[str, tuple[str, str]] = {
    Status.DRAFT: ("quiet", "pencil"),
    Status.RUNNING: ("info", "loader-circle"),
    Status.READY: ("pine", "circle-dot"),
    Status.SUBMITTED: ("amber", "send"),
    Status.AGREED: ("amber", "handshake"),
    Status.APPROVED: ("jade", "clipboard-check"),
    Status.WITHDRAWN: ("quiet", "undo-2"),
    Status.ADOPTED: ("jade", "circle-check"),
}
#: What a draft waits for, and for whom.
WAITS: dict[str, Any] = {
    Status.DRAFT: _("Waits for somebody to start the planner."),
    Status.RUNNING: _("The planner is at work."),
    Status.READY: _("Waits for its maker to submit it."),
    Status.SUBMITTED: _("Waits for the street officers to agree."),
    Status.AGREED: _("Waits for the county's supervisor to approve it."),
    Status.APPROVED: _("Waits for the county to set the day on which it takes effect."),
    Status.WITHDRAWN: _("Was withdrawn; nothing comes of it."),
    Status.ADOPTED: _("Is adopted."),
}


def frame(request: Request) -> dict[str, Any]:
    """Return what every page of plans shows around itself."""
    return {**desk_frame(request), "looks": LOOKS, "waits": WAITS}


def doing_of(request: Request) -> Doing:
    """Return who does what and when, under the key of the form."""
    return Doing(viewer=request.viewer, now=request.now, key=key_of(request))


def tried(
    request: Request,
    deed: Callable[[Doing], Sequence[str]],
    *,
    back: str | Callable[[], str],
    again: Callable[[Refusal], HttpResponse],
) -> HttpResponse:
    """Do something, say it, and go back; a refusal undoes it and shows the page again.

    Args:
        deed: does it and returns the sentence to be said, then what to look out for.
        back: an address, or what makes one once it is done.
    """
    try:
        with transaction.atomic():
            said, *warned = deed(doing_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return again(refusal)
    messages.success(request, said)
    for line in warned:
        messages.warning(request, line)
    return redirect(back() if callable(back) else back)


def whole(request: Request, name: str, *, least: int = 0, empty: int | None = None) -> int | None:
    """Return a whole number that was typed, or `empty` when nothing was.

    Raises:
        Invalid: it is none, or it is too small.
    """
    typed = request.POST.get(name, "").strip()
    if not typed and empty is not None:
        return empty
    if not typed:
        return None
    if not typed.isascii() or not typed.isdigit() or len(typed) > 7 or int(typed) < least:
        raise Invalid("plan_form.number", field=name, least=least)
    return int(typed)


def number(request: Request, name: str) -> int:
    """Return a whole number that must be there.

    Raises:
        Invalid: it is none, or missing.
    """
    found = whole(request, name)
    if found is None:
        raise Invalid("plan_form.missing", field=name)
    return found


def idents(request: Request, name: str) -> tuple[UUID, ...]:
    """Return the ids that were ticked.

    Raises:
        Invalid: one is none.
    """
    try:
        return tuple(dict.fromkeys(UUID(one) for one in request.POST.getlist(name)))
    except ValueError as error:
        raise Invalid("plan_form.missing", field=name) from error
