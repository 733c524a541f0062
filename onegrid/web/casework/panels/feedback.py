"""Panels of verifying, calling back, reopening, and notes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from onegrid.cases import lawful, standing
from onegrid.cases.actions.reopening import HIGHER
from onegrid.cases.terms import Satisfied, Solved
from onegrid.core.flow import Action, Actor
from onegrid.duties.terms import Parameter
from onegrid.web.casework.panels.base import Button, Maker, Panel, Setting

YES, NO = "yes", "no"


def verify(setting: Setting) -> Panel | None:
    """Check a result on the spot."""
    if not setting.may(Action.VERIFY_OK):
        return None
    make = Maker(setting, "verify")
    return make.done(
        _("Verify the result"),
        "shield-check",
        buttons=(
            Button(_("It is done"), YES, icon="check"),
            Button(_("It is not done"), NO, "risk", "undo-2"),
        ),
        fields=(make.text(_("What did you see?"), rows=3),),
        texts=setting.texts_for(Action.VERIFY_OK, Action.VERIFY_FAIL),
        fills="text",
        note=_("Not done: the case goes back and its clock counts as if it had never stopped."),
    )


def callback(setting: Setting) -> Panel | None:
    """Write down the three verdicts of a call."""
    if not setting.may(Action.CLOSE) or Actor.CALLER not in setting.view.relations:
        return None
    make = Maker(setting, "callback")
    answered = [(YES, _("Yes")), (NO, _("No"))]
    return make.done(
        _("The resident was reached"),
        "phone-call",
        fields=(
            make.field("choice", "answered", _("1. Did the unit answer?"), choices=answered),
            make.field("choice", "solved", _("2. Is it solved?"), choices=Solved.choices),
            make.field("choice", "satisfied", _("3. Satisfied?"), choices=Satisfied.choices),
            make.text(
                _("In the resident's words"),
                name="reason",
                required=False,
                hint=_("Needed when something is still wrong."),
                rows=3,
            ),
        ),
        buttons=(Button(_("Write down the verdict"), icon="check"),),
        note=_("Good verdicts close the case; a bad one asks for reopening."),
    )


def unreachable(setting: Setting) -> Panel | None:
    """Write down a call nobody answered."""
    if not setting.may(Action.LOG_CALLBACK):
        return None
    make = Maker(setting, "unreachable")
    round_ = setting.view.case.round
    tries = sum(1 for row in setting.view.verdicts if row.round == round_ and not row.reached)
    most, days = (
        lawful.amount(setting.view.case, one, now=setting.now)
        for one in (Parameter.CALLBACK_TRIES, Parameter.CALLBACK_DAYS)
    )
    words = {"n": min(tries + 1, most), "most": most, "days": days}
    return make.done(
        _("Nobody answered (try %(n)s of %(most)s)") % words,
        "phone",
        fields=(make.text(_("What happened?"), name="note", rows=2),),
        buttons=(Button(_("Write down the try"), icon="phone"),),
        note=_("After %(most)s tries on at least %(days)s days the case closes.") % words,
    )


def decide_reopen(setting: Setting) -> Panel | None:
    """Reopen or say why not."""
    if not setting.may(Action.REOPEN):
        return None
    make = Maker(setting, "decide_reopen")
    level = setting.view.case.round
    if level > 1 and not standing.reaches(setting.viewer, setting.view.case, roles=HIGHER):
        return None
    buttons = [Button(_("Reopen"), YES, icon="rotate-ccw")]
    if level > 1:
        buttons.append(Button(_("Do not reopen"), NO, "risk", "ban"))
    notes = {
        1: _("The first reopening is the resident's right."),
        2: _("Second reopening: the street office or the supervisor decides."),
    }
    study = _("Reopening number %(level)s: the government office studies the case first.")
    return make.done(
        _("Decide on reopening"),
        "rotate-ccw",
        buttons=buttons,
        fields=(make.text(_("Reason")),),
        note=notes.get(level, study % {"level": level}),
    )


def note(setting: Setting) -> Panel | None:
    """Write a note."""
    if not setting.may(Action.NOTE):
        return None
    make = Maker(setting, "note")
    return make.done(
        _("Add a note"),
        "pencil",
        fields=(
            make.text(_("Note"), rows=3),
            make.field("check", "shown", _("The resident may read it too"), required=False),
        ),
    )
