"""The page of one case for its reporter, with an account or by number and query code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onegrid.cases import actions, lawful
from onegrid.cases.actions import Doing, VerdictGiven
from onegrid.cases.queries import CaseView, StepView, case_detail, sharing, who_looked
from onegrid.cases.queries.letters import has_letter
from onegrid.cases.queries.reporter import case_of_reporter
from onegrid.cases.queries.tied import own_rows
from onegrid.cases.terms import FilePhase, Satisfied, Solved
from onegrid.common.refusals import Forbidden, Invalid, Refusal
from onegrid.core.flow import Action, State
from onegrid.duties.terms import Parameter
from onegrid.web import joint_words
from onegrid.web.edge import doing_of, new_key, refused_form
from onegrid.web.middleware import Request
from onegrid.web.uploads import photos_of

TEMPLATE = "resident/case.html"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing a reporter may do: how it is read, and what is said when it is done.

    Attributes:
        field: name of its text field; a refusal about the text is shown there.
    """

    do: Callable[[Request, UUID, Doing], object]
    said: str | Promise
    field: str


def _supply(request: Request, case_id: UUID, doing: Doing) -> object:
    uploads = photos_of(request)
    done = actions.supply_info(
        case_id=case_id, doing=doing, text=request.POST.get("answer", "").strip()
    )
    if uploads:
        later = replace(doing, key=_second(doing.key))
        actions.attach(case_id=case_id, doing=later, uploads=uploads, phase=FilePhase.REPORT)
    return done


def _second(key: UUID) -> UUID:
    """Return the key of the second step of one form, the same for every try."""
    return UUID(int=key.int ^ 1)


def _attach(request: Request, case_id: UUID, doing: Doing) -> object:
    uploads = photos_of(request)
    if not uploads:
        raise Invalid("media.empty", field="photos")
    return actions.attach(case_id=case_id, doing=doing, uploads=uploads, phase=FilePhase.REPORT)


def _verdict(request: Request, case_id: UUID, doing: Doing) -> object:
    answered = request.POST.get("answered", "")
    if answered not in {"yes", "no"}:
        raise Invalid("verdict.answered", field="answered")
    given = VerdictGiven(
        answered=answered == "yes",
        solved=request.POST.get("solved", ""),
        satisfied=request.POST.get("satisfied", ""),
        reason=request.POST.get("reason", "").strip(),
    )
    return actions.give_verdict(case_id=case_id, doing=doing, verdict=given)


def _remind(request: Request, case_id: UUID, doing: Doing) -> object:
    return actions.remind(case_id=case_id, doing=doing)


def _with_text(act: Callable[..., object], name: str) -> Callable[[Request, UUID, Doing], object]:
    def do(request: Request, case_id: UUID, doing: Doing) -> object:
        return act(case_id=case_id, doing=doing, text=request.POST.get(name, "").strip())

    return do


DEEDS: dict[str, Deed] = {
    "supply_info": Deed(_supply, gettext_lazy("Your answer was added; work goes on."), "answer"),
    "attach": Deed(_attach, gettext_lazy("The photos were added."), "photos"),
    "remind": Deed(_remind, gettext_lazy("The unit was reminded."), ""),
    "verdict": Deed(_verdict, gettext_lazy("Thank you. Your verdict was recorded."), "reason"),
    "ask_reopen": Deed(
        _with_text(actions.ask_reopen, "reopen_text"),
        gettext_lazy("You asked to open it again; a leader decides on it."),
        "reopen_text",
    ),
    "withdraw": Deed(
        _with_text(actions.withdraw, "withdraw_text"),
        gettext_lazy("The request was withdrawn."),
        "withdraw_text",
    ),
    "appeal": Deed(
        _with_text(actions.appeal, "appeal_text"),
        gettext_lazy("Your appeal was recorded; the case is assessed again."),
        "appeal_text",
    ),
}


def answer(request: Request, *, case_id: UUID, by_receipt: bool) -> HttpResponse:
    """Show the case, or do what was asked and come back to it.

    Args:
        by_receipt: the browser has shown number and query code; otherwise the account must own it.
    """
    if request.method == "POST":
        return _do(request, case_id, by_receipt)
    view = _view(request, case_id, by_receipt)
    return _private(render(request, TEMPLATE, context_of(request, view, by_receipt)))


def _view(request: Request, case_id: UUID, by_receipt: bool) -> CaseView:
    if by_receipt:
        return case_of_reporter(request.viewer, case_id=case_id, now=request.now)
    return case_detail(request.viewer, case_id=case_id, now=request.now)


def _do(request: Request, case_id: UUID, by_receipt: bool) -> HttpResponse:
    deed = DEEDS.get(request.POST.get("action", ""))
    view = _view(request, case_id, by_receipt)
    try:
        if deed is None:
            raise Forbidden("case.not_your_turn")
        deed.do(request, case_id, doing_of(request, as_reporter=by_receipt))
    except Refusal as refusal:
        if deed is not None and refusal.field in {None, "text"}:
            refusal.field = deed.field
        context = context_of(request, view, by_receipt)
        context |= {"typed": request.POST, "key": request.POST.get("key") or context["key"]}
        return _private(refused_form(request, TEMPLATE, context, refusal))
    messages.success(request, str(deed.said))
    return redirect(_address(view, by_receipt))


def _address(view: CaseView, by_receipt: bool) -> str:
    name = "public:status" if by_receipt else "resident:case"
    return reverse(name, args=[view.case.number])


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def context_of(request: Request, view: CaseView, by_receipt: bool) -> dict[str, Any]:
    """Return what the page shows; what may be done follows `view.actions`."""
    can = set(view.actions)
    question = next((s.text for s in reversed(view.steps) if s.action == Action.ASK_INFO), "")
    refusal = next((s.text for s in reversed(view.steps) if s.action == Action.REFUSE), "")
    closed = view.state is State.CLOSED
    return {
        "view": view,
        "case": view.case,
        "by_receipt": by_receipt,
        "letter_url": f"{_address(view, by_receipt)}letter.pdf" if has_letter(view) else "",
        "key": new_key(),
        "steps": tuple(told(in_words(step)) for step in reversed(view.steps)),
        "shared": sharing(view),
        "photos": photos_shown(view),
        "voices": [item for item in view.files if item.kind == "voice"],
        "answered_parts": [part for part in view.parts if part.answer],
        "looks": who_looked(view) if view.has_contact else [],
        "question": question,
        "refusal": refusal,
        "may_supply": Action.SUPPLY_INFO in can,
        "may_attach": Action.ATTACH in can,
        "may_remind": Action.REMIND in can,
        "may_verdict": Action.CLOSE in can and not _kept(view),
        "verdict_kept": _kept(view),
        "may_reopen": closed and Action.ASK_REOPEN in can and _in_time(request, view),
        "may_withdraw": Action.WITHDRAW in can,
        "may_appeal": Action.APPEAL in can
        and not any(step.action == Action.APPEAL for step in view.steps),
        "solved_choices": Solved.choices,
        "satisfied_choices": Satisfied.choices,
        "answered_choices": [("yes", _("Yes")), ("no", _("No"))],
        "divided": own_rows(view),
        "typed": {},
    }


def _kept(view: CaseView) -> bool:
    """Tell whether the verdict of this round waits for a supervision to be settled."""
    said = (s for s in view.steps if s.action == Action.KEEP_VERDICT)
    return view.state is State.CALLBACK and any(
        s.data.get("round") == view.case.round for s in said
    )


def in_words(step: StepView) -> StepView:
    """Return a step whose verdict is said in words: without a reason it carries codes only."""
    solved, satisfied = str(step.data.get("solved", "")), str(step.data.get("satisfied", ""))
    if step.text != f"{solved}/{satisfied}" or solved not in Solved.values:
        return step
    said = _("Solved: %(solved)s. %(satisfied)s.") % {
        "solved": Solved(solved).label,
        "satisfied": Satisfied(satisfied).label,
    }
    return replace(step, text=said)


@dataclass(frozen=True, slots=True)
class Told:
    """A step as the reporter reads it; ``facts`` are short words beside the text."""

    at: datetime
    action: str
    actor_role: str
    channel: str
    text: str
    facts: tuple[str, ...]


def told(step: StepView) -> Told:
    """Return a step with what its data say of holds, units and other bodies."""
    facts = tuple(joint_words.facts(step.data))
    return Told(step.at, step.action, step.actor_role, step.channel, step.text, facts)


def _in_time(request: Request, view: CaseView) -> bool:
    ended = view.case.closed_at
    days = lawful.amount(view.case, Parameter.REOPEN_DAYS, now=request.now)
    return ended is not None and (request.now - ended).days < days


def photos_shown(view: CaseView) -> list[dict[str, object]]:
    """Return the photos with their addresses, those after handling last."""
    captions = dict(FilePhase.choices)
    order = list(FilePhase.values)
    photos = sorted(
        (item for item in view.files if item.kind == "photo"), key=lambda f: order.index(f.phase)
    )
    return [
        {
            "url": reverse("resident:file", args=[item.id]),
            "thumb": f"{reverse('resident:file', args=[item.id])}?thumb=1",
            "alt": _("Photo: %(phase)s") % {"phase": captions[item.phase]},
            "caption": captions[item.phase],
        }
        for item in photos
    ]
