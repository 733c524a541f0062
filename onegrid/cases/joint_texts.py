"""Sentences for what is refused when units share a case, rest it or hand it over."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "ask.open_already": _("This was asked for already and waits for a decision."),
        "ask.none_open": _("Nothing waits for a decision here any more. Reload the page."),
        "ask.another_person": _(
            "The unit that asks does not decide itself. A dispatcher or the street decides."
        ),
        "return.item": _(
            "Name the item of the list of duties that speaks against it, in at most %(most)s "
            "characters."
        ),
        "return.own_unit": _("Name another unit than your own: whose duty is it?"),
        "return.designated": _(
            "Your unit was named by a ruling. A case given by a ruling cannot be returned."
        ),
        "return.once": _(
            "Your unit has asked to return this case before: at most %(most)s times in a round."
        ),
        "return.too_late": _(
            "A return could be asked for until %(until)s. Handle the case, or ask for a helping "
            "unit."
        ),
        "return.upheld_before": _(
            "This unit has returned the case, and rightly so. Choose another one."
        ),
        "case.missing.item": _("Name the item of the list of duties."),
        "joint.leads": _("%(unit)s leads this case; a helping unit must be another one."),
        "joint.helps_already": _("%(unit)s helps already."),
        "joint.helps_not": _("This unit does not help with this case."),
        "joint.task": _("Say what %(unit)s shall do."),
        "joint.task_of": _("Say what the helping unit shall do."),
        "joint.reported": _("Your unit has reported already, or does not help any more."),
        "joint.which_unit": _("You stand for several helping units. Say for which one you report."),
        "joint.unreported": _(
            "These helping units have not reported yet: %(units)s. Remind them, or release them."
        ),
        "meeting.kind": _("Choose what sort of meeting it was."),
        "meeting.units": _("Choose at least one unit that was present."),
        "meeting.minutes": _("Write down what was said."),
        "meeting.ruling": _("Write down what was ruled; the resident reads it."),
        "meeting.held_at": _("The meeting must lie between the report of the case and now."),
        "hold.reason": _("Choose one of the reasons for a hold."),
        "hold.until": _("Give an end of the hold in the future, within %(days)s days."),
        "hold.until_unread": _("Give the end of the hold as a date with a time of day."),
        "hold.end_passed": _(
            "The end that was asked for is over. Refuse, and let the unit ask anew."
        ),
        "hold.cap": _(
            "With this hold the case would rest longer than %(percent)s %% of its promised time. "
            "Only a street leader may allow that."
        ),
        "hold.goes_on": _("The hold has not come to its end yet."),
        "extension.once": _("More time can be asked for once in a round; that has been done."),
        "extension.minutes": _("Ask for 1 to %(most)s minutes of duty time."),
        "extension.nothing_runs": _("No promised time runs at present that could be extended."),
        "extension.overdue": _(
            "The promised time is over. More time is granted only before it falls due."
        ),
        "ending.needs_approval": _(
            "A case that was dispatched ends without a solution only after approval (Weifang "
            "hotline regulation, Art. 21). Ask for it first."
        ),
        "external.body": _("Name the body in at most %(most)s characters."),
        "external.reference": _("The reference has at most %(most)s characters."),
    }
)
