"""The page of one case: what happened, its clocks, and the steps that are possible now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.accounts.terms import Role
from onegrid.cases import queries
from onegrid.cases.queries import CaseView, ClockView, ContactView
from onegrid.cases.queries.letters import has_letter
from onegrid.cases.terms import FilePhase
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from onegrid.core.clock import Phase
from onegrid.web.casework import filters, forms
from onegrid.web.casework.panels import Panel, Setting, panels
from onegrid.web.casework.points import collection
from onegrid.web.casework.sections import sections
from onegrid.web.casework.steps import told
from onegrid.web.clock_text import line_text, reading_text
from onegrid.web.edge import doing_of, for_roles
from onegrid.web.middleware import Request
from onegrid.web.words import CLOCK_LABELS, PHASE_NAMES

DESK_ROLES = (
    Role.COMMUNITY_CLERK,
    Role.COMMUNITY_SECRETARY,
    Role.UNIT_MEMBER,
    Role.UNIT_HEAD,
    Role.STREET_OFFICER,
    Role.DISPATCHER,
    Role.CALLBACK_AGENT,
    Role.SUPERVISOR,
)
BOARD_ROLES = (Role.DISPATCHER, Role.SUPERVISOR, Role.STREET_OFFICER)
PURPOSES = ("contact", "callback", "visit")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pages of a case live: at a desk or on the way.

    Attributes:
        space: name space of the addresses.
        template: the page of the case.
        queue: name of the list to go back to.
    """

    space: str
    template: str
    queue: str = "queue"

    def url(self, name: str, *args: object) -> str:
        """Return an address of this place."""
        return reverse(f"{self.space}:{name}", args=args)


@require_safe
@for_roles(*DESK_ROLES, Role.GRID_WORKER)
def file(request: Request, file_id: UUID) -> HttpResponse:
    """Send a photo or a voice note."""
    content, mime = queries.file_content(
        request.viewer, file_id=file_id, thumb="thumb" in request.GET
    )
    response = HttpResponse(content, mime)
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def take_step(request: Request, place: Place, number: str, name: str) -> HttpResponse:
    """Take a step and come back to the case; what was typed is never lost.

    A refused step changes nothing (savepoint). Asked to fill in a standard text without JavaScript,
    the page comes back with it.
    """
    if "fill" in request.POST:
        return page(request, place, number, typed=_with_text(request, number, name))
    try:
        case_id = queries.case_id_of(number)
        doing = replace(doing_of(request), seen=_seen(request))
        with transaction.atomic():
            forms.act(request, name, case_id=case_id, doing=doing)
    except NotFound:
        raise
    except Refusal as refusal:
        return page(request, place, number, typed=_typed(request, name), refusal=refusal)
    messages.success(request, _("Written down. Thank you."))
    query = filters.query_of(request.GET)
    return redirect(place.url("case", number) + (f"?{query}" if query else ""))


def _seen(request: HttpRequest) -> int | None:
    given = request.POST.get("seen", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None


def _typed(request: HttpRequest, name: str) -> QueryDict:
    typed = request.POST.copy()
    typed["panel"] = name
    return typed


def _with_text(request: Request, number: str, name: str) -> QueryDict:
    """Return what was typed, with the chosen standard text in the field it belongs to."""
    typed = _typed(request, name)
    body = _text_body(request, number, typed.get(f"{name}-standard", ""))
    if body is not None:
        typed[typed.get("fill", "")] = body
    return typed


def _text_body(request: Request, number: str, code: str) -> str | None:
    view = queries.case_by_number(request.viewer, number=number, now=request.now)
    rows = queries.texts_by_action(request.viewer, case=view.case).values()
    return next((row.body for found in rows for row in found if row.code == code), None)


def filled(request: Request, number: str) -> HttpResponse:
    """Return the text area ``into`` with the standard text that was chosen."""
    into, panel = request.GET.get("into", ""), request.GET.get("panel", "")
    body = _text_body(request, number, request.GET.get(f"{panel}-standard", "")) or ""
    return render(request, "desk/_textarea.html", {"name": into, "value": body, "rows": 5})


def one_point(request: Request, number: str) -> HttpResponse:
    """Return one case of the viewer's desk for the map; nothing when it has no place."""
    rows = queries.rows_by_id(request.viewer, ids=[queries.case_id_of(number)])
    return JsonResponse(collection(rows))


def reveal(request: Request, place: Place, number: str) -> HttpResponse:
    """Show the page with the contact data for once; the look is written down."""
    purpose = request.POST.get("purpose", "")
    try:
        if purpose not in PURPOSES:
            raise Invalid("contact.purpose", field="purpose")
        with transaction.atomic():
            found = queries.contact(
                request.viewer,
                case_id=queries.case_id_of(number),
                purpose=purpose,
                now=request.now,
            )
    except (Forbidden, Invalid) as refusal:
        return page(request, place, number, refusal=refusal)
    return page(request, place, number, contact=found)


def page(
    request: Request,
    place: Place,
    number: str,
    *,
    typed: QueryDict | None = None,
    refusal: Refusal | None = None,
    contact: ContactView | None = None,
) -> HttpResponse:
    """Render a case, with what was typed and why it was refused if so."""
    view = queries.case_by_number(request.viewer, number=number, now=request.now)
    if not view.relations - {"reporter"}:
        raise NotFound("case.not_found")
    setting = Setting(
        viewer=request.viewer,
        view=view,
        now=request.now,
        texts=queries.texts_by_action(request.viewer, case=view.case),
        shared=queries.sharing(view),
        on_spot=queries.may_handle_on_spot(request.viewer, case=view.case, now=request.now),
        typed=typed,
    )
    made = panels(setting)
    context = {
        **_around(request, place, view),
        "view": view,
        "case": view.case,
        "steps": told(view, language=request.viewer.language),
        "panels": made,
        "sections": sections(request.viewer, view, request.now),
        "contact": contact,
        "may_call": view.has_contact and queries.may_see_contact(request.viewer, case=view.case),
        "photos": [_photo(place, row) for row in view.files if row.kind == "photo"],
        "voices": [place.url("file", row.id) for row in view.files if row.kind == "voice"],
        "phases": _phases(view),
        "clocks_told": [_clock(row, request) for row in view.clocks],
        "errors": _errors(refusal, typed),
        **_meanwhile(request, view, typed, refusal, made),
    }
    status = 200 if refusal is None else refusal.status
    return render(request, place.template, context, status=status)


def _around(request: Request, place: Place, view: CaseView) -> dict[str, Any]:
    """Return addresses of the page and of its neighbours in the queue."""
    query = filters.query_of(request.GET)
    before, after = queries.neighbours(
        request.viewer, filters=filters.read(request.GET), case=view.case
    )
    tail = f"?{query}" if query else ""
    number = view.case.number
    return {
        "query": tail,
        "before": place.url("case", before) + tail if before else "",
        "after": place.url("case", after) + tail if after else "",
        "queue_url": place.url(place.queue) + tail,
        "text_url": place.url("text", number),
        "contact_url": place.url("contact", number) + tail,
        "act_url": place.url("case", number) + "act/",
        "map_data": place.url("point", number),
        "letter": has_letter(view) and place.space == "desk",
        "turn": queries.turn_counts(request.viewer),
        "may_see_board": request.viewer.has(*BOARD_ROLES),
    }


def _photo(place: Place, row: queries.FileView) -> dict[str, str]:
    address = place.url("file", row.id)
    label = str(FilePhase(row.phase).label)
    return {"url": address, "thumb": f"{address}?thumb=1", "alt": label, "caption": label}


def _clock(clock: ClockView, request: Request) -> dict[str, Any]:
    return {
        "label": CLOCK_LABELS[clock.reading.kind],
        "standing": reading_text(clock.reading, request.now),
        "lines": [line_text(line, request.now) for line in clock.lines],
        "basis": clock.basis,
        "calendar": clock.calendar,
    }


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase of the case and its share of the time, in per cent, for the bar."""

    key: str
    label: Any
    spent: Any
    x: float
    width: float


def _phases(view: CaseView) -> list[PhaseSpan]:
    whole = sum(span.total_seconds() for span in view.phases.values()) or 1.0
    found, x = [], 0.0
    for phase in Phase:
        spent = view.phases[phase]
        width = 100 * spent.total_seconds() / whole
        bar = (round(x, 2), round(width, 2))
        found.append(PhaseSpan(phase.value, PHASE_NAMES[phase], spent, *bar))
        x += width
    return found


def _errors(refusal: Refusal | None, typed: QueryDict | None) -> list[dict[str, str]]:
    if refusal is None:
        return []
    panel = typed.get("panel", "") if typed is not None else ""
    field = f"{panel}-{refusal.field}" if panel and refusal.field else ""
    return [{"field": field, "message": text(refusal)}]


def _meanwhile(
    request: Request,
    view: CaseView,
    typed: QueryDict | None,
    refusal: Refusal | None,
    made: list[Panel],
) -> dict[str, Any]:
    """Return what others did since the form was opened, and words that no panel holds any more."""
    if typed is None or not isinstance(refusal, Conflict | Forbidden):
        return {"meanwhile": [], "lost": []}
    seen = _seen(request)
    name = typed.get("panel", "")
    lost = []
    if all(panel.name != name for panel in made):
        chosen = ("standard", "case_class", "unit", "other", "phase")
        fixed = {f"{name}-{field}" for field in chosen}
        lost = [
            value
            for field, value in typed.items()
            if field.startswith(f"{name}-") and field not in fixed and str(value).strip()
        ]
    after = view.case.step_count if seen is None else seen
    return {
        "meanwhile": told(view, language=request.viewer.language, after=after),
        "lost": lost,
    }
