"""What a unit asks for and another person decides; shared by returns, holds and extensions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from onegrid.cases import clocks, standing
from onegrid.cases.actions.step import Doing
from onegrid.cases.models import Ask, Case
from onegrid.cases.terms import APPROVALS, AskKind, AskState
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.flow import Actor
from onegrid.organisation.queries import UnitRow, units


def said(text: str) -> str:
    """Return a text without blanks around it.

    Raises:
        Invalid: it is empty.
    """
    if not text.strip():
        raise Invalid("case.missing.text", field="text")
    return text.strip()


def unit_named(unit_id: UUID) -> UnitRow:
    """Return an active unit.

    Raises:
        Invalid: there is none.
    """
    unit = units().get(unit_id)
    if unit is None:
        raise Invalid("case.unit_unknown", field="unit")
    return unit


def opened(case: Case, doing: Doing, kind: AskKind, *, text: str, **fields: Any) -> Ask:
    """Write down what a unit asks for.

    Raises:
        Conflict: the same was asked for and is not decided yet.
    """
    if Ask.objects.filter(case_id=case.pk, kind=kind, state=AskState.OPEN).exists():
        raise Conflict("ask.open_already")
    return Ask.objects.create(
        case_id=case.pk,
        kind=kind,
        round=case.round,
        unit_id=case.lead_unit_id,
        asked_at=max(doing.now, case.changed_at),
        asked_by=doing.viewer.user_id,
        text=said(text),
        **fields,
    )


def asked(case: Case, doing: Doing, kind: AskKind) -> Ask:
    """Return what waits for a decision, if this person may decide it.

    Raises:
        Conflict: nothing of the kind waits.
        Forbidden: whoever asked, and the colleagues of the unit, do not decide.
    """
    ask = Ask.objects.filter(case_id=case.pk, kind=kind, state=AskState.OPEN).first()
    if ask is None:
        raise Conflict("ask.none_open")
    actors = standing.relations(doing.viewer, case, handlers=frozenset())
    if Actor.HANDLER in actors or ask.asked_by == doing.viewer.user_id:
        raise Forbidden("ask.another_person")
    return ask


def decide(ask: Ask, case: Case, doing: Doing, *, ok: bool, text: str, **fields: Any) -> bool:
    """Write down a decision; tell whether anything else still waits for somebody outside."""
    ask.state = AskState.GRANTED if ok else AskState.REFUSED
    ask.decided_at = max(doing.now, case.changed_at)
    ask.decided_by = doing.viewer.user_id
    ask.ruling = said(text)
    for name, value in fields.items():
        setattr(ask, name, value)
    ask.save()
    waiting = Ask.objects.filter(case_id=case.pk, state=AskState.OPEN)
    return waiting.exclude(kind__in=APPROVALS).exists()


def read_clocks(case: Case, now: datetime) -> list[clocks.ClockReading]:
    """Read the clocks of a case before a step."""
    return clocks.readings(case, clocks.events_of(case), now=max(now, case.changed_at))
