"""Closed lists of the duties: kinds of list, owners, targets of a rule, parameters of the law."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ListKind(TextChoices):
    """The three published lists (S18, S20, S21)."""

    STREET = "street", _("Duties and powers of a street")
    COMMUNITY = "community", _("Grid matters of a community")
    ABOLISHED = "abolished", _("Abolished certificates")


class Owner(TextChoices):
    """Whose duty an item is: a named unit, or the one of the place."""

    UNIT = "unit", _("A named unit")
    STREET = "street", _("The street office of the place")
    COMMUNITY = "community", _("The community of the place")


class Target(TextChoices):
    """Where a routing rule sends a case."""

    UNIT = "unit", _("A named unit")
    ITEM = "item", _("The owner of the item")
    CATEGORY = "category", _("The usual unit of the category")
    STREET = "street", _("The street office of the place")
    COMMUNITY = "community", _("The community of the place")


class Hours(TextChoices):
    """At which times a routing rule holds."""

    ANY = "", _("at any time")
    INSIDE = "inside", _("only within these hours")
    OUTSIDE = "outside", _("only outside these hours")


class BookState(TextChoices):
    """Where a version of the routing rules stands."""

    DRAFT = "draft", _("Draft")
    LIVE = "live", pgettext_lazy("routing rules", "In force")
    PAST = "past", _("Replaced")


class Parameter(TextChoices):
    """What a rule of law sets; the number is days, times, minutes or per cent as named."""

    LEGAL_DAYS = "legal_days", _("Working days to answer")
    CALLBACK_WORKING_DAYS = "callback_working_days", _("Working days until the call-back")
    CALLBACK_TRIES = "callback_tries", _("Tries of a call-back")
    CALLBACK_DAYS = "callback_days", _("Days on which a call-back is tried")
    REOPEN_DAYS = "reopen_days", _("Days in which a case can be reopened")
    INFO_WAITS = "info_waits", _("How often information may be asked for")
    INFO_WAIT_DAYS = "info_wait_days", _("Days a case waits for information")
    RETURN_PERCENT = (
        "return_percent",
        _("Per cent of the promised time in which a return is possible"),
    )
    RETURN_MINUTES = "return_minutes", _("Duty minutes in which a return is possible")
    RETURNS_PER_UNIT = "returns_per_unit", _("Returns of one case by one unit")
    EXTENSION_PERCENT = "extension_percent", _("Most an extension may add, in per cent")
    PAUSE_PERCENT = "pause_percent", _("Most a case may pause, in per cent of the promised time")
    ENDING_APPROVAL = "ending_approval", _("Written approvals to end without a solution")
    SUPERVISION_TRIGGERS = "supervision_triggers", _("Triggers of supervision")
    PLAN_APPROVAL = "plan_approval", _("Plans need approval (0 no, 1 yes)")
    CLOSURE_APPROVAL = (
        "closure_approval",
        _("Reports of done that need approval (0 none, 1 complex, 2 and major, 3 all)"),
    )


#: What holds where no rule was entered: the product's own proposal, not a law.
DEFAULTS: dict[Parameter, int] = {
    Parameter.LEGAL_DAYS: 5,
    Parameter.CALLBACK_WORKING_DAYS: 3,
    Parameter.CALLBACK_TRIES: 3,
    Parameter.CALLBACK_DAYS: 2,
    Parameter.REOPEN_DAYS: 30,
    Parameter.INFO_WAITS: 2,
    Parameter.INFO_WAIT_DAYS: 5,
    Parameter.RETURN_PERCENT: 25,
    Parameter.RETURN_MINUTES: 240,
    Parameter.RETURNS_PER_UNIT: 1,
    Parameter.EXTENSION_PERCENT: 100,
    Parameter.PAUSE_PERCENT: 200,
    Parameter.ENDING_APPROVAL: 1,
    Parameter.SUPERVISION_TRIGGERS: 5,
    Parameter.PLAN_APPROVAL: 0,
    Parameter.CLOSURE_APPROVAL: 0,
}
