"""Bring a layer in: choose a file, answer questions, look at it on the map, then yes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import shapely
from django.contrib import messages
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from onegrid.common.media import content_of
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Conflict, Invalid, Refusal
from onegrid.gis.words import fault
from onegrid.grids.terms import AreaLevel
from onegrid.plans.actions.doing import Doing
from onegrid.plans.actions.layers import Asked, Imported, import_layer
from onegrid.plans.layers import waiting
from onegrid.plans.layers.reading import BARRIERS, BadFile, BadRow, Told
from onegrid.plans.terms import DEPARTMENTS, PLANNERS, LayerKind
from onegrid.web.desk.layers.drawing import Ink, around, draw
from onegrid.web.desk.layers.shared import (
    borders,
    errors_of,
    frame,
    ground,
    layer_inks,
    system_words,
)
from onegrid.web.edge import for_roles, key_of, new_key
from onegrid.web.middleware import Request
from onegrid.web.sheets import sheet
from onegrid.web.uploads import FILE_MAX_BYTES

_SIGNER = TimestampSigner(salt="onegrid.plans.layer")
_HOUR = 3600
#: systems that a file of degrees may have been drawn in after all
_OTHERS = ("wgs84", "gcj02", "bd09")
#: degrees (some 20 m): what touches the border of the county still lies in it
_NEAR = 0.0002


@dataclass(frozen=True, slots=True)
class Form:
    """What the form says; `kept` is the signed name of a file that was looked at before."""

    kind: str
    name: str
    system: str
    mend: bool
    barrier: str
    file_name: str
    content: bytes
    kept: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*PLANNERS)
def bring(request: Request) -> HttpResponse:
    """Show the form; look at a file; bring in one that was looked at."""
    if request.method != "POST":
        return _page(request, {})
    try:
        form = _read(request)
        dry = "take" not in request.POST
        with transaction.atomic():
            done = _import(request, form, dry=dry)
    except Refusal as refusal:
        rows = refusal.rows if isinstance(refusal, BadFile) else ()
        return _page(request, {"bad": _told_rows(rows)}, refusal)
    if isinstance(done, Asked):
        return _page(request, _question(request, form, done))
    if dry:
        return _page(request, _preview(request, form, done))
    said = ngettext(
        "%(count)s feature is brought in.", "%(count)s features are brought in.", done.count
    )
    messages.success(request, said % {"count": done.count})
    return redirect("desk:layers")


def _page(request: Request, more: dict[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    context = {
        **frame(request),
        "key": request.POST.get("key") or new_key(),
        "kinds": _kinds(),
        "typed": {name: request.POST.get(name, "") for name in ("kind", "name")},
        "most": FILE_MAX_BYTES // 1_000_000,
        "errors": errors_of(refusal, "file") if refusal else [],
        **more,
    }
    status = refusal.status if refusal else 200
    return render(request, "desk/layers/bring.html", context, status=status)


def _kinds() -> list[tuple[str, Any]]:
    ground = [kind for kind in LayerKind if kind not in DEPARTMENTS]
    return [(kind.value, kind.label) for kind in (*DEPARTMENTS, *ground)]


def _read(request: Request) -> Form:
    """Read the form and keep its file.

    Raises:
        Invalid, TooLarge, Conflict: no file, too large, or no longer kept.
    """
    given = request.POST
    upload = request.FILES.get("file")
    if upload is not None:
        content = content_of(upload, most_bytes=FILE_MAX_BYTES, field="file")
        if not content:
            raise Invalid("media.empty", field="file")
        name = (upload.name or "file")[-120:]
        kept = _SIGNER.sign(json.dumps([waiting.keep(content), name]))
    else:
        kept = given.get("kept", "")
        digest, name = _opened(kept)
        content = waiting.kept(digest)
    return Form(
        kind=given.get("kind", ""),
        name=given.get("name", ""),
        system=given.get("system", "")[:24],
        mend=given.get("mend") == "1",
        barrier=given.get("barrier", "")[:24],
        file_name=name,
        content=content,
        kept=kept,
    )


def _opened(kept: str) -> tuple[str, str]:
    if not kept:
        raise Invalid("layer.file", field="file")
    try:
        digest, name = json.loads(_SIGNER.unsign(kept, max_age=_HOUR))
    except (BadSignature, ValueError) as error:
        raise Conflict("layer.expired", field="file") from error
    return digest, name


def _import(request: Request, form: Form, *, dry: bool) -> Imported | Asked:
    return import_layer(
        doing=Doing(request.viewer, request.now, key_of(request)),
        kind=form.kind,
        name=form.name,
        file_name=form.file_name,
        content=form.content,
        system=form.system or None,
        mend=form.mend,
        barrier=form.barrier or None,
        dry=dry,
    )


def _said(told: Told) -> str:
    code, params = told
    return text(Refusal(code, **params))


def _told_rows(rows: tuple[BadRow, ...]) -> list[tuple[int, str, str]]:
    found = []
    for row in rows:
        params = row.params
        if row.code == "gis.invalid":
            params = {**params, "reason": fault(params["reason"], _)}
        found.append((row.row, row.column, _said((row.code, params))))
    return found


def _question(request: Request, form: Form, asked: Asked) -> dict[str, Any]:
    question = asked.question
    context = {"form": form, "question": question, "asks": _said(question.told)}
    if question.kind == "mend":
        return {**context, "bad": _told_rows(question.rows)}
    if question.kind == "barrier":
        return {**context, "choices": list(zip(BARRIERS, _barriers(), strict=True))}
    base, town = ground(request.now), borders(AreaLevel.COMMUNITY, request.now)
    return {**context, "candidates": [_candidate(*one, base, town) for one in question.candidates]}


def _barriers() -> tuple[str, ...]:
    return (_("Main roads"), _("Small roads"), _("Rivers and waters"), _("Railways"))


def _candidate(
    name: str, places: tuple[bytes, ...], base: list[Ink], town: list[Any]
) -> dict[str, Any]:
    """Return a system with a map of where the layer would lie in it."""
    shapes = shapely.from_wkb(list(places))
    box = around(shapes)
    inside = _inside(shapes, town)
    drawing = draw(box, [*base, *layer_inks(shapes)]) if box and inside else None
    return {
        "value": name,
        "label": system_words(name),
        "drawing": drawing,
        "inside": round(100 * inside),
        "nowhere": box is None,
    }


def _inside(shapes: Any, town: list[Any]) -> float:
    """Return the share of shapes that meet the town."""
    if not len(shapes):
        return 0.0
    if not town:
        return 1.0
    whole = shapely.union_all(town)
    return float(shapely.dwithin(shapes, whole, _NEAR).mean())


def _preview(request: Request, form: Form, done: Imported) -> dict[str, Any]:
    shapes = shapely.from_wkb(list(done.shapes))
    inside = _inside(shapes, borders(AreaLevel.COMMUNITY, request.now))
    inks = [*ground(request.now), *layer_inks(shapes)]
    others = [(name, system_words(name)) for name in _OTHERS if name != done.system]
    return {
        "form": form,
        "preview": done,
        "system": system_words(done.system),
        "drawing": draw(around(shapes), inks),
        "inside": round(100 * inside),
        "notes": [_said(note) for note in done.notes if note[0] != "note.read"],
        "others": others if done.system in _OTHERS else [],
    }


@require_safe
@for_roles(*PLANNERS)
def template(request: Request, shape: str) -> HttpResponse:
    """Send an empty table with examples: one row for a building, or for each corner."""
    if shape == "points":
        heads = ["编号", "名称", "经度", "纬度", "户数", "层数", "用途"]
        rows: list[list[Any]] = [["L001", "示例小区1号楼", 118.8301, 36.7012, 36, 6, "住宅"]]
    else:
        heads = ["编号", "名称", "经度", "纬度"]
        square = [(118.83, 36.70), (118.834, 36.70), (118.834, 36.703), (118.83, 36.703)]
        rows = [["W001", "示例网格", lon, lat] for lon, lat in square]
    return sheet(name=f"layer-{shape}", heads=heads, rows=rows, now=request.now)
