"""Panels of emergency calls, merging, dividing and repeated contacts."""

from __future__ import annotations

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from onegrid.cases import reference
from onegrid.cases.terms import CaseClass, EmergencyNumber
from onegrid.core.flow import Action
from onegrid.organisation.queries import units
from onegrid.web.casework.panels.base import Button, Field, Maker, Panel, Setting


def danger(setting: Setting) -> Panel | None:
    """Write down the emergency call first, as long as none was made for words of danger."""
    return _emergency(setting) if _urgent(setting) else None


def emergency(setting: Setting) -> Panel | None:
    """Write down an emergency call."""
    return None if _urgent(setting) else _emergency(setting)


def _urgent(setting: Setting) -> bool:
    called = any(step.action == Action.EMERGENCY for step in setting.view.steps)
    return setting.view.case.safety and not called


def _emergency(setting: Setting) -> Panel | None:
    if not setting.may(Action.EMERGENCY):
        return None
    make = Maker(setting, "emergency")
    now = localtime(setting.now).strftime("%Y-%m-%dT%H:%M")
    return make.done(
        _("Emergency: 110, 119, 120, 122"),
        "siren",
        fields=(
            make.field("choice", "line", _("Who was called?"), choices=EmergencyNumber.choices),
            make.field(
                "text", "called_by", _("Called by"), value=setting.viewer.name, maxlength=40
            ),
            make.field("datetime-local", "called_at", _("When?"), value=now),
            make.text(_("What was said?"), rows=2),
        ),
        buttons=(Button(_("Write down the call"), kind="risk", icon="siren"),),
        note=_("Call first, write afterwards. The case goes on; its clocks run day and night."),
    )


def merge(setting: Setting) -> Panel | None:
    """Put the case to an earlier one of the same matter."""
    if not setting.may(Action.MERGE):
        return None
    make = Maker(setting, "merge")
    return make.done(
        _("Merge into an earlier case"),
        "workflow",
        fields=(
            make.field("text", "into", _("Receipt number of the earlier case"), maxlength=32),
            make.text(_("Why is it the same?"), required=False, rows=2),
        ),
        note=_(
            "It is answered with the earlier case and called back by itself. Its clocks go on; "
            "confidential cases and reports of wrongdoing stay alone."
        ),
    )


def unmerge(setting: Setting) -> Panel | None:
    """Undo a merger."""
    if not setting.may(Action.UNMERGE):
        return None
    make = Maker(setting, "unmerge")
    return make.done(
        _("Undo the merger"),
        "undo-2",
        fields=(make.text(_("Why is it another matter?"), rows=2),),
        note=_("The case goes on where it stood; its clocks read as if it had never been merged."),
    )


def split(setting: Setting) -> Panel | None:
    """Make a case of some matters."""
    if not setting.may(Action.SPLIT):
        return None
    make = Maker(setting, "split")
    return make.done(
        _("Divide: make a case of a matter"),
        "route",
        fields=(
            *_parts(make),
            make.text(
                _("A further matter, in a sentence"),
                required=False,
                rows=2,
                hint=_("For a matter that the request does not name apart."),
            ),
            _class(make),
            _category(make),
            make.field(
                "select",
                "unit",
                _("Unit"),
                choices=[(unit.id, unit.name) for unit in units().values()],
                empty=_("dispatch later"),
                required=False,
            ),
        ),
        buttons=(Button(_("Divide"), icon="route"),),
        note=_(
            "The new case has the reporter and the time of this one. This case ends after it and "
            "carries its answer."
        ),
    )


def _parts(make: Maker) -> list[Field]:
    """Return a box for each matter that may be split off; a single one stays."""
    open_ones = [
        part for part in make.setting.view.parts if part.answered_at is None and not part.child
    ]
    if len(make.setting.view.parts) < 2:
        return []
    return [
        make.field("check", f"part_{part.n}", f"{part.n}. {part.text[:80]}", required=False)
        for part in open_ones
    ]


def _class(make: Maker) -> Field:
    value = make.setting.view.case.case_class
    return make.field("choice", "case_class", _("Class"), value=value, choices=CaseClass.choices)


def _category(make: Maker) -> Field:
    language = make.setting.viewer.language
    rows = reference.categories.get()
    choices = [
        (row.code, f"{rows[row.parent_id].label(language)} / {row.label(language)}")
        for row in rows.values()
        if row.parent_id in rows
    ]
    return make.field(
        "select", "category", _("Category"), choices=choices, empty=_("Choose a category")
    )


def repeat(setting: Setting) -> Panel | None:
    """Keep a repeated message as a contact."""
    if not setting.may(Action.REPEAT):
        return None
    make = Maker(setting, "repeat")
    return make.done(
        _("Same again, nothing new"),
        "phone-call",
        fields=(make.text(_("What did the reporter say?"), rows=2),),
        buttons=(Button(_("Keep it with this case"), icon="phone-call"),),
        note=_("It counts as a repeated contact. The reporter is told how the case stands."),
    )
