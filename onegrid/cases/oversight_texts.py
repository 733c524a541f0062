"""Sentences for what is refused under supervision, on reopening and about subjects."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "supervision.kind": _("Choose daily supervision, listed supervision or a talk."),
        "supervision.trigger": _("Choose one of the five reasons of Art. 26."),
        "supervision.days": _("Give 1 to %(most)s working days for the reply."),
        "supervision.open_already": _(
            "A supervision of this kind and reason is open already. Settle it first."
        ),
        "supervision.none_open": _("No supervision waits for a reply here. Reload the page."),
        "supervision.none_replied": _("No reply waits to be looked at here. Reload the page."),
        "supervision.which": _("Several supervisions wait. Choose which one you mean."),
        "supervision.not_own_reply": _(
            "The unit or its head replies. A supervisor does not answer in their place."
        ),
        "supervision.another_person": _(
            "You wrote this reply. Another supervisor must decide whether it is enough."
        ),
        "supervision.keeps_open": _(
            "This case is under supervision and cannot close. First the unit replies and the "
            "supervisor accepts the reply."
        ),
        "reopen.needs_street": _(
            "This case is to be reopened for the second time or more. The street office or the "
            "supervisor decides."
        ),
        "reopen.needs_study": _(
            "This is reopening number %(level)s. The government office studies the case first "
            "(Weifang hotline regulation, Art. 23): record its meeting, then decide."
        ),
        "kind.same": _("The request is of this kind already. Choose another one."),
        "subjects.unknown": _("Choose the people and units from the lists."),
        "subjects.kind": _(
            "Only a complaint or a report of wrongdoing names whom it is about. Change the kind "
            "first."
        ),
        "subjects.yourself": _(
            "You have named yourself. Ask a colleague who is not concerned to take this case."
        ),
        "subjects.unit_accused": _(
            "This case is about %(unit)s, so that unit cannot be given it. Choose another one."
        ),
        "alarm.unknown": _("This alarm does not exist."),
        "alarm.finding": _("Say what you found: confirmed or explained."),
        "alarm.words": _("Say in words what you found."),
        "alarm.settled": _("Somebody has settled this alarm already."),
        "reminder.unknown": _("This reminder does not exist."),
        "rung.percent": _("A rung lies between 1 and 1000 per cent."),
        "rung.receiver": _("Choose who is told from the list."),
        "rung.clocks": _("Choose at least one clock from the list."),
        "rung.same": _("The rung does just this already. Change something, or leave the page."),
        "rung.unknown": _("There is no rung at %(percent)s per cent any more. Reload the page."),
        "rung.last": _("This is the last rung. Somebody must be told: add another one first."),
        "rule_change.reason": _("Say in 1 to %(most)s characters why you change this."),
        "watchrule.code": _("The code of a rule has 1 to 24 characters."),
        "watchrule.fact": _("Choose what the rule looks at from the list."),
        "watchrule.at_least": _("The number of a rule is a whole number from 1 to %(most)s."),
        "watchrule.basis": _("The legal basis has at most %(most)s characters."),
        "watchrule.same": _(
            "The rule does just this already. Change something, or leave the page."
        ),
        "watchrule.unknown": _("There is no rule “%(code)s” in force. Reload the page."),
        "watchrule.past": _("The past does not change. Choose %(day)s or a later day."),
        "watchrule.early": _(
            "The present version holds until then. Choose %(day)s or a later day."
        ),
        "watchrule.day": _("Give the day as year-month-day, for example 2026-12-01."),
    }
)
