"""Panels of supervision, of the kind of a message, and of whom a complaint is about."""

from __future__ import annotations

from django.utils.translation import gettext as _

from onegrid.cases.actions.supervision import MAX_REPLY_DAYS
from onegrid.cases.oversight_terms import SupervisionKind, SupervisionState, Trigger
from onegrid.cases.queries.oversight import nameable, supervisions_of
from onegrid.cases.terms import Kind
from onegrid.core.flow import Action
from onegrid.organisation.queries import units
from onegrid.web.casework.panels.base import Button, Field, Maker, Panel, Setting

YES, NO = "yes", "no"
_DAYS = (1, 2, 3, 5, 10, MAX_REPLY_DAYS)


def _which(make: Maker, state: SupervisionState) -> tuple[tuple[Field, ...], int]:
    """Return the field that asks which supervision is meant, if there are several of a state."""
    setting = make.setting
    rows = [row for row in supervisions_of(setting.view, now=setting.now) if row.state == state]
    choices = [
        (str(row.id), f"{SupervisionKind(row.kind).label} · {Trigger(row.trigger).label}")
        for row in rows
    ]
    field = make.field("select", "supervision", _("Which supervision"), choices=choices)
    return ((field,) if len(rows) > 1 else ()), len(rows)


def _days(make: Maker, value: int) -> Field:
    choices = [(str(n), str(n)) for n in _DAYS]
    return make.field(
        "select", "days", _("Working days for the reply"), choices=choices, value=str(value)
    )


def supervise(setting: Setting) -> Panel | None:
    """Order the unit to answer for the case."""
    if not setting.may(Action.SUPERVISE):
        return None
    make = Maker(setting, "supervise")
    return make.done(
        _("Put under supervision"),
        "megaphone",
        fields=(
            make.field("select", "kind", _("Kind"), choices=SupervisionKind.choices),
            make.field("select", "trigger", _("Reason (Art. 26)"), choices=Trigger.choices),
            make.text(_("What shall be answered?"), rows=3),
            _days(make, 2),
            make.field(
                "check", "publish", _("The resident may read order and reply"), required=False
            ),
        ),
        note=_("The case cannot close before the reply was accepted."),
    )


def reply_supervision(setting: Setting) -> Panel | None:
    """Answer for the case."""
    if not setting.view.case.supervised or not setting.may(Action.REPLY_SUPERVISION):
        return None
    make = Maker(setting, "reply_supervision")
    which, count = _which(make, SupervisionState.OPEN)
    if not count or setting.may(Action.SETTLE_SUPERVISION):
        return None
    return make.done(
        _("Reply to the supervision"),
        "reply",
        fields=(*which, make.text(_("What was done, and why was it late or wrong?"))),
        note=_("The case cannot close before the reply was accepted."),
    )


def judge_reply(setting: Setting) -> Panel | None:
    """Accept a reply or ask again."""
    if not setting.view.case.supervised or not setting.may(Action.SETTLE_SUPERVISION):
        return None
    make = Maker(setting, "judge_reply")
    which, count = _which(make, SupervisionState.REPLIED)
    if not count:
        return None
    return make.done(
        _("Look at the reply to the supervision"),
        "scale",
        buttons=(
            Button(_("Accept the reply"), YES, icon="check"),
            Button(_("Ask again"), NO, "risk", "undo-2"),
        ),
        fields=(*which, make.text(_("Your words"), rows=3), _days(make, 1)),
        note=_("The days count when you ask again."),
    )


def change_kind(setting: Setting) -> Panel | None:
    """Say what sort of message it is."""
    if not setting.may(Action.CHANGE_KIND):
        return None
    make = Maker(setting, "change_kind")
    return make.done(
        _("Change the kind"),
        "tag",
        fields=(
            make.field(
                "select",
                "kind",
                _("Kind"),
                choices=Kind.choices,
                value=setting.view.case.kind,
            ),
            make.text(_("Reason"), rows=2),
        ),
        note=_("A complaint that becomes something lighter is shown to the supervisor."),
    )


def name_subjects(setting: Setting) -> Panel | None:
    """Say whom a complaint is about."""
    accusing = setting.view.case.kind in {Kind.COMPLAINT, Kind.WHISTLE}
    if not accusing or not setting.may(Action.NAME_SUBJECTS):
        return None
    make = Maker(setting, "name_subjects")
    people = [
        (str(one.id), f"{one.name} · {one.grant.role.label}")
        for one in nameable(setting.viewer, now=setting.now)
    ]
    named = [(str(unit.id), unit.name) for unit in units().values()]
    return make.done(
        _("Name whom it is about"),
        "shield-check",
        fields=(
            make.field("select", "unit", _("Unit"), choices=named, required=False, empty=_("none")),
            make.field(
                "select", "person", _("Person"), choices=people, required=False, empty=_("none")
            ),
            make.text(_("Reason"), rows=2),
        ),
        note=_("From now on they neither see the case nor handle, verify or call back."),
    )


STEPS = (judge_reply, reply_supervision)
ASIDE = (supervise, change_kind, name_subjects)
