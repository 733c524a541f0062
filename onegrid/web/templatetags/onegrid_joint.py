"""Words of shared cases for templates. ``{% load onegrid_joint %}``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template

from onegrid.cases.terms import AskKind, AskState, HoldReason, MeetingKind, Result
from onegrid.web.clock_text import duty_text

register = template.Library()


def _label(choices: Any, value: str) -> Any:
    return choices(value).label if value in choices.values else value


@register.filter
def ask_label(kind: str) -> Any:
    """Name what a unit asks for."""
    return _label(AskKind, kind)


@register.filter
def ask_state_label(state: str) -> Any:
    """Say how it was decided."""
    return _label(AskState, state)


@register.filter
def hold_label(reason: str) -> Any:
    """Name the reason of a hold."""
    return _label(HoldReason, reason)


@register.filter
def meeting_label(kind: str) -> Any:
    """Name a sort of meeting."""
    return _label(MeetingKind, kind)


@register.filter
def result_label(result: str) -> Any:
    """Name how a case ended."""
    return _label(Result, result)


@register.filter
def minutes_text(minutes: int) -> str:
    """Say minutes of duty time in hours and minutes."""
    return duty_text(timedelta(minutes=minutes))
