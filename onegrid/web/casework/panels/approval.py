"""Panels of approval within a unit: submit, take back, release or send back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from onegrid.cases.queries import AskView, Release, waiting
from onegrid.cases.terms import AskKind
from onegrid.core.flow import Action
from onegrid.web.casework.panels.base import Button, Maker, Panel, Setting
from onegrid.web.casework.panels.feedback import NO, YES
from onegrid.web.casework.panels.handle import closure, plan_fields, unplanned
from onegrid.web.templatetags.onegrid_ui import moment

_ASKING = {AskKind.PLAN: Action.ASK_PLAN, AskKind.CLOSURE: Action.ASK_CLOSURE}
_RELEASING = {AskKind.PLAN: Action.GRANT_PLAN, AskKind.CLOSURE: Action.GRANT_CLOSURE}


def _may_submit(setting: Setting, kind: AskKind) -> bool:
    return (
        setting.may(_ASKING[kind])
        and setting.release(kind) is Release.HEAD
        and waiting(setting.shared) is None
    )


def ask_plan(setting: Setting) -> Panel | None:
    """Submit the plan of a complex case to the head of the unit."""
    if not unplanned(setting) or not _may_submit(setting, AskKind.PLAN):
        return None
    make = Maker(setting, "ask_plan")
    note = _("The head of your unit approves it. Until then nobody is told, and the time runs on.")
    label = _("Submit the plan for approval")
    return make.done(label, "calendar-days", fields=plan_fields(make), note=note)


def ask_closure(setting: Setting) -> Panel | None:
    """Submit the report of done to the head of the unit."""
    if unplanned(setting) or not _may_submit(setting, AskKind.CLOSURE):
        return None
    make = Maker(setting, "ask_closure")
    note = _("The head of your unit approves it. Until then it is not done, and the time runs on.")
    return closure(make, _("Submit the report of done for approval"), "check", note=note)


def decide_plan(setting: Setting) -> Panel | None:
    """Approve a plan or send it back."""
    release = _("Approve and publish")
    return _decide(setting, AskKind.PLAN, "decide_plan", _("Decide on the plan"), release)


def decide_closure(setting: Setting) -> Panel | None:
    """Approve a report of done or send it back."""
    label, release = _("Decide on the report of done"), _("Approve: it is done")
    return _decide(setting, AskKind.CLOSURE, "decide_closure", label, release)


def _decide(setting: Setting, kind: AskKind, panel: str, label: str, release: str) -> Panel | None:
    """Return the panel of a head who has not submitted it."""
    ask = setting.shared.open_ask(kind)
    if ask is None or not _decides(setting, ask):
        return None
    make = Maker(setting, panel)
    return make.done(
        label,
        "clipboard-check",
        buttons=(Button(release, YES, icon="check"), Button(_("Send back"), NO, "risk", "undo-2")),
        fields=(make.text(_("Your opinion"), hint=_("For staff only."), rows=3),),
        note=_submitter(setting, ask),
        submitted=ask,
    )


def _decides(setting: Setting, ask: AskView) -> bool:
    return setting.may(_RELEASING[AskKind(ask.kind)]) and ask.asked_by != setting.viewer.user_id


def _submitter(setting: Setting, ask: AskView) -> str:
    """Say who submitted it, when, and until when it is promised."""
    asking = _ASKING[AskKind(ask.kind)]
    steps = (step for step in reversed(setting.view.steps) if step.action == asking)
    name = next((step.actor_name for step in steps), "")
    words = {"name": name, "unit": ask.unit, "at": moment(ask.asked_at, setting.now)}
    return _("Submitted by %(name)s (%(unit)s), %(at)s.") % words


def recall_ask(setting: Setting) -> Panel | None:
    """Take back what nobody has decided yet; whoever decides sends it back instead."""
    ask = waiting(setting.shared)
    if not setting.may(Action.RECALL_ASK) or ask is None or _decides(setting, ask):
        return None
    make = Maker(setting, "recall_ask")
    note = _("It waits for the head of your unit. Take it back to change it.")
    fields = (make.text(_("Why?"), required=False, rows=2),)
    return make.done(_("Take the request for approval back"), "undo-2", fields=fields, note=note)
