"""Forms about one estate: a step of the path, a statement, a work, taking it off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.estates import actions, path, queries
from onegrid.estates.actions import Numbers, StepGiven, WorkGiven
from onegrid.estates.queries import EstateView, Filters
from onegrid.estates.terms import (
    COMMITTEE,
    EDITORS,
    SERVED,
    STEP_LABELS,
    About,
    Deed,
    Form,
    PathStage,
    ServiceKind,
    WorkKind,
    WorkState,
)
from onegrid.web.desk.calls.shared import ident, words
from onegrid.web.desk.estates.shared import (
    day,
    frame,
    idents,
    me_first,
    needed_day,
    people,
    typed,
    view_of,
    whole,
)
from onegrid.web.edge import doing_of, for_roles, new_key, refused_form
from onegrid.web.middleware import Request
from onegrid.web.uploads import photos_of

_MOST = 1000
_NUMBERS = ("owners", "owners_took", "owners_for", "area", "area_took", "area_for")


def _form(
    request: Request, template: str, context: dict[str, Any], act: Callable[[], object]
) -> HttpResponse:
    """Show a form about an estate, or do what it says and go back to the estate."""
    view: EstateView = context["view"]
    frame_ = {**frame(request), "row": view.row, "key": request.POST.get("key") or new_key()}
    if request.method != "POST":
        return render(request, template, {**frame_, **context})
    try:
        with transaction.atomic():
            act()
    except NotFound:
        raise
    except Refusal as refusal:
        return refused_form(request, template, {**frame_, **context}, refusal)
    messages.success(request, _("Written down. Thank you."))
    return redirect("desk:estate", estate_id=view.row.id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*EDITORS)
def step(request: Request, estate_id: UUID) -> HttpResponse:
    """Ask what the step ``to`` of the address needs, and take it."""
    view = view_of(request, estate_id, to_write=True)
    to = request.GET.get("to", "") or (view.row.next_stage or view.row.stage)
    if to not in PathStage.values:
        raise NotFound("estate.not_found")

    def act() -> None:
        given = _step(request, to)
        actions.take_step(estate_id=estate_id, doing=doing_of(request), given=given)

    return _form(
        request, "desk/estates/step.html", _step_context(request, view, PathStage(to)), act
    )


def _step_context(request: Request, view: EstateView, to: PathStage) -> dict[str, Any]:
    today = localtime(request.now).date()
    deed = path.deed_of(view.row.stage, to)
    choices = people(request, view.row.community_id)
    begins = to in SERVED and not view.row.served
    ends = to not in SERVED and view.row.served
    others, _total = queries.estates(request.viewer, wanted=Filters(), now=request.now, size=_MOST)
    proposed = path.KIND_OF.get(view.form, "") if begins else ServiceKind.NONE if ends else ""
    return {
        "view": view,
        "to": to,
        "deed": deed,
        "title": _title(deed, to),
        "final": path.after(to) is None,
        "next_label": STEP_LABELS.get(path.after(to) or "", ""),
        "people": choices,
        "needs_reason": deed in path.REASONED,
        "asks_form": to == PathStage.FORM and deed is not Deed.KEEP,
        "asks_numbers": to == PathStage.AGREED and deed is not Deed.KEEP,
        "asks_kind": begins or ends,
        "forms": Form.choices,
        "kinds": [one for one in ServiceKind.choices if ends or one[0] != ServiceKind.NONE],
        "neighbours": [(one.id, one.name) for one in others if one.id != view.row.id],
        "joined": request.POST.getlist("joined"),
        "values": typed(
            request, "note", "reason", "form", *_NUMBERS,
            day=today.isoformat(), due=str(path.usual_due(to, today) or ""), kind=proposed,
            person=me_first(request, choices),
        ),
    }  # fmt: skip


def _title(deed: Deed, to: PathStage) -> Any:
    if deed is Deed.KEEP:
        return _("New date or person for the next step")
    if deed is Deed.BACK:
        return _("Go back to: %(stage)s") % {"stage": to.label}
    return STEP_LABELS[to]


def _step(request: Request, to: str) -> StepGiven:
    """Read the form.

    Raises:
        Invalid: a day, number or choice that is none.
    """
    return StepGiven(
        stage=to,
        day=needed_day(request, "day"),
        due_on=day(request, "due"),
        person_id=ident(request, "person"),
        note=words(request, "note"),
        reason=words(request, "reason"),
        form=words(request, "form"),
        joined_ids=idents(request, "joined", refusal="estate.joined"),
        agreement=_numbers(request) if to == PathStage.AGREED else None,
        kind=words(request, "kind"),
    )


def _numbers(request: Request) -> Numbers | None:
    found = {name: whole(request, name, refusal="estate.numbers") for name in _NUMBERS}
    if any(found[name] is None for name in _NUMBERS[:3]):
        return None
    return Numbers(**found)  # type: ignore[arg-type]


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*EDITORS)
def say(request: Request, estate_id: UUID) -> HttpResponse:
    """Ask what is said ``about`` one thing, since when and by whom, and write it down."""
    view = view_of(request, estate_id, to_write=True)
    topic = next((one for one in view.topics if one.about == request.GET.get("about")), None)
    if topic is None:
        raise NotFound("estate.not_found")
    choices = {
        About.KIND.value: ServiceKind.choices,
        About.COMMITTEE.value: list(COMMITTEE.items()),
    }.get(topic.about)
    context = {
        "view": view,
        "topic": topic,
        "choices": choices,
        "values": typed(request, "since", "source", value=topic.now.value if topic.now else ""),
    }

    def act() -> None:
        actions.say(
            estate_id=estate_id,
            doing=doing_of(request),
            about=topic.about,
            value=words(request, "value"),
            since=day(request, "since"),
            source=words(request, "source"),
        )

    return _form(request, "desk/estates/say.html", context, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*EDITORS)
def work(request: Request, estate_id: UUID) -> HttpResponse:
    """Ask for a new work, or how the ``work`` of the address goes on, and write it down."""
    view = view_of(request, estate_id, to_write=True)
    asked = request.GET.get("work", "")
    found = next((one for one in view.works if str(one.id) == asked), None)
    if asked and found is None:
        raise NotFound("estate.not_found")
    context = {
        "view": view,
        "work": found,
        "work_kinds": WorkKind.choices,
        "states": WorkState.choices,
        "values": typed(
            request, "what", "work_note",
            work_kind=WorkKind.ROAD.value, state=found.state if found else WorkState.WANTED.value,
            work_day=localtime(request.now).date().isoformat(),
        ),
    }  # fmt: skip

    def act() -> None:
        given, doing = _work(request), doing_of(request)
        if found is not None:
            actions.move_work(work_id=found.id, doing=doing, given=given)
            return
        actions.add_work(
            estate_id=estate_id,
            doing=doing,
            kind=words(request, "work_kind"),
            what=words(request, "what"),
            given=given,
        )

    return _form(request, "desk/estates/work.html", context, act)


def _work(request: Request) -> WorkGiven:
    photos = photos_of(request)
    if len(photos) > 1:
        raise Invalid("estate.one_photo", field="photos")
    return WorkGiven(
        state=words(request, "state"),
        day=needed_day(request, "work_day"),
        note=words(request, "work_note"),
        photo=photos[0] if photos else None,
    )


@require_POST
@for_roles(*EDITORS)
def remove(request: Request, estate_id: UUID) -> HttpResponse:
    """Take an estate off the register."""
    actions.remove(estate_id=estate_id, doing=doing_of(request), reason=words(request, "reason"))
    messages.success(request, _("The estate is off the register."))
    return redirect("desk:estates")
