"""Sentences for refusals of rosters and calls."""

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "roster.not_found": _("There is no such roster, or it belongs to another unit."),
        "roster.only_head": _("Only the head of the unit changes the roster. Ask your head."),
        "roster.changed": _("The teams or people changed meanwhile. Upload the table again."),
        "roster.batch_used": _(
            "This batch cannot be taken back: a duty of it has begun or was swapped. Take single duties off instead."
        ),
        "roster.file": _("Choose an Excel or CSV file with the roster."),
        "roster.problems": _(
            "Nothing was brought in. Mend the rows below and upload the table again."
        ),
        "roster.expired": _("The check of this table is too old. Upload the table again."),
        "team.name": _("Name the team, in at most %(most)s characters."),
        "team.kind": _("Choose whether the team is resident or on call."),
        "team.areas": _("Choose at least one street or community for a resident team."),
        "shift.person": _(
            "Choose a person of the unit. People are added under roles by the security administrator."
        ),
        "shift.person_unknown": _(
            "“%(value)s” is no account of this unit. Write the user name or the full name of a member."
        ),
        "shift.team": _("There is no team “%(value)s” in this unit. Write one of: %(known)s."),
        "shift.backwards": _("The duty ends before it begins. Check both times."),
        "shift.too_long": _("A duty lasts at most %(days)s days. Divide it."),
        "shift.past": _("This duty is over already. Leave it out or check the date."),
        "shift.phone": _("This is not a phone number. Write it like 13800000000 or 0536-6220000."),
        "shift.time": _("Write day and time of the beginning and of the end."),
        "shift.twice": _("Row %(row)s has the same person and beginning. Delete one of the rows."),
        "shift.overlap": _(
            "%(name)s is on duty elsewhere at that time. Choose another time or person."
        ),
        "shift.overlap_row": _(
            "The person is on duty in row %(row)s at the same time. Change one of the rows."
        ),
        "shift.overlap_roster": _(
            "The person is on duty already from %(at)s. Change the row or take that duty off first."
        ),
        "shift.too_many": _("At most %(most)s rows at once. Divide the table."),
        "shift.begun": _("This duty has begun or was changed. It cannot be changed any more."),
        "swap.not_found": _("There is no such swap, or it is between other people."),
        "swap.colleague": _("Choose a colleague of your unit."),
        "swap.other": _("That duty is not your colleague's or has begun. Choose another one."),
        "swap.asked_already": _(
            "You have asked somebody to take this duty. Wait for the answer or take it back."
        ),
        "swap.over": _("This request was answered or taken back already."),
        "swap.changed": _("One of the duties was changed or has begun. Ask for a new swap."),
        "call.not_found": _("There is no such call, or it is not within your area or unit."),
        "call.not_now": _(
            "This is not possible now: the call stands at “%(stage)s”. Somebody may have been faster; look at the page again."
        ),
        "call.not_yours": _("This is for the other side of the call to do."),
        "call.not_your_place": _("You call departments within your own community or street only."),
        "call.words": _("Say it in a few words."),
        "call.too_long": _("At most %(most)s characters. Shorten the text."),
        "call.urgency": _("Choose how urgent it is."),
        "call.what": _("Say what is needed."),
        "call.area": _("Choose the community or street."),
        "call.address": _("Say where the team shall come: address or landmark."),
        "call.case_without_place": _(
            "This case has no community or street yet. Call by itself and name the place."
        ),
        "call.units": _("Choose one to %(most)s departments."),
        "call.no_team": _("One of these departments has no team for this place. Choose others."),
        "call.code": _(
            "This is not the code of this minute. Ask for the code now; %(left)s tries are left."
        ),
        "call.code_tries": _(
            "Too many wrong codes. Wait %(minutes)s minutes, or let the community confirm your arrival."
        ),
        "call.points": _("Rate every point from 1 to 5."),
        "call.rated_already": _("Your side has rated already."),
    }
)
