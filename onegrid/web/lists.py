"""Public pages: the lists of duties, and the rules of law the clocks keep."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from onegrid.duties import queries
from onegrid.duties.terms import DEFAULTS, ListKind, Parameter
from onegrid.web.middleware import Request

_MAX_SEARCH = 60


@require_safe
def duties(request: Request) -> HttpResponse:
    """Show the lists in force; words narrow them."""
    on = localtime(request.now).date()
    search = request.GET.get("q", "").replace("\0", "").strip()[:_MAX_SEARCH]
    found = queries.find_items(search, on=on)
    shown = [_list(kind, [row for row in found if row.kind == kind], on) for kind in ListKind]
    context = {"lists": [one for one in shown if one["version"]], "search": search}
    return render(request, "public/duties.html", context)


def _list(kind: ListKind, rows: list[queries.ItemRow], on: Any) -> dict[str, Any]:
    groups = [(head, list(items)) for head, items in groupby(rows, key=lambda row: row.heading)]
    return {
        "kind": kind,
        "label": kind.label,
        "version": queries.list_in_force(kind, on=on),
        "groups": groups,
        "count": len(rows),
        "certificates": kind is ListKind.ABOLISHED,
    }


@require_safe
def law(request: Request) -> HttpResponse:
    """Show the rules by regulation and article, with every version and the numbers they set."""
    on = localtime(request.now).date()
    rows = queries.law_rules()
    names = sorted({row.regulation for row in rows}, reverse=True)
    regulations = [
        (name, [(row, row.holds(on)) for row in rows if row.regulation == name]) for name in names
    ]
    set_by_law = {row.parameter for row in rows if row.holds(on)}
    own = [
        (parameter.label, DEFAULTS[parameter])
        for parameter in Parameter
        if parameter.value not in set_by_law
    ]
    return render(request, "public/law.html", {"regulations": regulations, "own": own})
