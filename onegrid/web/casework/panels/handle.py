"""Panels of signing, planning and finishing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from onegrid.cases.queries import Approval, Release, ending_approval
from onegrid.cases.terms import AskKind, CaseClass, FilePhase, Result
from onegrid.core.flow import Action
from onegrid.web.casework.panels.assess import answers, photos
from onegrid.web.casework.panels.base import Field, Maker, Panel, Setting

MILESTONES = 6
_APPROVALS = {
    Approval.NEEDED: gettext_lazy(
        "“Cannot be solved, explained” needs an approval first (Art. 21)."
    ),
    Approval.WAIVED: gettext_lazy(
        "By the rules of this county “Cannot be solved, explained” needs no approval."
    ),
}
#: What the reader should know who publishes or reports without anybody else.
RELEASED = {
    Release.ITSELF: gettext_lazy(
        "The rules of this county ask for approval here. You may approve your own work; the "
        "record says that you did."
    ),
}


def accept(setting: Setting) -> Panel | None:
    """Sign for the case."""
    if not setting.may(Action.ACCEPT):
        return None
    note = _("You confirm that your unit has received the case and begins.")
    return Maker(setting, "accept").done(
        pgettext("action", "Sign for it"), "clipboard-check", note=note
    )


def start(setting: Setting) -> Panel | None:
    """Record the first contact."""
    if not setting.may(Action.START):
        return None
    make = Maker(setting, "start")
    return make.done(
        _("Record first contact"),
        "phone-call",
        fields=(make.text(_("What was agreed?"), rows=3),),
        texts=setting.texts_for(Action.START),
        fills="text",
    )


def publish_plan(setting: Setting) -> Panel | None:
    """Publish the plan of a complex case, where nobody else has to approve it."""
    if not setting.may(Action.PUBLISH_PLAN) or not unplanned(setting):
        return None
    release = setting.release(AskKind.PLAN)
    if release is Release.HEAD:
        return None
    make = Maker(setting, "publish_plan")
    note = RELEASED.get(release, "")
    return make.done(_("Publish the plan"), "calendar-days", fields=plan_fields(make), note=note)


def unplanned(setting: Setting) -> bool:
    """Tell whether the case needs a plan and has none in this round."""
    return setting.view.case.case_class == CaseClass.COMPLEX and not _planned(setting)


def _planned(setting: Setting) -> bool:
    plan = setting.view.plan
    return plan is not None and plan.round == setting.view.case.round


def plan_fields(make: Maker) -> tuple[Field, ...]:
    """Return the fields of a plan."""
    owner = make.setting.viewer.name
    return (
        make.text(_("Measures"), name="measures", hint=_("The resident reads it."), rows=5),
        make.field("text", "owner_name", _("Who answers for it"), value=owner, maxlength=64),
        make.field(
            "milestones",
            "milestones",
            _("Milestones"),
            choices=[_milestone(make, n) for n in range(1, MILESTONES + 1)],
            hint=_("One to six, in the order of their dates."),
        ),
    )


def _milestone(make: Maker, n: int) -> tuple[int, str, str, str, str]:
    title, day = f"{make.panel}-title_{n}", f"{make.panel}-date_{n}"
    typed_in = make.setting.typed_in
    return n, title, typed_in(title), day, typed_in(day)


def report_milestone(setting: Setting) -> Panel | None:
    """Report a milestone as reached."""
    plan = setting.view.plan
    open_ones = [row for row in plan.milestones if row.done_at is None] if plan else []
    if not setting.may(Action.REPORT_MILESTONE) or not open_ones:
        return None
    make = Maker(setting, "report_milestone")
    choices = [(row.n, f"{row.n}. {row.title}（{row.due_on}）") for row in open_ones]
    return make.done(
        _("Report a milestone"),
        "flag",
        fields=(
            make.field("select", "milestone", _("Milestone"), choices=choices),
            make.text(_("What was done?"), rows=3),
        ),
    )


def finish(setting: Setting) -> Panel | None:
    """Report the case done, where nobody else has to approve it."""
    if not setting.may(Action.FINISH) or unplanned(setting):
        return None
    release = setting.release(AskKind.CLOSURE)
    if release is Release.HEAD:
        return None
    make = Maker(setting, "finish")
    return closure(make, _("Report it done"), "check", note=RELEASED.get(release, ""))


def closure(make: Maker, label: Any, icon: str, *, note: Any) -> Panel:
    """Return the panel of a report of done: result, answers and photos."""
    setting = make.setting
    major = setting.view.case.case_class == CaseClass.MAJOR
    hint = _("A major case needs at least one photo taken after handling.") if major else ""
    approval = ending_approval(setting.view, setting.shared, now=setting.now)
    result = make.field(
        "select",
        "result",
        _("How did it end?"),
        value=Result.SOLVED,
        choices=Result.choices,
        hint=_APPROVALS.get(approval, ""),
    )
    return make.done(
        label,
        icon,
        fields=(result, *answers(make), photos(make, _("Photos after handling"), hint=hint)),
        texts=setting.texts_for(Action.FINISH),
        fills="answer_1",
        note=note,
    )


def attach(setting: Setting) -> Panel | None:
    """Add photos."""
    if not setting.may(Action.ATTACH):
        return None
    make = Maker(setting, "attach")
    phases = [(value, label) for value, label in FilePhase.choices if value != FilePhase.REPORT]
    return make.done(
        _("Add photos"),
        "image-plus",
        fields=(
            make.field("choice", "phase", _("When taken?"), value=FilePhase.BEFORE, choices=phases),
            photos(make, _("Photos"), required=True),
        ),
    )
