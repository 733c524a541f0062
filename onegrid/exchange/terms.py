"""Words of the exchange of work orders: systems, kinds of messages, states of both."""

from __future__ import annotations

from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onegrid.core.flow import State


class System(TextChoices):
    """Who else keeps books of our cases."""

    HOTLINE = "hotline12345", _("Hotline 12345")
    EMAIL = "email", _("E-mail")


class Direction(TextChoices):
    """Which way a message goes."""

    IN = "in", _("to us")
    OUT = "out", _("from us")


class Kind(TextChoices):
    """What a message says; the first six come in, the others go out, ``consult`` does both."""

    ORDER = "order", _("Work order")
    RULING = "ruling", _("Ruling on a return")
    CALLBACK = "callback", _("Result of the call-back")
    RECALL = "recall", _("Recall")
    REMIND = "remind", pgettext_lazy("message of the hotline", "Reminder")
    CONSULT = "consult", _("Question or answer")
    RECEIVED = "received", _("Received")
    ACCEPT = "accept", _("Signed for")
    PROGRESS = "progress", _("Progress")
    RETURN = "return", pgettext_lazy("message to the hotline", "Return")
    FINISH = "finish", _("Result")
    RECALLED = "recalled", _("Answer to a recall")


INCOMING = frozenset(
    {Kind.ORDER, Kind.RULING, Kind.CALLBACK, Kind.RECALL, Kind.REMIND, Kind.CONSULT}
)


class Standing(TextChoices):
    """Where a message stands; the first four for what came in, the others for what goes out."""

    HELD = "held", _("waits for an earlier one")
    APPLIED = "applied", _("done")
    REFUSED = "refused", _("could not be done")
    SUPERSEDED = "superseded", _("superseded")
    PENDING = "pending", _("waiting to be sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("could not be sent")


class OrderState(TextChoices):
    """Where an order stands, in the words of the exchange: what both books must agree on."""

    RECEIVED = "received", _("received")
    CONSULTING = "consulting", _("waiting for information")
    RETURNED = "returned", _("returned")
    DISPATCHED = "dispatched", _("dispatched")
    ACCEPTED = "accepted", _("signed for")
    IN_PROGRESS = "in_progress", _("being handled")
    ON_HOLD = "on_hold", _("on hold")
    FINISHED = "finished", _("answered")
    REOPENING = "reopening", _("reopening asked for")
    CLOSED = "closed", _("closed")
    RECALLED = "recalled", _("recalled")


#: What each state of a case is called in the exchange.
ORDER_STATE: MappingProxyType[State, OrderState] = MappingProxyType(
    {
        State.DRAFT: OrderState.RECEIVED,
        State.REGISTERED: OrderState.RECEIVED,
        State.TRIAGE: OrderState.RECEIVED,
        State.INFO_WAIT: OrderState.CONSULTING,
        State.NOT_ACCEPTED: OrderState.RETURNED,
        State.CLASSIFIED: OrderState.RECEIVED,
        State.DISPATCHED: OrderState.DISPATCHED,
        State.RETURN_REQ: OrderState.DISPATCHED,
        State.ARBITRATION: OrderState.DISPATCHED,
        State.ACCEPTED: OrderState.ACCEPTED,
        State.IN_PROGRESS: OrderState.IN_PROGRESS,
        State.PLANNED: OrderState.IN_PROGRESS,
        State.ON_HOLD: OrderState.ON_HOLD,
        State.EXTERNAL: OrderState.IN_PROGRESS,
        State.DONE: OrderState.IN_PROGRESS,
        State.VERIFY: OrderState.IN_PROGRESS,
        State.CALLBACK: OrderState.FINISHED,
        State.CLOSED: OrderState.CLOSED,
        State.REOPEN_REQ: OrderState.REOPENING,
        State.REOPENED: OrderState.IN_PROGRESS,
        State.MERGED: OrderState.IN_PROGRESS,
        State.WITHDRAWN: OrderState.RECALLED,
    }
)


class MapKind(TextChoices):
    """What a row of the mapping table translates."""

    CATEGORY = "category", _("Category")
    PLACE = "place", _("Place")


class HookEvent(TextChoices):
    """What a web hook may be told."""

    OPENED = "case.opened", _("A case was opened")
    MOVED = "case.moved", _("A case moved on")
    ANSWERED = "case.answered", _("A case was answered")
    CLOSED = "case.closed", _("A case was closed")
    OVERDUE = "case.overdue", _("A case is overdue")
