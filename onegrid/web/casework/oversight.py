"""Supervision on the page of a case: its section, and what its panels do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions import Doing
from onegrid.cases.oversight_terms import (
    CheckCode,
    Receiver,
    SupervisionKind,
    SupervisionState,
    Trigger,
)
from onegrid.cases.queries import CaseView
from onegrid.cases.queries.oversight import (
    AlarmRow,
    RungRow,
    SupervisionRow,
    alarms_of,
    rungs_of,
    supervisions_of,
)
from onegrid.cases.terms import CaseClass, Kind
from onegrid.common.refusals import Invalid
from onegrid.web.casework.form import Act, Form
from onegrid.web.casework.steps import clock_name


@dataclass(frozen=True, slots=True)
class SupervisionShown:
    """A supervision with its words."""

    row: SupervisionRow
    kind: str
    trigger: str
    state: str


@dataclass(frozen=True, slots=True)
class AlarmShown:
    """An alarm with its words; ``lines`` are the evidence."""

    row: AlarmRow
    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RungShown:
    """A rung with its words; ``told`` says who, how and whether it was read."""

    row: RungRow
    clock: str
    receiver: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Oversight:
    """What the section shows."""

    supervisions: tuple[SupervisionShown, ...]
    rungs: tuple[RungShown, ...]
    alarms: tuple[AlarmShown, ...]


def oversight(viewer: Viewer, view: CaseView, now: datetime) -> Oversight | None:
    """Return what the section shows, or None when nothing was supervised, told or found."""
    found = Oversight(
        tuple(shown(row) for row in supervisions_of(view, now=now)),
        tuple(_rung(row) for row in rungs_of(view)),
        tuple(alarm_shown(row) for row in alarms_of(viewer, view)),
    )
    return found if found.supervisions or found.rungs or found.alarms else None


def shown(row: SupervisionRow) -> SupervisionShown:
    """Return a supervision with its words."""
    return SupervisionShown(
        row,
        str(SupervisionKind(row.kind).label),
        str(Trigger(row.trigger).label),
        str(SupervisionState(row.state).label),
    )


def _rung(row: RungRow) -> RungShown:
    place = row.reached or row.receiver
    told = tuple(
        f"{one.name} · {Role(one.role).label} · "
        + (_("page and text message") if one.sms else _("page"))
        + " · "
        + (_("read") if one.read_at else _("not read yet"))
        for one in row.told
    )
    clock = f"{clock_name(row.clock)} {row.unit}".strip()
    return RungShown(row, clock, str(Receiver(place).label), told)


def alarm_shown(row: AlarmRow) -> AlarmShown:
    """Return an alarm with its words."""
    lines = tuple(_evidence(row.code, row.evidence))
    return AlarmShown(row, str(CheckCode(row.code).label), lines)


def _evidence(code: str, seen: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a check saw, in sentences."""
    if "before" in seen:
        words: Any = CaseClass if code == CheckCode.CLASS_LOWERED else Kind
        both = {"before": words(seen["before"]).label, "after": words(seen["after"]).label}
        yield _("%(before)s → %(after)s") % both
    if seen.get("danger"):
        yield _("The text speaks of danger to life.")
    if "answer" in seen:
        yield _("Answer to part %(n)s: “%(text)s”") % {"n": seen["part"], "text": seen["answer"]}
        yield from _about_answer(seen)
    if "minutes_left" in seen:
        yield _("Reported done %(n)s minutes before due; then the resident asked to reopen.") % {
            "n": seen["minutes_left"]
        }
    if "how" in seen:
        yield str(_how()[seen["how"]])


def _about_answer(seen: Mapping[str, Any]) -> Iterator[str]:
    if "other_case" in seen:
        yield _("%(percent)s %% the same as in case %(number)s: “%(text)s”") % {
            "percent": seen["percent"],
            "number": seen["other_case"],
            "text": seen["other_answer"],
        }
    if "length" in seen:
        yield _("It has %(n)s signs.") % {"n": seen["length"]}
    if seen.get("like_part"):
        yield _("It is the answer to part %(n)s.") % {"n": seen["like_part"]}


def _how() -> dict[str, str]:
    return {
        "caller_handled": _("Whoever called back had handled the case before."),
        "number_of_handler": _("The number that was called belongs to somebody who handled it."),
        "account_of_handler": _("The verdict came from the account of somebody who handled it."),
    }


def _chosen(form: Form) -> UUID | None:
    typed = form.text("supervision")
    if not typed:
        return None
    try:
        return UUID(typed)
    except ValueError as error:
        raise Invalid("supervision.which", field="supervision") from error


def _supervise(form: Form, case_id: UUID, doing: Doing) -> object:
    return actions.supervise(
        case_id=case_id,
        doing=doing,
        kind=form.text("kind"),
        trigger=form.number("trigger"),
        text=form.text("text"),
        days=form.number("days"),
        publish=bool(form.text("publish")),
    )


def _judge(form: Form, case_id: UUID, doing: Doing) -> object:
    given: dict[str, Any] = {
        "case_id": case_id,
        "doing": doing,
        "text": form.text("text"),
        "supervision_id": _chosen(form),
    }
    if form.said_yes:
        return actions.settle_supervision(**given)
    return actions.reject_reply(**given, days=form.number("days") or 1)


def _name_subjects(form: Form, case_id: UUID, doing: Doing) -> object:
    try:
        people = [UUID(form.text("person"))] if form.text("person") else []
        units = [UUID(form.text("unit"))] if form.text("unit") else []
    except ValueError as error:
        raise Invalid("subjects.unknown", field="unit") from error
    if not people and not units:
        raise Invalid("subjects.unknown", field="unit")
    return actions.name_subjects(
        case_id=case_id,
        doing=doing,
        account_ids=people,
        unit_ids=units,
        text=form.text("text"),
    )


ACTS: dict[str, Act] = {
    "supervise": _supervise,
    "reply_supervision": lambda form, case, doing: actions.reply_supervision(
        case_id=case, doing=doing, text=form.text("text"), supervision_id=_chosen(form)
    ),
    "judge_reply": _judge,
    "change_kind": lambda form, case, doing: actions.change_kind(
        case_id=case, doing=doing, kind=form.text("kind"), text=form.text("text")
    ),
    "name_subjects": _name_subjects,
}
