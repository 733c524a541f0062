"""What the reporter is told, in the reporter's language, through the outbox."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext, override

from onegrid.cases import reference
from onegrid.cases.models import Case, Contact, Joiner
from onegrid.cases.request import Reporter
from onegrid.cases.terms import STATE_LABELS
from onegrid.core.flow import State
from onegrid.notices import actions as notices


def received(case: Case, reporter: Reporter, token: str, *, now: datetime) -> None:
    """Send number and query code to a reporter who left a phone number."""
    if reporter.phone and reporter.wants_reply:
        _queue(case, reporter.phone, "case_received", {"number": case.number, "token": token}, now)


def tell(case: Case, template: str, *, now: datetime, **params: str) -> None:
    """Tell the reporter of a case something, if there is a way and a wish for it."""
    row = (
        Contact.objects.filter(case_id=case.pk, wants_reply=True)
        .exclude(phone="")
        .values_list("phone")
        .first()
    )
    if row is not None:
        _queue(case, row[0], template, {"number": case.number, **params}, now)


def progress(case: Case, *, now: datetime) -> None:
    """Tell the reporter where the case stands and until when it is promised."""
    with override(case.language):
        state = str(STATE_LABELS[State(case.state)])
        due = localtime(case.due_at).strftime("%m-%d %H:%M") if case.due_at else gettext("soon")
    tell(case, "case_progress", now=now, state=state, due=due)


def tell_joiner(case: Case, row: Joiner, template: str, *, now: datetime) -> None:
    """Tell somebody who joined a case, in words that name neither the case nor its reporter."""
    if not row.phone or not row.wants_news:
        return
    category = reference.categories.get().get(case.category_id) if case.category_id else None
    notices.queue(
        channel="sms",
        recipient=row.phone,
        template=template,
        params={
            "what": category.label(row.language) if category else "–",
            "day": localtime(row.at).strftime("%m-%d"),
        },
        language=row.language,
        dedupe_key=f"{case.pk}:{row.pk}:{case.round}:{template}",
        now=now,
    )


def promised(case: Case, *, now: datetime) -> None:
    """Tell the reporter the class and the promised time."""
    if case.due_at is not None:
        due = localtime(case.due_at).strftime("%m-%d %H:%M")
        tell(case, "case_classified", now=now, due=due)


def _queue(case: Case, phone: str, template: str, params: dict[str, str], now: datetime) -> None:
    notices.queue(
        channel="sms",
        recipient=phone,
        template=template,
        params=params,
        language=case.language,
        dedupe_key=f"{case.pk}:{case.step_count}:{template}",
        now=now,
    )
