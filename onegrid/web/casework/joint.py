"""Do what the panels of shared cases say (`panels.joint`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.utils.timezone import get_current_timezone

from onegrid.cases import actions
from onegrid.cases.actions import CoUnitGiven, Doing
from onegrid.common.refusals import Invalid
from onegrid.web.casework.form import Act, Form
from onegrid.web.casework.panels.helpers import HELPERS
from onegrid.web.casework.panels.joint import RULING


def _unit(form: Form, name: str = "unit") -> UUID:
    try:
        return UUID(form.text(name))
    except ValueError as error:
        raise Invalid("case.missing.unit", field=name) from error


def _moment(form: Form, name: str, code: str) -> datetime:
    """Return a time typed in, in the county's time zone."""
    try:
        typed = datetime.fromisoformat(form.text(name))
    except ValueError as error:
        raise Invalid(code, field=name) from error
    return typed if typed.tzinfo else typed.replace(tzinfo=get_current_timezone())


def helpers(form: Form) -> Iterator[CoUnitGiven]:
    """Return the helping units of a dispatch that were filled in.

    Raises:
        Invalid: a task stands without a unit, or a unit without a task.
    """
    for n in range(1, HELPERS + 1):
        unit, task = form.text(f"helper_{n}"), form.text(f"task_{n}")
        if unit and not task:
            raise Invalid("joint.task_of", field=f"task_{n}")
        if unit or task:
            yield CoUnitGiven(_unit(form, f"helper_{n}"), task)


def _decide_return(form: Form, case_id: UUID, doing: Doing) -> object:
    if form.pressed == RULING:
        return actions.put_to_ruling(case_id=case_id, doing=doing, text=form.text("text"))
    return actions.decide_return(
        case_id=case_id, doing=doing, ok=form.said_yes, text=form.text("text")
    )


def _ask_return(form: Form, case_id: UUID, doing: Doing) -> object:
    return actions.ask_return(
        case_id=case_id,
        doing=doing,
        text=form.text("text"),
        item=form.text("item"),
        unit_id=_unit(form),
    )


def _ask_hold(form: Form, case_id: UUID, doing: Doing) -> object:
    return actions.ask_hold(
        case_id=case_id,
        doing=doing,
        reason=form.text("reason"),
        until=_moment(form, "until", "hold.until_unread"),
        text=form.text("text"),
    )


def _co_report(form: Form, case_id: UUID, doing: Doing) -> object:
    return actions.co_report(
        case_id=case_id,
        doing=doing,
        text=form.text("text"),
        unit_id=_unit(form) if form.text("unit") else None,
    )


def _meet(form: Form, case_id: UUID, doing: Doing) -> object:
    try:
        present = [UUID(given) for given in form.texts("units")]
    except ValueError as error:
        raise Invalid("case.unit_unknown", field="units") from error
    return actions.record_meeting(
        case_id=case_id,
        doing=doing,
        kind=form.text("kind"),
        held_at=_moment(form, "held_at", "meeting.held_at"),
        unit_ids=present,
        minutes=form.text("minutes"),
        ruling=form.text("ruling"),
    )


def _hand_over(form: Form, case_id: UUID, doing: Doing) -> object:
    return actions.hand_over(
        case_id=case_id,
        doing=doing,
        body=form.text("body"),
        reference=form.text("reference"),
        text=form.text("text"),
    )


ACTS: dict[str, Act] = {
    "ask_return": _ask_return,
    "decide_return": _decide_return,
    "designate": lambda form, case, doing: actions.designate(
        case_id=case, doing=doing, unit_id=_unit(form), text=form.text("text")
    ),
    "ask_hold": _ask_hold,
    "decide_hold": lambda form, case, doing: actions.decide_hold(
        case_id=case, doing=doing, ok=form.said_yes, text=form.text("text")
    ),
    "resume": lambda form, case, doing: actions.resume(
        case_id=case, doing=doing, text=form.text("text")
    ),
    "ask_extension": lambda form, case, doing: actions.ask_extension(
        case_id=case, doing=doing, minutes=form.number("minutes"), text=form.text("text")
    ),
    "decide_extension": lambda form, case, doing: actions.decide_extension(
        case_id=case, doing=doing, ok=form.said_yes, text=form.text("text")
    ),
    "ask_ending": lambda form, case, doing: actions.ask_ending(
        case_id=case, doing=doing, text=form.text("text")
    ),
    "decide_ending": lambda form, case, doing: actions.decide_ending(
        case_id=case, doing=doing, ok=form.said_yes, text=form.text("text")
    ),
    "add_unit": lambda form, case, doing: actions.add_unit(
        case_id=case, doing=doing, unit_id=_unit(form), text=form.text("text")
    ),
    "release_unit": lambda form, case, doing: actions.release_unit(
        case_id=case, doing=doing, unit_id=_unit(form), text=form.text("text")
    ),
    "co_report": _co_report,
    "meet": _meet,
    "hand_over": _hand_over,
    "external_news": lambda form, case, doing: actions.external_news(
        case_id=case, doing=doing, text=form.text("text")
    ),
    "take_back": lambda form, case, doing: actions.take_back(
        case_id=case, doing=doing, text=form.text("text")
    ),
    "external_done": lambda form, case, doing: actions.external_done(
        case_id=case, doing=doing, result=form.text("result"), answers=form.answers()
    ),
}
