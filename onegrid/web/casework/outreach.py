"""What the panels of outreach do, and what the page of a case says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from onegrid.accounts.viewer import Viewer
from onegrid.cases.actions import Doing
from onegrid.cases.queries import CaseView
from onegrid.outreach import actions
from onegrid.outreach.actions import Page, Question
from onegrid.outreach.queries import AskedRow, EditionRow, asked_of, proposal
from onegrid.outreach.terms import Way
from onegrid.web.casework.form import Act, Form


def _ask(form: Form, case_id: UUID, doing: Doing) -> None:
    """Ask; a link that the asker passes on is shown now and never again."""
    page = form.request.build_absolute_uri(reverse("public:asked"))
    wanted = Question(
        whom=form.text("whom"),
        way=form.text("way"),
        question=form.text("question"),
        to_whom=form.text("to_whom"),
        recipient=form.text("recipient"),
        disclosed=form.text("disclosed"),
        days=form.number("days"),
        page=page,
    )
    asked = actions.ask_party(case_id=case_id, doing=doing, question=wanted)
    if wanted.way == Way.LINK:
        words = _("Copy this link now and pass it on; it is not shown again:")
        link = f"{page}{asked.code}/"
        messages.warning(form.request, format_html("{} <strong>{}</strong>", words, link))


def _publish(form: Form, case_id: UUID, doing: Doing) -> object:
    page = Page(
        title=form.text("title"),
        text=form.text("text"),
        answer=form.text("answer"),
        checked=bool(form.text("checked")),
    )
    return actions.publish(case_id=case_id, doing=doing, page=page)


def _take_down(form: Form, case_id: UUID, doing: Doing) -> object:
    return actions.take_down(case_id=case_id, doing=doing, reason=form.text("reason"))


OUTREACH_ACTS: dict[str, Act] = {
    "ask_party": _ask,
    "publish": _publish,
    "take_down": _take_down,
}


def asked(viewer: Viewer, view: CaseView, now: datetime) -> tuple[AskedRow, ...]:
    """Return the questions by link of a case."""
    return asked_of(viewer, view=view)


@dataclass(frozen=True, slots=True)
class Published:
    """The public page of a case, for those who publish."""

    address: str
    editions: tuple[EditionRow, ...]


def published(viewer: Viewer, view: CaseView, now: datetime) -> Published | None:
    """Return the editions of the public page, newest first; None without any."""
    made = proposal(viewer, view=view)
    if made is None or not made.editions:
        return None
    address = reverse("published:case", args=[made.public_id]) if made.shown else ""
    return Published(address, made.editions)
