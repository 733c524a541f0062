"""Panels of what units ask for and others decide, of helping units, meetings and other bodies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from onegrid.cases.queries import (
    Approval,
    AskView,
    ending_approval,
    extension_minutes,
    hold_over_cap,
    return_until,
)
from onegrid.cases.terms import AskKind, HoldReason, MeetingKind, Result
from onegrid.core.flow import Action, Actor, State
from onegrid.organisation.queries import units
from onegrid.web.casework.panels.assess import answers
from onegrid.web.casework.panels.base import Button, Maker, Panel, Setting
from onegrid.web.casework.panels.duties import cited_field
from onegrid.web.casework.panels.feedback import NO, YES
from onegrid.web.casework.panels.helpers import unit_field
from onegrid.web.clock_text import duty_text
from onegrid.web.templatetags.onegrid_ui import moment

#: Third button of a return: let a ruling settle it.
RULING = "ruling"


def _asked(setting: Setting, kind: AskKind, *actions: Action) -> AskView | None:
    """Return what this viewer may decide now; the unit that asks does not decide itself."""
    if not setting.may(*actions) or Actor.HANDLER in setting.view.relations:
        return None
    return setting.shared.open_ask(kind)


def _decide(
    setting: Setting, ask: AskView | None, panel: str, label: Any, icon: str, **more: Any
) -> Panel | None:
    """Return the panel of a decision with a reason; ``more`` as in `Maker.done`."""
    if ask is None:
        return None
    make = Maker(setting, panel)
    note = _("%(unit)s asks: %(text)s") % {"unit": ask.unit, "text": ask.text}
    given = {
        "buttons": (
            Button(_("Grant"), YES, icon="check"),
            Button(_("Refuse"), NO, "risk", "ban"),
        ),
        "note": note,
        **more,
    }
    reason = make.text(_("Reason"), hint=_("The resident reads it."), rows=3)
    return make.done(label, icon, fields=(reason,), **given)


def decide_return(setting: Setting) -> Panel | None:
    """Take a case back, leave it, or put it to a ruling."""
    ask = _asked(setting, AskKind.RETURN, Action.UPHOLD_RETURN)
    buttons = (
        Button(_("Take it back"), YES, icon="undo-2"),
        Button(_("Refuse the return"), NO, "risk", "ban"),
        Button(_("Put it to a ruling"), RULING, "plain", "scale"),
    )
    return _decide(
        setting, ask, "decide_return", _("Decide on the return"), "undo-2", buttons=buttons
    )


def designate(setting: Setting) -> Panel | None:
    """Rule whose duty it is."""
    ask = _asked(setting, AskKind.RETURN, Action.DESIGNATE)
    if ask is None:
        return None
    make = Maker(setting, "designate")
    fields = (
        unit_field(make, "unit", _("Whose duty is it?")),
        make.text(_("Ruling and its reason"), hint=_("The resident reads it."), rows=3),
    )
    note = _("A unit that is named by a ruling may not return the case.")
    return make.done(_("Designate a unit"), "scale", fields=fields, note=note)


def decide_hold(setting: Setting) -> Panel | None:
    """Put on hold or say why not."""
    ask = _asked(setting, AskKind.HOLD, Action.GRANT_HOLD)
    if ask is None or ask.until is None:
        return None
    note = _("%(unit)s asks to rest until %(until)s (%(reason)s): %(text)s") % {
        "unit": ask.unit,
        "until": moment(ask.until, setting.now),
        "reason": HoldReason(ask.reason).label,
        "text": ask.text,
    }
    if hold_over_cap(setting.view, until=ask.until, now=setting.now):
        note = f"{note} {_('Only a street leader may grant so long a hold.')}"
    return _decide(setting, ask, "decide_hold", _("Decide on the hold"), "pause", note=note)


def decide_extension(setting: Setting) -> Panel | None:
    """Grant more time or say why not."""
    ask = _asked(setting, AskKind.EXTENSION, Action.GRANT_EXTENSION)
    if ask is None:
        return None
    note = _("%(unit)s asks for %(time)s more: %(text)s") % {
        "unit": ask.unit,
        "time": duty_text(timedelta(minutes=ask.minutes or 0)),
        "text": ask.text,
    }
    label = _("Decide on more time")
    return _decide(setting, ask, "decide_extension", label, "timer", note=note)


def decide_ending(setting: Setting) -> Panel | None:
    """Approve an ending without a solution or say why not."""
    ask = _asked(setting, AskKind.ENDING, Action.GRANT_ENDING)
    label = _("Decide on ending without a solution")
    return _decide(setting, ask, "decide_ending", label, "file-text")


def ask_return(setting: Setting) -> Panel | None:
    """Ask to return the case, while that is possible."""
    if not setting.may(Action.ASK_RETURN):
        return None
    until = return_until(setting.view, setting.shared, now=setting.now)
    if until is None or setting.now > until:
        return None
    make = Maker(setting, "ask_return")
    fields = (
        make.text(_("Why is it not your duty?"), rows=3),
        cited_field(make),
        unit_field(make, "unit", _("Whose duty is it?"), without=setting.view.unit),
    )
    note = _("Possible until %(until)s, once for each unit. If it is refused, the time counts.")
    words = {"until": moment(until, setting.now)}
    return make.done(_("Ask to return it"), "undo-2", fields=fields, note=note % words)


def ask_hold(setting: Setting) -> Panel | None:
    """Ask to let the work rest."""
    if not setting.may(Action.ASK_HOLD) or setting.shared.open_ask(AskKind.HOLD):
        return None
    make = Maker(setting, "ask_hold")
    fields = (
        make.field("choice", "reason", _("Reason for the hold"), choices=HoldReason.choices),
        make.field("datetime-local", "until", _("Until when?")),
        make.text(_("What has to happen first?"), rows=3),
    )
    note = _("Another person decides. The resident is told reason and end; it goes on by itself.")
    return make.done(_("Ask to put it on hold"), "pause", fields=fields, note=note)


def ask_extension(setting: Setting) -> Panel | None:
    """Ask for more time, while that is possible."""
    if not setting.may(Action.ASK_EXTENSION):
        return None
    most = extension_minutes(setting.view, setting.shared, now=setting.now)
    if not most:
        return None
    make = Maker(setting, "ask_extension")
    shares = sorted({max(1, most // 4), max(1, most // 2), most})
    choices = [(str(n), duty_text(timedelta(minutes=n))) for n in shares]
    fields = (
        make.field("choice", "minutes", _("How much more time?"), choices=choices),
        make.text(_("Why is it needed?"), hint=_("The resident reads it."), rows=3),
    )
    note = _("Once only, and only before the promise falls due. Another person decides.")
    return make.done(_("Ask for more time"), "timer", fields=fields, note=note)


def ask_ending(setting: Setting) -> Panel | None:
    """Ask to end without a solution."""
    view, shared = setting.view, setting.shared
    if not setting.may(Action.ASK_ENDING) or shared.open_ask(AskKind.ENDING):
        return None
    if ending_approval(view, shared, now=setting.now) is not Approval.NEEDED:
        return None
    make = Maker(setting, "ask_ending")
    fields = (make.text(_("Why can it not be solved?"), rows=4),)
    note = _("Needed before the result “Cannot be solved, explained” (Art. 21).")
    return make.done(_("Ask to end without a solution"), "file-text", fields=fields, note=note)


def resume(setting: Setting) -> Panel | None:
    """Go on before the hold ends."""
    if not setting.may(Action.RESUME):
        return None
    make = Maker(setting, "resume")
    fields = (make.text(_("Why does it go on?"), rows=2),)
    return make.done(_("Go on after the hold"), "play", fields=fields)


def co_report(setting: Setting) -> Panel | None:
    """Report as a helping unit."""
    owing = setting.shared.owed_by(setting.viewer, setting.view.case)
    if not setting.may(Action.CO_REPORT) or not owing:
        return None
    make = Maker(setting, "co_report")
    fields = [make.text(_("What has your unit done?"), rows=4)]
    if len(owing) > 1:
        choices = [(row.unit_id, row.unit) for row in owing]
        fields.insert(0, make.field("select", "unit", _("For which unit?"), choices=choices))
    note = "；".join(row.task for row in owing)
    label = _("Report as helping unit")
    return make.done(label, "handshake", fields=tuple(fields), note=note)


def add_unit(setting: Setting) -> Panel | None:
    """Call a helping unit in."""
    if not setting.may(Action.ADD_UNIT):
        return None
    make = Maker(setting, "add_unit")
    fields = (
        unit_field(make, "unit", _("Helping unit"), without=setting.view.unit),
        make.text(_("Its task"), rows=2),
    )
    note = _("It has a fifth less time than the leading unit, and reports by itself.")
    return make.done(_("Add a helping unit"), "handshake", fields=fields, note=note)


def release_unit(setting: Setting) -> Panel | None:
    """Let a helping unit go."""
    helping = [row for row in setting.shared.co_units if row.awaited]
    if not setting.may(Action.RELEASE_UNIT) or not helping:
        return None
    make = Maker(setting, "release_unit")
    choices = [(row.unit_id, row.unit) for row in helping]
    fields = (
        make.field("select", "unit", _("Helping unit"), choices=choices),
        make.text(_("Reason"), rows=2),
    )
    return make.done(_("Release a helping unit"), "minus", fields=fields)


def meet(setting: Setting) -> Panel | None:
    """Record a meeting."""
    if not setting.may(Action.MEET):
        return None
    make = Maker(setting, "meet")
    here = {setting.view.case.lead_unit_id, *setting.view.case.co_unit_ids}
    invited = [u for u in units().values() if u.kind == "department" or u.id in here]
    held = localtime(setting.now).strftime("%Y-%m-%dT%H:%M")
    fields = (
        make.field("choice", "kind", _("What sort of meeting?"), choices=MeetingKind.choices),
        make.field("datetime-local", "held_at", _("When?"), value=held),
        make.many("units", _("Units that were present"), [(u.id, u.name) for u in invited], here),
        make.text(_("Minutes"), name="minutes", hint=_("For staff only."), rows=4),
        make.text(_("Ruling"), name="ruling", hint=_("The resident reads it."), rows=3),
    )
    return make.done(_("Record a meeting"), "users", fields=fields)


def hand_over(setting: Setting) -> Panel | None:
    """Hand over to another body."""
    if not setting.may(Action.HAND_OVER):
        return None
    make = Maker(setting, "hand_over")
    fields = (
        make.field("text", "body", _("Name of the body"), maxlength=60),
        make.field("text", "reference", _("Its reference"), required=False, maxlength=64),
        make.text(_("Why is it theirs?"), hint=_("The resident reads it."), rows=3),
    )
    note = _("The promised time goes on; the county watches the answer.")
    return make.done(_("Hand over to another body"), "external-link", fields=fields, note=note)


def external_done(setting: Setting) -> Panel | None:
    """Pass the other body's answer on."""
    if not setting.may(Action.EXTERNAL_DONE):
        return None
    make = Maker(setting, "external_done")
    result = make.field(
        "select", "result", _("How did it end?"), value=Result.SOLVED, choices=Result.choices
    )
    label = _("Answered by the other body")
    return make.done(label, "message-square-text", fields=(result, *answers(make)))


def external_news(setting: Setting) -> Panel | None:
    """Write down news of the body that has the case, or that it came from."""
    case = setting.view.case
    elsewhere = setting.view.state is State.EXTERNAL or case.external_id
    if not setting.may(Action.EXTERNAL_NEWS) or not elsewhere:
        return None
    make = Maker(setting, "external_news")
    fields = (make.text(_("What do they say?"), rows=3),)
    return make.done(_("News from the other body"), "external-link", fields=fields)


def take_back(setting: Setting) -> Panel | None:
    """Take the case back."""
    if not setting.may(Action.TAKE_BACK):
        return None
    make = Maker(setting, "take_back")
    fields = (make.text(_("Reason"), rows=2),)
    return make.done(_("Take back from the other body"), "undo-2", fields=fields)


STEPS = (
    decide_return,
    designate,
    decide_hold,
    decide_extension,
    decide_ending,
    co_report,
    external_done,
    resume,
)
ASIDE = (
    external_news,
    take_back,
    add_unit,
    release_unit,
    meet,
    ask_extension,
    ask_hold,
    ask_ending,
    ask_return,
    hand_over,
)
