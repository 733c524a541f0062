"""Panels of signing, planning and finishing."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from onegrid.cases.queries import Approval, ending_approval
from onegrid.cases.terms import CaseClass, FilePhase, Result
from onegrid.core.flow import Action
from onegrid.web.casework.panels.assess import answers, photos
from onegrid.web.casework.panels.base import Maker, Panel, Setting

MILESTONES = 6
_APPROVALS = {
    Approval.NEEDED: gettext_lazy(
        "“Cannot be solved, explained” needs an approval first (Art. 21)."
    ),
    Approval.WAIVED: gettext_lazy(
        "By the rules of this county “Cannot be solved, explained” needs no approval."
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
    """Publish the plan of a complex case."""
    view = setting.view
    planned = view.plan is not None and view.plan.round == view.case.round
    if not setting.may(Action.PUBLISH_PLAN) or view.case.case_class != CaseClass.COMPLEX or planned:
        return None
    make = Maker(setting, "publish_plan")
    return make.done(
        _("Publish the plan"),
        "calendar-days",
        fields=(
            make.text(_("Measures"), name="measures", hint=_("The resident reads it."), rows=5),
            make.field(
                "text",
                "owner_name",
                _("Who answers for it"),
                value=setting.viewer.name,
                maxlength=64,
            ),
            make.field(
                "milestones",
                "milestones",
                _("Milestones"),
                choices=[_milestone(setting, n) for n in range(1, MILESTONES + 1)],
                hint=_("One to six, in the order of their dates."),
            ),
        ),
    )


def _milestone(setting: Setting, n: int) -> tuple[int, str, str, str, str]:
    title, day = f"publish_plan-title_{n}", f"publish_plan-date_{n}"
    return n, title, setting.typed_in(title), day, setting.typed_in(day)


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
    """Report the case done."""
    view = setting.view
    planned = view.plan is not None and view.plan.round == view.case.round
    complex_case = view.case.case_class == CaseClass.COMPLEX
    if not setting.may(Action.FINISH) or (complex_case and not planned):
        return None
    make = Maker(setting, "finish")
    major = view.case.case_class == CaseClass.MAJOR
    hint = _("A major case needs at least one photo taken after handling.") if major else ""
    approval = ending_approval(view, setting.shared, now=setting.now)
    result = make.field(
        "select",
        "result",
        _("How did it end?"),
        value=Result.SOLVED,
        choices=Result.choices,
        hint=_APPROVALS.get(approval, ""),
    )
    return make.done(
        _("Report it done"),
        "check",
        fields=(result, *answers(make), photos(make, _("Photos after handling"), hint=hint)),
        texts=setting.texts_for(Action.FINISH),
        fills="answer_1",
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
