"""Sentences for what lists, routing rules and rules of law refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "duties.no_version": _(
            "There is no version %(version)s of this list. Choose one of those shown."
        ),
        "duties.no_file": _("Choose a file first: Excel or CSV."),
        "duties.file_size": _(
            "The file is larger than %(kilobytes)s kB. A list of duties is much smaller; check the file."
        ),
        "duties.changed": _("What was checked has changed or is too old. Upload the file again."),
        "duties.batch_used": _(
            "This batch cannot be taken back: cases cite the item %(code)s. Bring a corrected list in as a new version."
        ),
        "duties.batch_older": _("Take the later batch “%(name)s” back first."),
        "duties.batch_twice": _(
            "There is a batch with this name already: %(name)s. Choose another name."
        ),
        "duties.nothing": _("No row can be brought in. Correct the file and upload it again."),
        "duty.owner": _(
            "There is no unit with the code “%(value)s”. Write the code of a unit, “street” or “community”."
        ),
        "duty.category": _(
            "There is no category of cases with the code “%(value)s”. Correct it, or leave the cell empty."
        ),
        "duty.instead": _("Say what is used instead of an abolished certificate."),
        "duty.words": _(
            "Words are separated by blanks, each at most %(most)s characters. An abolished certificate needs at least one, or no request is recognised."
        ),
        "duty.day": _("All rows of one list have the same first day. Correct “%(value)s”."),
        "duty.early": _("The version in force began on %(day)s. Let the new one begin later."),
        "duty.code_taken": _(
            "The list “%(list)s” has this code already. Give each item a code of its own."
        ),
        "rules.no_version": _("There is no version %(version)s of the rules."),
        "rules.no_draft": _("There is no draft. Begin one first."),
        "rules.no_rule": _("There is no rule %(row)s in the draft. Reload the page."),
        "rules.too_many": _("At most %(most)s rules fit. Put some of them together."),
        "rules.target": _("Rule %(row)s: choose where it sends a case."),
        "rules.unit": _(
            "Rule %(row)s: choose a unit if it sends to a named unit, and none otherwise."
        ),
        "rules.unit_gone": _("Rule %(row)s names a unit that is closed. Choose another one."),
        "rules.why": _(
            "Rule %(row)s: say why, in at most %(most)s characters. Dispatchers read it."
        ),
        "rules.words": _("Rule %(row)s: at most %(most)s words, each at most 24 characters."),
        "rules.hours": _(
            "Rule %(row)s: choose hours and whether the rule holds within or outside them, or neither."
        ),
        "rules.calendar": _(
            "Rule %(row)s: there is no such duty calendar. Choose one of: %(known)s."
        ),
        "rules.item": _("Rule %(row)s: there is no item with this code in force. Correct it."),
        "rules.category": _("Rule %(row)s: there is no such category. Choose one from the list."),
        "rules.area": _("Rule %(row)s: there is no such place. Choose one from the list."),
        "rules.empty": _("A version without rules cannot be published. Add a rule first."),
        "rules.not_tried": _("Try the draft on past cases first; after each change once more."),
        "law.unknown": _("This rule does not exist. Reload the page."),
        "law.replaced": _("This rule was replaced already. Change the version in force."),
        "law.text": _("Write the rule in your own words, at most %(most)s characters."),
        "law.amount": _("Give a whole number from 0 to 10000 for “%(name)s”."),
        "law.early": _("The version before began on %(day)s. Let the new one begin later."),
        "law.day": _("Write the day like 2026-03-02."),
    }
)
