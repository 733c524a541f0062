"""The numbers that a regulation sets, as they stood when the case was dispatched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.timezone import localtime

from onegrid.cases.models import Case, Step
from onegrid.core.clock import Event
from onegrid.duties import queries as duties
from onegrid.duties.terms import Parameter


def day_among(events: Sequence[Event], now: datetime) -> date:
    """Return the day whose rules hold for a case: of its first dispatch, before it today."""
    dispatched = next((event.at for event in events if event.to_state == "dispatched"), now)
    return localtime(dispatched).date()


def day_of(case: Case, *, now: datetime) -> date:
    """Return the day whose rules hold for a case; a change of law leaves running cases alone."""
    steps = Step.objects.filter(case_id=case.pk, to_state="dispatched").order_by("seq")
    first = steps.values_list("at", flat=True).first()
    return localtime(first or now).date()


def amount(case: Case, parameter: Parameter, *, now: datetime) -> int:
    """Return a number of the rule in force for a case."""
    return duties.amount(parameter, on=day_of(case, now=now))


def today(parameter: Parameter, *, now: datetime) -> int:
    """Return a number of the rule in force today, for what is not about one case."""
    return duties.amount(parameter, on=localtime(now).date())
