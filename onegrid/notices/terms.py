"""Ways, states and standard texts of a notice."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    """How a notice reaches its recipient."""

    SMS = "sms", _("text message")
    EMAIL = "email", _("e-mail")


class Delivery(TextChoices):
    """Where a notice stands."""

    PENDING = "pending", _("waiting to be sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("could not be sent")


class Template(TextChoices):
    """The standard texts; what they say is in `texts`."""

    LOGIN_CODE = "login_code", _("Sign-in code")
    CASE_RECEIVED = "case_received", _("Case received")
    CASE_CLASSIFIED = "case_classified", _("Promised time")
    CASE_DISPATCHED = "case_dispatched", _("Dispatched to a unit")
    CASE_MERGED = "case_merged", _("Handled with an earlier case")
    CASE_UNMERGED = "case_unmerged", _("Handled by itself again")
    CASE_DIVIDED = "case_divided", _("Divided into cases")
    CASE_PROGRESS = "case_progress", _("How it goes")
    CASE_JOINED = "case_joined", _("Joined a case of others")
    JOINED_DONE = "joined_done", _("Result for those who joined")
    JOINED_ENDED = "joined_ended", _("Ended early, for those who joined")
    PLAN_PUBLISHED = "plan_published", _("Plan published")
    INFO_WANTED = "info_wanted", _("Information wanted")
    CASE_DONE = "case_done", _("Done, please rate")
    CASE_CLOSED = "case_closed", _("Closed")
    REOPEN_ASKED = "reopen_asked", _("Request to reopen received")
    CASE_REOPENED = "case_reopened", _("Reopened")
    CASE_OVERDUE = "case_overdue", _("Apology for being late")
    CASE_ON_HOLD = "case_on_hold", _("On hold, with reason and end")
    CASE_RESUMED = "case_resumed", _("Goes on after a hold")
    CASE_EXTENDED = "case_extended", _("More time, with reason and date")
    CASE_HANDED_OVER = "case_handed_over", _("Handed over to another body")
    VERDICT_KEPT = "verdict_kept", _("Verdict kept until a supervision is settled")
    STAFF_LADDER = "staff_ladder", _("To staff: time used up")
    STAFF_SUPERVISED = "staff_supervised", _("To staff: a reply to a supervision is wanted")
    STAFF_REPLIED = "staff_replied", _("To staff: a supervision was answered")
    STAFF_REOPENING = "staff_reopening", _("To staff: a reopening waits for a decision")
    CASE_REFUSED = "case_refused", _("Not accepted, with the reason")
    TEAM_CALLED = "team_called", _("Departments called")
    CALL_REMINDER = "call_reminder", _("Reminder to sign in to a call")
    CALL_UNSIGNED = "call_unsigned", _("Nobody has signed in to a call")
    CALL_OFF = "call_off", _("Called off")
    SWAP_ASKED = "swap_asked", _("Asked to swap a duty")
    HANDOVER_TO_SIGN = "handover_to_sign", _("Hand-over lists to sign")
    HANDOVER_TO_NAME = "handover_to_name", _("Hand-over lists without a taker")
    HANDOVER_REMINDER = "handover_reminder", _("Reminder of hand-over lists")
    PARTY_ASKED = "party_asked", _("Question by link")
    PARTY_ASKED_MAIL = "party_asked_mail", _("Question to you")
    FOLLOW_CONFIRM = "follow_confirm", _("Please confirm your subscription")
    FOLLOW_NEWS = "follow_news", _("New in your area")
