"""A layer of buildings into the register: choose columns, look at what would change, say yes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.grids.importing.registering import Difference, Undone
from onegrid.plans.actions.doing import Doing
from onegrid.plans.layers import register
from onegrid.plans.layers.register import Choice, Looked
from onegrid.plans.queries.layers import layer as layer_of
from onegrid.plans.terms import PLANNERS
from onegrid.web.desk.layers.shared import errors_of, frame
from onegrid.web.edge import for_roles, key_of, new_key
from onegrid.web.middleware import Request

#: rows of each list; the counts say how many there are
_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*PLANNERS)
def take(request: Request, layer_id: UUID) -> HttpResponse:
    """Show the columns; with ``look`` what would happen; a form that is sent does it."""
    if request.method != "POST":
        return _page(request, layer_id)
    try:
        with transaction.atomic():
            done = register.take(
                doing=Doing(request.viewer, request.now, key_of(request)),
                layer_id=layer_id,
                choice=_choice(request.POST),
                seen=_seen(request),
                end_gone="end_gone" in request.POST,
            )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, layer_id, refusal)
    if done is not None:
        messages.success(request, _done_words(done.difference, "end_gone" in request.POST))
    return redirect("desk:layer_take", layer_id=layer_id)


def _page(request: Request, layer_id: UUID, refusal: Refusal | None = None) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    columns = register.columns_of(viewer=request.viewer, layer_id=layer_id)
    choice = _choice(given) if "households" in given else register.guess(columns)
    context = {
        **frame(request),
        "layer": layer_of(viewer=request.viewer, layer_id=layer_id),
        "columns": [
            (one.name, f"{one.name} ({one.example})" if one.example else one.name)
            for one in columns
        ],
        "choice": choice,
        "asked": _asked(choice),
        "taken": register.taken(layer_id=layer_id),
        "key": new_key(),
    }
    if "look" in given:
        try:
            found = register.look(
                viewer=request.viewer, layer_id=layer_id, choice=choice, now=request.now
            )
            context |= _looked(found)
        except Refusal as other:
            refusal = refusal or other
    context["errors"] = errors_of(refusal) if refusal else []
    status = refusal.status if refusal else 200
    return render(request, "desk/layers/take.html", context, status=status)


def _choice(given: Any) -> Choice:
    columns = {what: given.get(what, "")[:200] for what in register.WANTED}
    return Choice(columns, blank=given.get("blank") == "1")


def _asked(choice: Choice) -> list[tuple[str, str, str]]:
    """Return name, words and chosen column of each field of the form."""
    words = {
        "address": _("Address, or name that occurs once"),
        "compound": _("Compound"),
        "number": _("Number of the building"),
        "households": _("Households"),
        "floors": _("Floors"),
        "units": _("Entrances"),
        "use": _("Use"),
    }
    return [(what, words[what], choice.columns.get(what, "")) for what in register.WANTED]


def _seen(request: Request) -> list[int]:
    """Return the counts that the form was made with.

    Raises:
        Invalid: they were changed.
    """
    try:
        return [int(one) for one in request.POST.get("seen", "").split("-")]
    except ValueError as error:
        raise Invalid("form.key", field="seen") from error


def _looked(found: Looked) -> dict[str, Any]:
    made, words = found.difference, {what: label for what, label, _ in _asked(Choice({}))}
    new, changed, gone, bad = found.counts
    return {
        "looked": True,
        "counts": {"new": new, "changed": changed, "gone": gone, "bad": bad, "same": made.same},
        "seen": "-".join(map(str, found.counts)),
        "new": made.new[:_SHOWN],
        "changed": [
            (one.row.row, one.row.address, _changes(one.fields, words))
            for one in made.changed[:_SHOWN]
        ],
        "gone": made.gone[:_SHOWN],
        "bad": [
            (one.row, words.get(one.column, ""), one.remedy)
            for one in found.table.problems[:_SHOWN]
        ],
        "shown": _SHOWN,
    }


def _changes(fields: dict[str, tuple[Any, Any]], words: dict[str, str]) -> list[str]:
    """Say what changes in a building, one sentence for each field and one for its place."""
    found = [
        _("%(what)s: %(old)s → %(new)s")
        % {"what": words[name], "old": old if old != "" else "–", "new": new}
        for name, (old, new) in fields.items()
        if name in words
    ]
    return [*found, _("another place or footprint")] if "geom" in fields else found


def _done_words(done: Difference, end_gone: bool) -> str:
    return _("%(new)s buildings are new in the register, %(changed)s changed, %(gone)s ended.") % {
        "new": len(done.new),
        "changed": len(done.changed),
        "gone": len(done.gone) if end_gone else 0,
    }


@require_POST
@for_roles(*PLANNERS)
def take_back(request: Request, layer_id: UUID) -> HttpResponse:
    """Take back what a layer brought to the register."""
    try:
        with transaction.atomic():
            doing = Doing(request.viewer, request.now, key_of(request))
            name = request.POST.get("batch", "")
            done = register.take_back(doing=doing, layer_id=layer_id, name=name)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, layer_id, refusal)
    messages.success(request, _undone_words(done))
    return redirect("desk:layer_take", layer_id=layer_id)


def _undone_words(done: Undone) -> str:
    said = _(
        "Taken back: %(removed)s buildings are gone from the register, %(restored)s are as they "
        "were before, %(back)s are there again."
    ) % {"removed": done.removed, "restored": done.restored, "back": done.back}
    if not done.ended:
        return said
    kept = _("%(ended)s are in use by drafts, estates or cases: they are kept and end today.")
    return f"{said} {kept % {'ended': done.ended}}"
