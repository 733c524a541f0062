"""Panels of assessing, classifying and dispatching."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from onegrid.cases import reference
from onegrid.cases.terms import CaseClass, RefusalReason
from onegrid.core.flow import Action
from onegrid.core.triage import KeywordRule, Suggestion, suggest
from onegrid.organisation.queries import units
from onegrid.web.casework.panels.base import Button, Field, Maker, Panel, Setting
from onegrid.web.casework.panels.duties import (
    item_field,
    proposals,
    pushed_field,
    routing_note,
)
from onegrid.web.casework.panels.helpers import helper_fields, returned

#: Value of the choice "another unit".
OTHER = "other"


def start_triage(setting: Setting) -> Panel | None:
    """Take into assessment."""
    if not setting.may(Action.START_TRIAGE):
        return None
    return Maker(setting, "start_triage").done(_("Take into assessment"), "search")


def on_spot(setting: Setting) -> Panel | None:
    """Solve it on the spot, as the grid worker of the place."""
    if not setting.on_spot:
        return None
    make = Maker(setting, "on_spot")
    return make.done(
        _("Solved on the spot"),
        "circle-check",
        fields=(
            _category(make),
            item_field(make),
            *answers(make),
            photos(make, _("Photos after handling")),
        ),
        texts=setting.texts_for(Action.FINISH),
        fills="answer_1",
        note=_("For general matters only. Every step is written down at once."),
    )


def classify(setting: Setting) -> Panel | None:
    """Set class and category."""
    if not setting.may(Action.CLASSIFY):
        return None
    make = Maker(setting, "classify")
    fields = (_class(make), _category(make), item_field(make))
    return make.done(_("Classify"), "tag", fields=fields)


def reclassify(setting: Setting) -> Panel | None:
    """Change the class, with a reason."""
    if not setting.may(Action.RECLASSIFY):
        return None
    make = Maker(setting, "reclassify")
    reason = make.text(_("Why is it changed?"), rows=3)
    fields = (_class(make), _category(make), item_field(make), reason)
    return make.done(_("Change class or category"), "tag", fields=fields)


def dispatch(setting: Setting) -> Panel | None:
    """Give the case to a unit; one is proposed, with the reason."""
    if not setting.may(Action.DISPATCH):
        return None
    make = Maker(setting, "dispatch")
    back = returned(setting)
    known = {row[0].id for row in back}
    proposed = [
        *back,
        *(row for row in proposals(setting) if row[0].id not in known),
    ]
    fields: list[Field] = []
    if proposed:
        tiles = [(str(unit.id), unit.name, icon, why) for unit, icon, why in proposed]
        tiles.append((OTHER, _("Another unit"), "landmark", _("choose it below")))
        first = str(proposed[0][0].id)
        fields.append(make.field("choice", "unit", _("To whom?"), value=first, choices=tiles))
    fields.append(
        make.field(
            "select",
            "other",
            _("Another unit") if proposed else _("Unit"),
            choices=[(unit.id, unit.name) for unit in units().values()],
            empty=_("Choose a unit"),
            required=not proposed,
        )
    )
    pushed = pushed_field(make)
    fields += [pushed] if pushed is not None else []
    fields.append(make.text(_("Message to the unit"), required=False, rows=2))
    fields += helper_fields(make)
    return make.done(_("Dispatch"), "send", fields=tuple(fields), note=routing_note(setting))


def ask_info(setting: Setting) -> Panel | None:
    """Ask the reporter for what is missing."""
    if not setting.may(Action.ASK_INFO):
        return None
    make = Maker(setting, "ask_info")
    return make.done(
        _("Ask for information"),
        "message-circle-question-mark",
        fields=(make.text(_("What do you need to know?")),),
        texts=setting.texts_for(Action.ASK_INFO),
        fills="text",
        note=_("The clocks pause until the answer; at most twice."),
    )


def supply_info(setting: Setting) -> Panel | None:
    """Write down what the reporter answered."""
    if not setting.may(Action.SUPPLY_INFO):
        return None
    make = Maker(setting, "supply_info")
    text = make.text(_("What did the reporter answer?"))
    return make.done(_("Write down the answer"), "reply", fields=(text,))


def answer_now(setting: Setting) -> Panel | None:
    """Answer at once."""
    if not setting.may(Action.ANSWER_NOW):
        return None
    make = Maker(setting, "answer_now")
    return make.done(
        _("Answer at once"),
        "message-square-text",
        fields=answers(make),
        texts=setting.texts_for(Action.ANSWER_NOW),
        fills="answer_1",
        note=_("For questions that need nobody's work (Weifang regulation Art. 18)."),
    )


def refuse(setting: Setting) -> Panel | None:
    """Do not accept, for one of five reasons."""
    if not setting.may(Action.REFUSE):
        return None
    make = Maker(setting, "refuse")
    reasons = make.field(
        "select",
        "reason",
        _("Reason (Weifang regulation Art. 19)"),
        choices=RefusalReason.choices,
        empty=_("Choose a reason"),
    )
    text = make.text(_("What to do instead"), hint=_("The resident reads this."))
    return make.done(
        _("Do not accept"),
        "ban",
        buttons=(Button(_("Do not accept"), kind="risk", icon="ban"),),
        fields=(reasons, text),
        texts=setting.texts_for(Action.REFUSE),
        fills="text",
    )


def answers(make: Maker) -> tuple[Field, ...]:
    """Return one answer field for each matter of the request."""
    parts = [part for part in make.setting.view.parts if not part.child]
    alone = len(make.setting.view.parts) == 1
    return tuple(
        make.text(
            _("Answer to the resident") if alone else _("Answer to matter %(n)s") % {"n": part.n},
            name=f"answer_{part.n}",
            hint="" if alone else part.text[:120],
            value=part.answer,
        )
        for part in parts
    )


def photos(make: Maker, label: Any, *, required: bool = False, hint: Any = "") -> Field:
    """Return a field for photos."""
    return make.field("photos", "photos", label, required=required, hint=hint)


_CLASS_HINTS = {
    CaseClass.GENERAL: gettext_lazy("solved within 1 hour"),
    CaseClass.MAJOR: gettext_lazy("solved within 1 day"),
    CaseClass.COMPLEX: gettext_lazy("a plan within 1 week"),
}


def _class(make: Maker) -> Field:
    hints = _CLASS_HINTS
    tiles = [(value, label, "", hints[CaseClass(value)]) for value, label in CaseClass.choices]
    value = make.setting.view.case.case_class
    return make.field("choice", "case_class", _("Class"), value=value, choices=tiles)


def _category(make: Maker) -> Field:
    view, language = make.setting.view, make.setting.viewer.language
    found = suggestions(f"{view.case.title}\n{view.case.text}")
    rows = {row.code: row for row in reference.categories.get().values()}
    names = {row.id: row.label(language) for row in rows.values()}
    choices = [
        (row.code, f"{names[row.parent_id]} / {row.label(language)}")
        for row in rows.values()
        if row.parent_id in names
    ]
    hint = ""
    if found:
        best = found[0]
        hint = _("Suggested: %(category)s, because of “%(words)s”") % {
            "category": rows[best.category].label(language),
            "words": pgettext("between words of a list", "”, “").join(best.words),
        }
    value = view.category_code or (found[0].category if found else "")
    return make.field(
        "select", "category", _("Category"), value=value, choices=choices, hint=hint,
        empty=_("Choose a category"),
    )  # fmt: skip


def suggestions(text: str) -> tuple[Suggestion, ...]:
    """Return the categories whose words occur in a text, best first."""
    rows = reference.categories.get().values()
    rules = [KeywordRule(row.code, row.words) for row in rows if row.words]
    return suggest(text, rules)
