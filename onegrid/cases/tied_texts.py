"""Sentences for what merging, dividing, joining and emergency calls refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "case.missing.case": _("Name the case that this one belongs to."),
        "case.merge_unknown": _(
            "There is no such other case within your area. Check its receipt number."
        ),
        "case.merge_private": _(
            "A confidential case or a report of wrongdoing is never put together with another one."
        ),
        "case.merge_personal": _(
            "These are personal matters of different people, which are never one case."
        ),
        "case.merge_not_leading": _(
            "Case %(number)s is over, answered or merged itself. "
            "Choose one that is still worked on."
        ),
        "case.merge_later": _(
            "Case %(number)s came later. Merge the later case into the earlier one: open that page."
        ),
        "case.merge_tied": _(
            "Case %(number)s leads others or belongs to one already. "
            "Undo that first; there are no chains."
        ),
        "case.child_open": _(
            "Matter %(n)s is handled as case %(number)s, which is not answered yet. "
            "This case can end after it."
        ),
        "case.split_unknown": _("This request has no matter %(n)s. Choose from its list."),
        "case.split_taken": _(
            "Matter %(n)s is answered or has a case of its own already. Choose another one."
        ),
        "case.split_nothing": _(
            "Choose the matters for the new case, or write down the one you found in the text."
        ),
        "case.split_all": _(
            "At least one matter must stay here. Leave one out, or dispatch the whole case."
        ),
        "case.join_who": _(
            "Leave a phone number, or sign in: otherwise nobody could tell you the result."
        ),
        "case.join_own": _("This is your own case. Add your message to it instead."),
        "case.join_over": _("This case is answered already. Please send your own report."),
        "case.join_full": _(
            "Very many people have joined this case already. Please send your own report."
        ),
        "case.join_gone": _(
            "This case cannot be joined any more. Look at the list again, or send your own report."
        ),
        "emergency.line": _("Choose whom you called: 110, 119, 120 or 122."),
        "emergency.called_by": _("Say who called, in 1 to %(most)s characters."),
        "emergency.called_at": _("Say when the call was made; it cannot lie in the future."),
    }
)
