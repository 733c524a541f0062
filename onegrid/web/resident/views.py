"""A resident's own cases, and the files of cases for everybody who may see them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases.queries import MineRow, case_id_of, file_content, my_cases
from onegrid.cases.queries.joined import JoinedRow, joined_cases
from onegrid.cases.queries.letters import letter_of_own
from onegrid.cases.queries.mine import PAGE
from onegrid.cases.queries.reporter import StepMark, progress
from onegrid.cases.terms import Result
from onegrid.common.refusals import NotFound
from onegrid.web.casework import letter as letters
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request
from onegrid.web.pictures import picture
from onegrid.web.reporter_page import answer
from onegrid.web.shown import shown_cases


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case in the list with what the progress line needs."""

    number: str
    title: str
    state: str
    opened_at: datetime
    due_at: datetime | None
    steps: tuple[StepMark, ...]


@require_safe
@for_roles(Role.RESIDENT)
def cases(request: Request) -> HttpResponse:
    """List the resident's own cases, newest first."""
    page = _page_of(request.GET.get("page", "1"))
    rows, total = my_cases(request.viewer, page=page)
    context = {
        "rows": _listed(request.viewer, rows),
        "total": total,
        "page": page,
        "pages": max(1, -(-total // PAGE)),
        "joined": [_joined(row) for row in joined_cases(request.viewer)] if page == 1 else [],
    }
    return render(request, "resident/cases.html", context)


def _joined(row: JoinedRow) -> tuple[JoinedRow, str]:
    return row, str(Result(row.result).label) if row.result else ""


def _page_of(typed: str) -> int:
    return max(1, min(int(typed), 10_000)) if typed.isascii() and typed.isdigit() else 1


def _listed(viewer: Viewer, rows: list[MineRow]) -> list[ListedCase]:
    steps = progress(viewer, case_ids=[row.id for row in rows])
    return [
        ListedCase(
            row.number, row.title, row.state, row.opened_at, row.due_at, steps.get(row.id, ())
        )
        for row in rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.RESIDENT)
def case(request: Request, number: str) -> HttpResponse:
    """Show one of the resident's own cases, or do something with it."""
    return answer(request, case_id=case_id_of(number), by_receipt=False)


@require_safe
@for_roles(Role.RESIDENT)
def letter(request: Request, number: str) -> HttpResponse:
    """Send the reply to one of the resident's own cases as PDF."""
    return letters.sent(request, letter_of_own(request.viewer, number=number, now=request.now))


@require_safe
def file(request: Request, file_id: UUID) -> HttpResponse:
    """Send a file of a case to whoever may see the case; a voice note only to be saved.

    Raises:
        NotFound: no such file, or out of scope: the same answer.
    """
    data, mime = _content(request, file_id)
    response = picture(data, mime)
    if not mime.startswith("image/"):
        response["Content-Disposition"] = 'attachment; filename="voice"'
    return response


def _content(request: Request, file_id: UUID) -> tuple[bytes, str]:
    thumb = "thumb" in request.GET
    for case_id in (None, *shown_cases(request)):
        with suppress(NotFound):
            return file_content(
                request.viewer, file_id=file_id, thumb=thumb, as_reporter_of=case_id
            )
    raise NotFound("file.not_found")
