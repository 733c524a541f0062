"""Panels of asking somebody by link, and of publishing a case."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onegrid.core.flow import Action
from onegrid.outreach.queries import proposal
from onegrid.outreach.terms import (
    MAX_DISCLOSED,
    MAX_EMAIL,
    MAX_NAME,
    MAX_PUBLIC_TEXT,
    MAX_QUESTION,
    SORT_LABELS,
    VALID_DAYS,
    Way,
    Whom,
)
from onegrid.web.casework.panels.base import Field, Maker, Panel, Setting


def ask_party(setting: Setting) -> Panel | None:
    """Ask the reporter or an outside party by a link."""
    if not setting.may(Action.ASK_PARTY):
        return None
    make = Maker(setting, "ask_party")
    days = [
        (str(n), ngettext("%(count)s day", "%(count)s days", n) % {"count": n}) for n in VALID_DAYS
    ]
    told = _("The page shows these words and the question, nothing else of the case.")
    return make.done(
        _("Ask somebody by link"),
        "message-circle-question-mark",
        fields=(
            *_who(make),
            make.text(_("Question"), name="question", rows=3, maxlength=MAX_QUESTION),
            make.text(
                _("What you tell of the matter"),
                name="disclosed",
                rows=3,
                required=False,
                maxlength=MAX_DISCLOSED,
                hint=told,
            ),
            make.field("select", "days", _("The link is good for"), value="7", choices=days),
        ),
    )


def _who(make: Maker) -> tuple[Field, ...]:
    """Return the fields that say who is asked and how."""
    way = _("How does the link get there?")
    return (
        make.field("choice", "whom", _("Who is asked?"), value="reporter", choices=Whom.choices),
        make.field(
            "text",
            "to_whom",
            _("Name of the person or body"),
            required=False,
            maxlength=MAX_NAME,
            hint=_("Only if somebody else is asked."),
        ),
        make.field("choice", "way", way, value="sms", choices=Way.choices),
        make.field(
            "text",
            "recipient",
            _("Phone number or e-mail address"),
            required=False,
            maxlength=MAX_EMAIL,
            hint=_("Only for somebody else; the reporter's number is known."),
        ),
    )


def publish(setting: Setting) -> Panel | None:
    """Publish an answered case in moderated words, or a new edition of it."""
    made = proposal(setting.viewer, view=setting.view) if setting.may(Action.PUBLISH) else None
    if made is None or not made.offered:
        return None
    make = Maker(setting, "publish")
    sorts = "、".join(dict.fromkeys(str(SORT_LABELS[one.sort]) for one in made.found))
    note = _("Everybody can read this. The original stays with the case.")
    if sorts and not made.shown:
        note += " " + _("Blacked out as a proposal: %(sorts)s. Read it yourself, too.") % {
            "sorts": sorts
        }
    return make.done(
        _("Publish a new edition") if made.shown else _("Publish for everybody"),
        "eye",
        fields=(
            make.field("text", "title", _("Title"), value=made.title, maxlength=120),
            make.text(_("Matter"), name="text", value=made.text, rows=6, maxlength=MAX_PUBLIC_TEXT),
            make.text(
                _("Official answer"),
                name="answer",
                value=made.answer,
                rows=6,
                maxlength=MAX_PUBLIC_TEXT,
            ),
            make.field(
                "check", "checked", _("I have checked it: nobody can be recognised"), required=False
            ),
        ),
        note=note,
    )


def take_down(setting: Setting) -> Panel | None:
    """Take the public page down."""
    made = proposal(setting.viewer, view=setting.view) if setting.may(Action.PUBLISH) else None
    if made is None or not made.shown:
        return None
    make = Maker(setting, "take_down")
    reason = make.text(_("Why"), name="reason", rows=2)
    return make.done(_("Take the public page down"), "eye-off", fields=(reason,))
