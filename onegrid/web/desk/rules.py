"""The escalation ladder and the rules of supervision: read, change, and who changed them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onegrid.accounts.terms import Role
from onegrid.cases import queries, reference
from onegrid.cases.actions import rule_changes
from onegrid.cases.actions.ladder import RuleGiven, RungGiven
from onegrid.cases.actions.rule_changes import CHANGERS, MAX_REASON
from onegrid.cases.oversight_terms import (
    FACT_LABELS,
    LADDER_CLOCKS,
    RULE_LABELS,
    Receiver,
    RuleSubject,
    SupervisionKind,
    Trigger,
)
from onegrid.cases.queries.rule_book import ChangeRow, RuleBook, RungHeld, rule_book
from onegrid.common.refusals import Invalid, Refusal
from onegrid.core.oversight import Fact
from onegrid.web.casework.page import BOARD_ROLES
from onegrid.web.casework.steps import clock_name
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request
from onegrid.web.step_up import fresh_proof

_PAGE = "desk/oversight_rules.html"
_RUNG = ("percent", "receiver", "reason")
_RULE = ("code", "trigger", "kind", "fact", "at_least", "reply_days", "basis", "valid_from")
_NEW = "new"


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """A change with its words."""

    at: datetime
    by: str
    subject: str
    code: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    reason: str


@for_roles(*CHANGERS)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_proof(reading=False)
def rules(request: Request) -> HttpResponse:
    """Show what the county watches, or one rung or rule to change; write a new version."""
    if request.method != "POST":
        return render(request, _PAGE, _context(request))
    typed = _posted(request)
    try:
        with transaction.atomic():
            said = _ACTS.get((typed["part"], request.POST.get("do", "")), _expired)(request, typed)
    except Refusal as refusal:
        reference.ladder.clear()
        reference.watch_rules.clear()
        return refused_form(request, _PAGE, _context(request, typed), refusal)
    messages.success(request, said)
    return redirect("desk:oversight_rules")


def _posted(request: Request) -> dict[str, Any]:
    names = {"part", "chosen", *_RUNG, *_RULE}
    typed: dict[str, Any] = {name: request.POST.get(name, "").replace("\0", "") for name in names}
    return {**typed, "clocks": request.POST.getlist("clocks"), "sms": "sms" in request.POST}


def _context(request: Request, typed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    book = rule_book(request.viewer, now=request.now)
    supervisor = request.viewer.has(Role.SUPERVISOR)
    typed = typed or _chosen(request, book)
    return {
        "layout": "layouts/desk.html" if supervisor else "admin/frame.html",
        "rungs": [(row, *rung_words(row)) for row in book.rungs],
        "rules": [(row, _name(row.code), *_rule_words(vars_of(row))) for row in book.rules],
        "changes": [_change(row) for row in book.changes],
        "typed": typed,
        "chosen_name": _name(typed["chosen"]) if typed else "",
        "receivers": Receiver.choices,
        "clocks": [(name, clock_name(name)) for name, _label in LADDER_CLOCKS],
        "triggers": Trigger.choices,
        "kinds": SupervisionKind.choices,
        "facts": [(fact.value, label) for fact, label in FACT_LABELS.items()],
        "most_reason": MAX_REASON,
        "turn": queries.turn_counts(request.viewer) if supervisor else {},
        "may_see_board": request.viewer.has(*BOARD_ROLES),
    }


def vars_of(row: Any) -> dict[str, Any]:
    """Return the values of a rule by their names."""
    return {name: getattr(row, name) for name in _RULE if name != "code"}


def _chosen(request: Request, book: RuleBook) -> dict[str, Any] | None:
    """Return the form of the rung or rule that the address names, or None for the lists."""
    part = "rung" if "rung" in request.GET else "rule" if "rule" in request.GET else ""
    wanted = request.GET.get(part, "")
    empty = dict.fromkeys({*_RUNG, *_RULE}, "")
    form: dict[str, Any] = {**empty, "part": part, "chosen": "", "clocks": [], "sms": False}
    form["valid_from"] = localtime(request.now).date().isoformat()
    if not part or wanted == _NEW:
        return form if part else None
    if part == "rung":
        held = (row for row in book.rungs if str(row.percent) == wanted)
        return next((form | _of_rung(row) for row in held), None)
    for row in book.rules:
        if row.code == wanted and row.latest:
            first = max(row.valid_from, localtime(request.now).date()).isoformat()
            return {**form, **vars_of(row), "code": row.code, "chosen": row.code} | {
                "valid_from": first,
            }
    return None


def _of_rung(row: RungHeld) -> dict[str, Any]:
    return {
        "chosen": str(row.percent),
        "percent": str(row.percent),
        "receiver": row.receiver,
        "clocks": list(row.clocks),
        "sms": row.sms,
    }


def _keep_rung(request: Request, typed: dict[str, Any]) -> str:
    given = RungGiven(
        percent=_number(typed["chosen"] or typed["percent"]),
        receiver=typed["receiver"],
        clocks=tuple(name for name, _label in LADDER_CLOCKS if name in typed["clocks"]),
        sms=typed["sms"],
    )
    rule_changes.change_rung(
        viewer=request.viewer, given=given, reason=typed["reason"], now=request.now
    )
    return _("Written down. The rung holds from now on; running cases are looked at again.")


def _end_rung(request: Request, typed: dict[str, Any]) -> str:
    rule_changes.end_rung(
        viewer=request.viewer,
        percent=_number(typed["chosen"]),
        reason=typed["reason"],
        now=request.now,
    )
    return _("Written down. Nobody is told at this share any more.")


def _keep_rule(request: Request, typed: dict[str, Any]) -> str:
    given = RuleGiven(
        code=(typed["chosen"] or typed["code"]).strip(),
        trigger=_number(typed["trigger"]),
        kind=typed["kind"],
        fact=typed["fact"],
        at_least=_number(typed["at_least"]),
        reply_days=_number(typed["reply_days"]),
        basis=typed["basis"].strip(),
    )
    rule_changes.change_rule(
        viewer=request.viewer,
        given=given,
        valid_from=_day(typed["valid_from"]),
        reason=typed["reason"],
        now=request.now,
    )
    return _("Written down. The version before holds until the day before.")


def _end_rule(request: Request, typed: dict[str, Any]) -> str:
    rule_changes.end_rule(
        viewer=request.viewer,
        code=typed["chosen"],
        valid_to=_day(typed["valid_from"]),
        reason=typed["reason"],
        now=request.now,
    )
    return _("Written down. From that day on the rule raises nothing.")


def _expired(request: Request, typed: dict[str, Any]) -> str:
    raise Invalid("form.expired")


_ACTS: dict[tuple[str, str], Callable[[Request, dict[str, Any]], str]] = {
    ("rung", "save"): _keep_rung,
    ("rung", "end"): _end_rung,
    ("rule", "save"): _keep_rule,
    ("rule", "end"): _end_rule,
}


def _number(typed: str) -> int:
    """Return a whole number; 0, which every rule refuses by its own name, for anything else."""
    plain = typed.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 6 else 0


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise Invalid("watchrule.day", field="valid_from") from error


def rung_words(row: RungHeld) -> tuple[str, str]:
    """Return what a rung does in two sentences: who is told how, and of which clocks."""
    who = Receiver(row.receiver).label
    by_text = _("Told on the page of reminders and by text message: %(who)s")
    by_page = _("Told on the page of reminders: %(who)s")
    said = (by_text if row.sms else by_page) % {"who": who}
    comma = "、" if get_language().startswith("zh") else ", "
    return said, comma.join(clock_name(clock) for clock in row.clocks)


def _rule_words(values: Mapping[str, Any]) -> tuple[str, str]:
    """Return when a rule raises a supervision, and what it orders."""
    when = _("%(fact)s: %(n)s or more") % {
        "fact": FACT_LABELS[Fact(values["fact"])],
        "n": values["at_least"],
    }
    days = values["reply_days"]
    orders = ngettext(
        "%(kind)s, reply within %(n)s working day",
        "%(kind)s, reply within %(n)s working days",
        days,
    ) % {"kind": SupervisionKind(values["kind"]).label, "n": days}
    return when, orders


def _name(code: str) -> str:
    """Return what a rule is called: in the reader's language if it ships with the product."""
    return str(RULE_LABELS.get(code, code))


def _change(row: ChangeRow) -> ChangeShown:
    return ChangeShown(
        at=row.at,
        by=row.by,
        subject=str(RuleSubject(row.subject).label),
        code=f"{row.code} %" if row.subject == RuleSubject.RUNG else _name(row.code),
        before=tuple(_side(row.subject, row.before)),
        after=tuple(_side(row.subject, row.after)),
        reason=row.reason,
    )


def _side(subject: str, values: Mapping[str, Any]) -> Iterator[str]:
    if not values:
        return
    if subject == RuleSubject.RUNG:
        yield from rung_words(
            RungHeld(0, values["receiver"], tuple(values["clocks"]), values["sms"], None)
        )
        return
    yield str(Trigger(values["trigger"]).label)
    yield from _rule_words(values)
    if "valid_from" in values:
        yield _("from %(day)s on") % {"day": values["valid_from"]}
