"""Kinds of team, urgency, limits and the points both sides rate by."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onegrid.accounts.terms import Role
from onegrid.calls.flow import Deed, Side, Stage


class TeamKind(TextChoices):
    """The 12 and the N of “1 + 12 + N”."""

    RESIDENT = "resident", _("resident team")
    ON_CALL = "on_call", _("on call")


class Urgency(TextChoices):
    """How soon a team signs in."""

    URGENT = "urgent", _("urgent: sign in within 30 minutes")
    NORMAL = "normal", _("normal: sign in within 24 hours")


class SwapState(TextChoices):
    """Where the request to swap a duty stands."""

    ASKED = "asked", _("asked")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


#: Sign-in limits by the wall clock (case workflow, section 4).
SIGN_IN = {Urgency.URGENT: timedelta(minutes=30), Urgency.NORMAL: timedelta(hours=24)}
#: After the reminder the head of the unit is told.
GRACE = {Urgency.URGENT: timedelta(minutes=10), Urgency.NORMAL: timedelta(hours=4)}
#: Time for both sides to rate; afterwards each sees what the other said.
RATING = timedelta(days=3)
#: Longest duty of one person without a break, and rows of one table.
LONGEST_SHIFT = timedelta(days=7)
MAX_ROWS = 3000
MAX_TEXT = 2000
MAX_ADDRESS = 200
MAX_UNITS = 12
MAX_PHOTOS = 6
#: A figure of fewer ratings is not shown.
LEAST = 10
#: Wrong codes allowed within a time.
CODE_TRIES, CODE_TIME = 5, timedelta(minutes=10)

#: Who calls, and who answers; where is said by the scope of the role.
CALLERS = (Role.COMMUNITY_CLERK, Role.COMMUNITY_SECRETARY, Role.STREET_OFFICER)
ANSWERERS = (Role.UNIT_MEMBER, Role.UNIT_HEAD)
#: Who sees all calls of the county.
OVERSEERS = (Role.DISPATCHER, Role.SUPERVISOR)

#: What each side rates of the other, 1 to 5.
POINTS: dict[Side, tuple[str | Promise, str | Promise, str | Promise]] = {
    Side.CALLER: (
        _("The team came in time"),
        _("The matter was settled"),
        _("The team worked together with us"),
    ),
    Side.TEAM: (
        _("The call was needed"),
        _("Place and matter were described rightly"),
        _("The community supported us at the site"),
    ),
}
SIDE_LABELS: dict[Side, str | Promise] = {
    Side.CALLER: _("the community"),
    Side.TEAM: _("the department"),
    Side.SYSTEM: _("the system"),
}
STAGE_LABELS: dict[Stage, str | Promise] = {
    Stage.CALLED: _("called"),
    Stage.SIGNED_IN: _("signed in, on the way"),
    Stage.ARRIVED: _("at the site"),
    Stage.REPORTED: _("result reported, to be rated"),
    Stage.ENDED: _("ended"),
    Stage.CALLED_OFF: _("called off"),
}
DEED_LABELS: dict[Deed, str | Promise] = {
    Deed.OPEN: _("Call made"),
    Deed.SIGN_IN: _("Signed in"),
    Deed.ARRIVE: _("Arrival confirmed by the code"),
    Deed.CONFIRM_ARRIVAL: _("Arrival confirmed by the community"),
    Deed.REPORT: _("Result reported"),
    Deed.RATE: _("Rated"),
    Deed.CALL_OFF: _("Called off"),
    Deed.REMIND: _("Reminded: nobody has signed in"),
    Deed.ESCALATE: _("Head of the unit told: nobody has signed in"),
    Deed.END: _("Ended, both ratings open"),
}
