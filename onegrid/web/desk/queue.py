"""The queue of a desk: filter, sort, page, map points, several cases at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onegrid.accounts.terms import Role
from onegrid.cases import actions, queries
from onegrid.cases.actions import Doing
from onegrid.cases.queries import DeskRow, Filters
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.web.casework import filters
from onegrid.web.casework.page import BOARD_ROLES, DESK_ROLES
from onegrid.web.casework.points import collection
from onegrid.web.edge import doing_of, for_roles, new_key
from onegrid.web.middleware import Request

#: Who hands cases out; the actions check it again, case by case.
ASSIGNERS = (
    Role.COMMUNITY_CLERK,
    Role.COMMUNITY_SECRETARY,
    Role.STREET_OFFICER,
    Role.DISPATCHER,
)
MOST_AT_ONCE = 100


@require_safe
@for_roles(*DESK_ROLES)
def queue(request: Request) -> HttpResponse:
    """Show the queue, or only its table when the page asks for it again."""
    wanted = filters.read(request.GET)
    page = _number(request.GET.get("page", ""))
    found = queries.desk_queue(request.viewer, filters=wanted, page=page)
    query = filters.query_of(request.GET)
    table = {
        "rows": found.rows,
        "page": found.page,
        "pages": found.pages,
        "total": found.total,
        "order": wanted.order,
        "filters": wanted,
        "narrow": filters.is_narrow(wanted),
        "query": f"?{query}" if query else "",
        "may_assign": request.viewer.has(*ASSIGNERS),
        "key": new_key(),
        "poll_url": request.get_full_path(),
    }
    if "HX-Request" in request.headers:
        return render(request, "desk/_table.html", table)
    offered = filters.choices(request.viewer, now=request.now)
    frame = {**_frame(request, wanted), "offer": offered}
    return render(request, "desk/queue.html", {**table, **frame})


def _frame(request: Request, wanted: Filters) -> dict[str, Any]:
    turn = queries.turn_counts(request.viewer)
    query = filters.query_of(request.GET)
    return {
        "turn": turn,
        "segments": _segments(request, wanted, turn),
        "saved": queries.saved_filters(request.viewer),
        "filter_query": query,
        "map_data": f"{reverse('desk:points')}?{query}",
        "export_url": f"{reverse('desk:export')}?{query}",
        "print_url": f"{reverse('desk:print')}?{query}",
        "may_see_board": request.viewer.has(*BOARD_ROLES),
    }


@dataclass(frozen=True, slots=True)
class Segment:
    """A tab of the queue."""

    label: str
    address: str
    count: int | None
    chosen: bool


def _segments(request: Request, wanted: Filters, turn: dict[str, int]) -> list[Segment]:
    labels = {
        "turn": _("Waiting for me"),
        "approval": _("For my approval"),
        "open": _("Open"),
        "closed": _("Closed"),
        "all": _("All"),
    }
    return [
        Segment(
            label=labels[name],
            address=f"?{filters.query_of(request.GET, which=name)}",
            count=turn.get(name),
            chosen=wanted.which == name,
        )
        for name in filters.TABS
        if name != "approval" or turn.get(name) or wanted.which == name
    ]


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1


@require_safe
@for_roles(*DESK_ROLES)
def points(request: Request) -> HttpResponse:
    """Return the cases of the filter as points."""
    found = queries.points(request.viewer, filters=filters.read(request.GET))
    return JsonResponse(collection(found))


@require_safe
@for_roles(*DESK_ROLES)
def print_view(request: Request) -> HttpResponse:
    """Show the filter's cases as sheets of paper, at most `queries.desk.MOST`."""
    wanted = filters.read(request.GET)
    found = queries.desk_queue(request.viewer, filters=wanted, size=200)
    context = {"rows": found.rows, "total": found.total, "cut": found.total > len(found.rows)}
    return render(request, "desk/print.html", context)


@require_POST
@for_roles(*DESK_ROLES)
def keep_filter(request: Request) -> HttpResponse:
    """Keep the filter of the page under a name."""
    query = request.POST.get("query", "")
    try:
        with transaction.atomic():
            actions.save_filter(
                viewer=request.viewer, name=request.POST.get("name", ""), query=query
            )
    except Invalid as refusal:
        messages.error(request, text(refusal))
    else:
        messages.success(request, _("The filter is kept."))
    return redirect(f"{reverse('desk:queue')}?{query}")


@require_POST
@for_roles(*DESK_ROLES)
def drop_filter(request: Request, filter_id: UUID) -> HttpResponse:
    """Forget a filter."""
    actions.delete_filter(viewer=request.viewer, filter_id=filter_id)
    messages.success(request, _("The filter is deleted."))
    return redirect("desk:queue")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one of several cases."""

    number: str
    title: str
    ok: bool
    message: str


@require_POST
@for_roles(*DESK_ROLES)
def bulk(request: Request) -> HttpResponse:
    """Do one thing to several cases; each stands alone, and the page says what happened to each."""
    doing = doing_of(request)
    do = request.POST.get("do", "")
    ids = _ids(request)
    known = {row.id: row for row in queries.rows_by_id(request.viewer, ids=ids)}
    try:
        unit = _unit(request) if do == "dispatch" else None
    except Invalid as refusal:
        messages.error(request, text(refusal))
        return redirect(f"{reverse('desk:queue')}{_back(request)}")
    outcomes = [_one(do, case_id, known.get(case_id), unit, doing) for case_id in ids]
    context = {
        "outcomes": outcomes,
        "done": sum(outcome.ok for outcome in outcomes),
        "failed": sum(not outcome.ok for outcome in outcomes),
        "back": f"{reverse('desk:queue')}{_back(request)}",
    }
    return render(request, "desk/bulk.html", context)


def _back(request: Request) -> str:
    query = filters.query_of(request.GET)
    return f"?{query}" if query else ""


def _ids(request: Request) -> list[UUID]:
    found: dict[UUID, None] = {}
    for given in request.POST.getlist("case")[:MOST_AT_ONCE]:
        try:
            found[UUID(given)] = None
        except ValueError:
            continue
    return list(found)


def _unit(request: Request) -> UUID:
    try:
        return UUID(request.POST.get("unit", ""))
    except ValueError as error:
        raise Invalid("case.missing.unit", field="unit") from error


def _one(do: str, case_id: UUID, row: DeskRow | None, unit: UUID | None, doing: Doing) -> Outcome:
    """Act on one case under a key of its own, in a savepoint of its own."""
    number, title = (row.number, row.title) if row else ("", "")
    own = Doing(viewer=doing.viewer, now=doing.now, key=uuid5(doing.key, str(case_id)))
    try:
        with transaction.atomic():
            if row is None:
                raise NotFound("case.not_found")
            if unit is not None:
                actions.dispatch(case_id=case_id, doing=own, unit_id=unit)
            elif do == "start_triage":
                actions.start_triage(case_id=case_id, doing=own)
            else:
                raise Invalid("bulk.unknown", field="do")
    except Refusal as refusal:
        return Outcome(number, title, ok=False, message=text(refusal))
    return Outcome(number, title, ok=True, message=_("Done"))
