"""What a draft is asked for: the form with its sliders, and what will happen then in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from onegrid.common.refusals import Forbidden, Invalid, NotFound, Refusal
from onegrid.grids.queries import areas, within
from onegrid.plans import actions, queries
from onegrid.plans.actions import DraftWish
from onegrid.plans.actions.layers import draft_from_layer
from onegrid.plans.queries import ScopeRow
from onegrid.plans.queries.layers import CutRow, cut_of
from onegrid.plans.stations import Stations, stations
from onegrid.plans.terms import MAX_NAME, PLANNERS, USUAL_SECONDS, BandLevel
from onegrid.web.desk.calls.shared import ident, words
from onegrid.web.desk.plans.lists import address
from onegrid.web.desk.plans.shared import doing_of, frame, idents, number, whole
from onegrid.web.edge import for_roles, new_key, refused_form
from onegrid.web.middleware import Request

SECONDS = (10, 30, 60, 180, 600)
SLIDERS = ("borders", "workload", "change", "station")
_FIELDS = ("name", "scope_id", "least", "most", "communities", "community_least")
FIELDS = (*_FIELDS, "community_most", "most_grids", "seconds", "seed", "assumptions", *SLIDERS)
_NOTICEABLE, _STRONG = 1, 60


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*PLANNERS)
def new(request: Request) -> HttpResponse:
    """Make a draft, to be planned or with the cells of a layer; choosing an area writes nothing."""
    scopes = queries.scopes(viewer=request.viewer, now=request.now)
    if "look" in request.POST:
        return _page(request, _typed(request), scopes=scopes, scope_id=_scope(request))
    if request.method != "POST":
        asked = next((one for one in scopes if str(one.id) == request.GET.get("scope")), None)
        first = asked or (scopes[0] if scopes else None)
        return _page(request, _usual(first), scopes=scopes, scope_id=first.id if first else None)
    try:
        with transaction.atomic():
            draft_id = _made(request, wish_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, _typed(request), refusal, scopes=scopes, scope_id=_scope(request))
    return redirect("desk:plan", draft_id=draft_id)


def _made(request: Request, wish: DraftWish) -> UUID:
    doing, layer_id = doing_of(request), ident(request, "layer")
    if layer_id is None:
        return actions.create_draft(doing=doing, wish=wish)
    return draft_from_layer(doing=doing, wish=wish, layer_id=layer_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*PLANNERS)
def change(request: Request, draft_id: UUID) -> HttpResponse:
    """Change what a draft asks for; its scope stays."""
    view = queries.draft(viewer=request.viewer, draft_id=draft_id, now=request.now)
    given: dict[str, Any] = {"draft": view.row, "scope_id": view.row.scope_id}
    if request.method != "POST":
        if "change_draft" not in view.may:
            raise Forbidden("forbidden")
        return _page(request, _values(view.wish), **given)
    try:
        with transaction.atomic():
            wish = wish_of(request, scope_id=view.row.scope_id)
            actions.change_draft(doing=doing_of(request), draft_id=draft_id, wish=wish)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, _typed(request), refusal, **given)
    return redirect("desk:plan", draft_id=draft_id)


@require_safe
@for_roles(*PLANNERS)
def sentence(request: Request) -> HttpResponse:
    """Say anew what will happen, or what could be frozen, while the form is being filled in."""
    scopes = queries.scopes(viewer=request.viewer, now=request.now)
    known = _named(scopes, request.GET.get("scope_id", ""))
    if request.GET.get("part") == "station":
        values = {"station": request.GET.get("station", "")}
        context = _station(request, values, known.id if known else None)
        return render(request, "desk/plans/_station.html", context)
    if request.GET.get("part") == "frozen":
        context = {"grids": _grids(request, known.id) if known else (), "frozen": []}
        return render(request, "desk/plans/_frozen.html", context)
    typed = {name: request.GET.get(name, "") for name in FIELDS}
    frozen = len(request.GET.getlist("frozen"))
    will = told(typed, frozen, known)
    return render(request, "desk/plans/_will.html", {"will": will})


def wish_of(request: Request, *, scope_id: UUID | None = None) -> DraftWish:
    """Return what the form asks for.

    Raises:
        Invalid: a field is not what it should be.
    """
    scope = scope_id or _scope(request)
    if scope is None:
        raise Invalid("plan_form.missing", field="scope_id")
    renew = words(request, "communities") == "cut"
    return DraftWish(
        name=words(request, "name"),
        scope_id=scope,
        least=number(request, "least"),
        most=number(request, "most"),
        community_least=number(request, "community_least") if renew else None,
        community_most=number(request, "community_most") if renew else None,
        most_grids=whole(request, "most_grids", least=1),
        **{name: number(request, name) for name in SLIDERS if name != "station"},
        station=whole(request, "station", empty=0) or 0,
        frozen=idents(request, "frozen"),
        seed=whole(request, "seed", empty=0) or 0,
        seconds=number(request, "seconds"),
        assumptions=words(request, "assumptions"),
    )


def _scope(request: Request) -> UUID | None:
    return ident(request, "scope_id")


def _page(
    request: Request,
    values: dict[str, str],
    refusal: Refusal | None = None,
    *,
    scopes: tuple[ScopeRow, ...] = (),
    scope_id: UUID | None = None,
    **more: Any,
) -> HttpResponse:
    known = scopes or queries.scopes(viewer=request.viewer, now=request.now)
    frozen = _frozen(request, more.get("draft"))
    inside = scope_id if scope_id in {one.id for one in known} else None
    cut, refused = _cut(request, inside)
    context = {
        **frame(request),
        "values": values,
        "scopes": [(one.id, one.name) for one in scopes],
        "communities": [
            ("keep", _("stay as they are")),
            ("cut", _("are cut anew too")),
        ],
        "seconds": [(str(n), _duration(n)) for n in SECONDS],
        "sliders": _sliders(values),
        **_station(request, values, scope_id),
        "frozen": frozen,
        "grids": _grids(request, inside),
        "cut": cut,
        "most_name": MAX_NAME,
        "will": told(values, len(frozen), _named(known, values["scope_id"])),
        "will_url": reverse("desk:plan_sentence"),
        "key": request.POST.get("key") or new_key(),
        **more,
    }
    again = refusal or refused
    if again is not None:
        return refused_form(request, "desk/plans/wish.html", context, again)
    return render(request, "desk/plans/wish.html", context)


def _cut(request: Request, scope_id: UUID | None) -> tuple[CutRow | None, Refusal | None]:
    """Return the cut of the layer that the draft begins with, or why it is none."""
    layer_id = ident(request, "layer")
    if layer_id is None or scope_id is None:
        return None, None
    asked = {"layer_id": layer_id, "scope_id": scope_id}
    try:
        return cut_of(viewer=request.viewer, on=request.now, **asked), None
    except NotFound:
        raise
    except Refusal as refusal:
        return None, refusal


def _frozen(request: Request, row: Any) -> list[str]:
    if request.method == "POST" or row is None:
        return request.POST.getlist("frozen")
    view = queries.draft(viewer=request.viewer, draft_id=row.id, now=request.now)
    return [str(one) for one in view.wish.frozen]


def _grids(request: Request, scope_id: UUID | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return today's grids of a scope by community, to be frozen."""
    inside = within(area_id=scope_id) if scope_id else frozenset()
    below: dict[UUID | None, list[tuple[str, str]]] = {}
    for row in areas(level="grid", on=request.now):
        if row.id in inside:
            below.setdefault(row.parent_id, []).append((str(row.id), row.name))
    return [
        (row.name, below[row.id])
        for row in areas(level="community", on=request.now)
        if row.id in below
    ]


def _usual(scope: ScopeRow | None) -> dict[str, str]:
    band = queries.bands()
    (least, most), (few, many) = band[BandLevel.GRID], band[BandLevel.COMMUNITY]
    name = _("Grids of %(place)s") % {"place": scope.name} if scope else ""
    numbers = {"least": least, "most": most, "community_least": few, "community_most": many}
    plain = {**numbers, "seconds": USUAL_SECONDS, "borders": 20, "workload": 0, "change": 60}
    return {
        **dict.fromkeys(FIELDS, ""),
        **{key: str(value) for key, value in plain.items()},
        "name": name[:MAX_NAME],
        "scope_id": str(scope.id) if scope else "",
        "communities": "keep",
        "seed": "0",
    }


def _values(wish: DraftWish) -> dict[str, str]:
    found = {name: getattr(wish, name) for name in FIELDS if name != "communities"}
    if wish.community_least is None:
        few, many = queries.bands()[BandLevel.COMMUNITY]
        found |= {"community_least": few, "community_most": many}
    found["communities"] = "keep" if wish.community_least is None else "cut"
    return {name: "" if value is None else str(value) for name, value in found.items()}


def _typed(request: Request) -> dict[str, str]:
    return {name: words(request, name) for name in FIELDS}


def _sliders(values: Mapping[str, str]) -> list[dict[str, Any]]:
    ends = {
        "borders": (
            _("Borders along roads"),
            _("borders may wind"),
            _("short borders, along roads, never through a yard"),
        ),
        "workload": (
            _("Equal work"),
            _("the band is enough"),
            _("the same work in every grid"),
        ),
        "change": (
            _("Few changes"),
            _("cut anew, as is best"),
            _("households keep their grid and their worker"),
        ),
    }
    return [
        {"name": name, "label": label, "low": low, "high": high, "value": values[name] or "0"}
        for name, (label, low, high) in ends.items()
    ]


def _station(request: Request, values: Mapping[str, str], scope_id: UUID | None) -> dict[str, Any]:
    """Return the slider of the way to a station, and the stations; without any it is out of use."""
    slider = {
        "name": "station",
        "label": _("Short walk to the station"),
        "low": _("the nearest station is near enough"),
        "high": _("grids lie around their station"),
        "value": values["station"] or "0",
    }
    found = stations(scope_id=scope_id, on=request.now) if scope_id else Stations()
    return {"station_slider": slider, "stations": found, "siting_url": address("desk:siting")}


def _duration(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    return ngettext("%(n)d minute", "%(n)d minutes", seconds // 60) % {"n": seconds // 60}


def _named(scopes: tuple[ScopeRow, ...], scope_id: str) -> ScopeRow | None:
    return next((one for one in scopes if str(one.id) == scope_id), None)


def told(values: Mapping[str, str], frozen: int, scope: ScopeRow | None) -> list[str]:
    """Say in sentences what a draft with these values does; nothing while numbers are missing."""
    least, most = _int(values["least"]), _int(values["most"])
    if scope is None or least is None or not most or least > most:
        return [_("Fill in the band: how few and how many households a grid may have.")]
    count = max(1, round(scope.households / max((least + most) / 2, 1)))
    said = [
        _(
            "The %(households)s households of %(place)s, today in %(grids)s grids, come into about"
            " %(count)s grids of %(least)s to %(most)s households each."
        )
        % {
            "households": f"{scope.households:,}",
            "place": scope.name,
            "grids": scope.grids,
            "count": min(count, _int(values["most_grids"]) or count),
            "least": least,
            "most": most,
        },
        _communities_told(values),
        *_wishes_told(values),
    ]
    if frozen:
        said.append(
            ngettext("%(n)d grid stays as it is.", "%(n)d grids stay as they are.", frozen)
            % {"n": frozen}
        )
    said.append(_("Nothing changes for anybody until the plan is approved and its day has come."))
    return said


def _communities_told(values: Mapping[str, str]) -> str:
    least, most = _int(values["community_least"]), _int(values["community_most"])
    if values["communities"] == "cut" and least is not None and most:
        return _("Communities are cut anew too, with %(least)s to %(most)s households each.") % {
            "least": f"{least:,}",
            "most": f"{most:,}",
        }
    return _("Communities stay; no grid reaches across their borders, a main road or a river.")


def _wishes_told(values: Mapping[str, str]) -> list[str]:
    meant = {
        "borders": (
            _("Borders run along roads where that costs little."),
            _("Short borders along roads matter nearly as much as short ways."),
        ),
        "workload": (
            _("Work is evened out where that costs little."),
            _("Equal work matters nearly as much as short ways."),
        ),
        "change": (
            _("Households keep their grid where that costs little."),
            _("As few households as possible change their grid."),
        ),
        "station": (
            _("Grids lie nearer to a station where that costs little."),
            _("The walk to the station matters nearly as much as short ways."),
        ),
    }
    said = [_("Short ways to the middle of the grid always count in full.")]
    for name, (some, much) in meant.items():
        weight = _int(values[name]) or 0
        if weight >= _STRONG:
            said.append(much)
        elif weight >= _NOTICEABLE:
            said.append(some)
    return said


def _int(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 8 else None
