"""System administrator: enter a change of law as a new version."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onegrid.accounts.terms import Role
from onegrid.cases.actions.law import amend
from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.duties import queries
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request

_FIELDS = ("rule", "text", "amount", "valid_from")


@for_roles(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "POST"])
def rules(request: Request) -> HttpResponse:
    """Show the rules in force; replace one from a day on."""
    if request.method == "GET":
        return render(request, "admin/law.html", _context(request, request.GET.get("rule", "")))
    typed = {name: request.POST.get(name, "").replace("\0", "") for name in _FIELDS}
    try:
        with transaction.atomic():
            amend(
                rule_id=_id(typed["rule"]),
                text=typed["text"],
                amount=_number(typed["amount"]),
                valid_from=_day(typed["valid_from"]),
            )
    except Refusal as refusal:
        queries.clear()
        context = {**_context(request, typed["rule"]), "typed": typed}
        return refused_form(request, "admin/law.html", context, refusal)
    messages.success(
        request, _("Written down. Cases dispatched before that day keep the old rule.")
    )
    return redirect("admin:law")


def _context(request: Request, rule: str) -> dict[str, Any]:
    on = localtime(request.now).date()
    rows = queries.law_rules()
    chosen = next((row for row in rows if str(row.id) == rule and row.valid_to is None), None)
    typed = {"rule": rule, "text": "", "amount": "", "valid_from": ""}
    if chosen is not None:
        typed |= {
            "text": chosen.text,
            "amount": "" if chosen.amount is None else str(chosen.amount),
        }
    return {"rows": [(row, row.holds(on)) for row in rows], "chosen": chosen, "typed": typed}


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as error:
        raise NotFound("law.unknown", field="rule") from error


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else None


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise Invalid("law.day", field="valid_from") from error
