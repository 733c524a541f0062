"""System administrator: draft routing rules, try them on past cases, publish them."""

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
from django.views.decorators.http import require_http_methods, require_safe

from onegrid.accounts.terms import Role
from onegrid.cases.queries.trial import Trial, try_rules
from onegrid.cases.reference import categories, category_by_code
from onegrid.common.refusals import Invalid, Refusal
from onegrid.duties import actions, queries
from onegrid.duties.actions import RuleGiven
from onegrid.duties.actions.rules import given
from onegrid.duties.queries import BookRow, RuleRow
from onegrid.duties.terms import Hours, Target
from onegrid.grids.queries import area_names, areas
from onegrid.organisation.queries import calendars, units
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request

_PAGE = "admin/routing.html"
_FIELDS = (
    "n",
    "area",
    "category",
    "item",
    "words",
    "hours",
    "calendar",
    "target",
    "unit",
    "co_1",
    "co_2",
    "why",
)


@for_roles(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "POST"])
def rules(request: Request) -> HttpResponse:
    """Show the rules in force and the draft; change, try and publish the draft."""
    if request.method == "GET":
        return render(request, _PAGE, _context(request))
    do = request.POST.get("do", "")
    act = _ACTS.get(do.split(":")[0])
    typed = {name: request.POST.get(name, "").replace("\0", "").strip() for name in _FIELDS}
    try:
        with transaction.atomic():
            if act is None:
                raise Invalid("rules.no_rule", row=do)
            said = act(request, typed, do.partition(":")[2])
    except Refusal as refusal:
        queries.clear()
        return refused_form(request, _PAGE, _context(request, typed=typed), refusal)
    if isinstance(said, Trial):
        return render(request, _PAGE, _context(request, trial=said))
    if said:
        messages.success(request, said)
    return redirect("admin:routing")


@for_roles(Role.SYSTEM_ADMIN)
@require_safe
def past(request: Request, version: int) -> HttpResponse:
    """Show any version as it was."""
    book = queries.book(version)
    return render(request, "admin/routing_version.html", {"book": book, "rules": _shown(book)})


Said = str | Trial


def _begin(request: Request, typed: dict[str, str], n: str) -> Said:
    actions.make_draft(by=request.viewer.user_id, now=request.now)
    return ""


def _save(request: Request, typed: dict[str, str], n: str) -> Said:
    """Add a rule at the end, or put it in the place of rule ``n``."""
    rows = _draft_rules()
    place = _place(typed["n"], rows) if typed["n"] else len(rows)
    rule = _typed_rule(request, typed, place + 1)
    actions.set_rules(rules=[*rows[:place], rule, *rows[place + 1 :]])
    return _("Saved. Try the draft on past cases before it goes live.")


def _up(request: Request, typed: dict[str, str], n: str) -> Said:
    rows = _draft_rules()
    place = _place(n, rows)
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
        actions.set_rules(rules=rows)
    return ""


def _down(request: Request, typed: dict[str, str], n: str) -> Said:
    rows = _draft_rules()
    place = _place(n, rows)
    if place + 1 < len(rows):
        rows[place + 1], rows[place] = rows[place], rows[place + 1]
        actions.set_rules(rules=rows)
    return ""


def _delete(request: Request, typed: dict[str, str], n: str) -> Said:
    rows = _draft_rules()
    place = _place(n, rows)
    actions.set_rules(rules=[*rows[:place], *rows[place + 1 :]])
    return _("Rule %(n)s was taken out.") % {"n": n}


def _try(request: Request, typed: dict[str, str], n: str) -> Said:
    draft = queries.draft_book()
    found = try_rules(request.viewer, book=draft) if draft else Trial(0, 0, ())
    actions.note_trial(cases=found.cases, elsewhere=len(found.elsewhere), now=request.now)
    return found


def _publish(request: Request, typed: dict[str, str], n: str) -> Said:
    book = actions.publish(now=request.now)
    return _("Version %(v)s is in force now.") % {"v": book.version}


def _discard(request: Request, typed: dict[str, str], n: str) -> Said:
    actions.discard_draft()
    return _("The draft was thrown away.")


_ACTS: dict[str, Callable[[Request, dict[str, str], str], Said]] = {
    "begin": _begin,
    "save": _save,
    "up": _up,
    "down": _down,
    "delete": _delete,
    "try": _try,
    "publish": _publish,
    "discard": _discard,
}


def _draft_rules() -> list[RuleGiven]:
    draft = queries.draft_book()
    return [given(row) for row in draft.rules] if draft else []


def _place(typed: str, rows: list[RuleGiven]) -> int:
    known = typed.isascii() and typed.isdecimal() and len(typed) < 4
    if not known or not 1 <= int(typed) <= len(rows):
        raise Invalid("rules.no_rule", field="rules", row=typed[:4])
    return int(typed) - 1


def _typed_rule(request: Request, typed: dict[str, str], row: int) -> RuleGiven:
    if typed["category"] and category_by_code(typed["category"]) is None:
        raise Invalid("rules.category", field="category", row=row)
    on = localtime(request.now).date()
    if typed["item"] and queries.item_by_code(typed["item"], on=on) is None:
        raise Invalid("rules.item", field="item", row=row)
    area = _uuid(typed["area"], "rules.area", "area", row)
    if area is not None and area not in area_names():
        raise Invalid("rules.area", field="area", row=row)
    helping = (_uuid(typed[name], "rules.unit_gone", name, row) for name in ("co_1", "co_2"))
    return RuleGiven(
        target=typed["target"],
        why=typed["why"],
        unit_id=_uuid(typed["unit"], "rules.unit_gone", "unit", row),
        area_id=area,
        category_code=typed["category"],
        item_code=typed["item"],
        words=tuple(dict.fromkeys(typed["words"].replace("、", " ").replace("，", " ").split())),
        hours=typed["hours"],
        calendar=typed["calendar"],
        co_unit_ids=tuple(dict.fromkeys(one for one in helping if one is not None)),
    )


def _uuid(typed: str, code: str, field: str, row: int) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError as error:
        raise Invalid(code, field=field, row=row) from error


def _context(
    request: Request, *, typed: dict[str, str] | None = None, trial: Trial | None = None
) -> dict[str, Any]:
    live, draft = queries.live_book(), queries.draft_book()
    edit = request.GET.get("edit", "")
    row = next((one for one in draft.rules if str(one.position) == edit), None) if draft else None
    units_shown = [(unit.id, unit.name) for unit in units().values()]
    return {
        "live": live,
        "live_rules": _shown(live) if live else [],
        "draft": draft,
        "draft_rules": _shown(draft) if draft else [],
        "books": queries.books(),
        "trial": trial,
        "typed": typed or (_as_typed(row) if row else dict.fromkeys(_FIELDS, "")),
        "areas": _areas(request),
        "categories": [
            (one.code, one.label(request.LANGUAGE_CODE)) for one in categories.get().values()
        ],
        "hours": Hours.choices,
        "calendars": [(code, one.name) for code, one in calendars().items()],
        "targets": Target.choices,
        "units": units_shown,
    }


def _areas(request: Request) -> list[tuple[UUID, str]]:
    found = [row for level in ("street", "community") for row in areas(level=level, on=request.now)]
    return [(row.id, row.name) for row in found]


def _as_typed(row: RuleRow) -> dict[str, str]:
    helping = [*map(str, row.co_unit_ids[:2]), "", ""]
    return {
        "n": str(row.position),
        "area": str(row.area_id or ""),
        "category": row.category_code,
        "item": row.item_code,
        "words": " ".join(row.words),
        "hours": row.hours,
        "calendar": row.calendar,
        "target": row.target,
        "unit": str(row.unit_id or ""),
        "co_1": helping[0],
        "co_2": helping[1],
        "why": row.why,
    }


def _shown(book: BookRow) -> list[dict[str, Any]]:
    """Return the rules in words: when, and whereto."""
    names, known, duty = area_names(), units(), calendars()
    shown = []
    for row in book.rules:
        category = category_by_code(row.category_code)
        when = [
            names.get(row.area_id, "") if row.area_id else "",
            category.name if category else row.category_code,
            row.item_code,
            "“" + "”, “".join(row.words) + "”" if row.words else "",
            f"{duty[row.calendar].name} ({Hours(row.hours).label})" if row.calendar in duty else "",
        ]
        unit = known.get(row.unit_id) if row.unit_id else None
        shown.append(
            {
                "n": row.position,
                "when": " · ".join(one for one in when if one) or _("every case"),
                "to": unit.name if unit else Target(row.target).label,
                "co": "、".join(known[pk].name for pk in row.co_unit_ids if pk in known),
                "why": row.why,
            }
        )
    return shown
