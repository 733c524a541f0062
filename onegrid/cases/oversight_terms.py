"""Closed lists of what makes sure that nothing slips; labels in the reader's language."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from onegrid.core.clock import ClockKind
from onegrid.core.oversight import Fact


class Trigger(IntegerChoices):
    """Weifang hotline regulation Art. 26: what puts a case under supervision."""

    REFUSED = 1, _("Refused or passed on without reason")
    OVERDUE = 2, _("Not done in time")
    UNSOLVED = 3, _("Could be solved, but was not")
    ILL_EFFECT = 4, _("Handled badly, with ill effect")
    OTHER = 5, _("Something else")


class SupervisionKind(TextChoices):
    """How heavily: a letter, a public list, a talk with the head."""

    DAILY = "daily", _("Daily supervision")
    LISTED = "listed", _("Listed supervision")
    TALK = "talk", _("Talk with the head of the unit")


class SupervisionState(TextChoices):
    """How a supervision stands; both of the first keep a case from closing."""

    OPEN = "open", _("Reply awaited")
    REPLIED = "replied", _("Reply to be looked at")
    SETTLED = "settled", _("Settled")
    LAPSED = "lapsed", _("Lapsed: the case was withdrawn")


class Receiver(TextChoices):
    """Who is told on a rung of the ladder."""

    HANDLER = "handler", _("Whoever handles it")
    GRID = "grid", _("Grid worker and community clerk")
    COMMUNITY = "community", _("Community secretary")
    STREET = "street", _("Street office")
    UNIT_HEAD = "unit_head", _("Head of the unit")
    OFFICE = "office", _("County office")


class RuleSubject(TextChoices):
    """What of the county's oversight was changed."""

    RUNG = "rung", _("Rung of the ladder")
    RULE = "rule", _("Rule of supervision")


class ReminderReason(TextChoices):
    """Why somebody is told."""

    LADDER = "ladder", _("Time used up")
    SUPERVISED = "supervised", _("A reply to a supervision is wanted")
    REPLIED = "replied", _("A supervision was answered")
    REOPENING = "reopening", _("A reopening waits for a decision")


class CheckCode(TextChoices):
    """What the checks look for; each shows its evidence."""

    CLASS_LOWERED = "class_lowered", _("Class lowered after intake")
    KIND_SOFTENED = "kind_softened", _("Complaint relabelled")
    COPIED = "copied", _("Answer copied from another case")
    TOO_SHORT = "too_short", _("Answer says too little")
    PART_LEFT = "part_left", _("A part left without an answer of its own")
    JUST_IN_TIME = "just_in_time", _("Done minutes before due, then asked to reopen")
    OWN_CALL = "own_call", _("Verdict from a number or account of the handling side")


class Finding(TextChoices):
    """What a supervisor found when looking at an alarm."""

    CONFIRMED = "confirmed", _("Confirmed")
    UNFOUNDED = "unfounded", _("Explained")


FACT_LABELS = {
    Fact.PROMISE_SHARE: _("share of the promised time used up, in per cent"),
    Fact.SIGN_SHARE: _("share of the time for signing used up, in per cent"),
    Fact.RETURNS_REFUSED: _("returns that were refused"),
    Fact.UNSOLVED: _("reported done, but not solved in the words of the resident"),
    Fact.CHECKS_FAILED: _("failed verifications"),
    Fact.REOPENINGS: _("reopenings"),
    Fact.REMINDERS: _("reminders by the resident"),
}
#: Names of the rules that ship; a county names its own.
RULE_LABELS = {
    "not_signed": _("Not signed for"),
    "return_refused": _("Returned without ground"),
    "overdue": _("Overdue"),
    "far_overdue": _("Far overdue"),
    "not_solved": _("Reported done, not solved"),
    "checks_failed": _("Verification failed again"),
    "reopened_again": _("Reopened again"),
    "reminded_often": _("Reminded often"),
}
FACTS = [(fact.value, label) for fact, label in FACT_LABELS.items()]
#: Clock of the reply to a supervision, on the ladder like a clock of the case.
SUPERVISE = "supervise"
LADDER_CLOCKS = [(kind.value, kind.value) for kind in ClockKind] + [(SUPERVISE, SUPERVISE)]
#: Clock of the report of a helping unit.
HELPING = "helping"
ESCALATED = [*LADDER_CLOCKS, (HELPING, HELPING)]
#: Share of a helping unit's time, in per cent, and who is told: it, its head, the county office.
HELPING_LEVELS = ((100, Receiver.HANDLER), (150, Receiver.UNIT_HEAD), (200, Receiver.OFFICE))
