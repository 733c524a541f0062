"""Take messages of other systems in: each once, in their order, whatever way they come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from onegrid.common.refusals import Conflict, Invalid, Refusal
from onegrid.exchange.actions import telling
from onegrid.exchange.actions.incoming import apply
from onegrid.exchange.models import ExternalOrder, Message
from onegrid.exchange.ports import Incoming
from onegrid.exchange.terms import INCOMING, Direction, Kind, Standing

#: So many messages of one order may wait for one that has not come.
MOST_HELD = 100
#: What a message says of people is kept with the case only, where looks are written down.
_PERSONAL = frozenset({"reporter", "reply_to"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message; ``again`` says that it had come before."""

    state: str
    error: str = ""
    again: bool = False
    number: str = ""


def take_in(*, message: Incoming, now: datetime) -> Taken:
    """Keep a message and do what it says, together with those that have waited for it.

    A message that comes before its predecessor is held. What cannot be done with the case is kept
    as refused with its reason: the messages after it still count.

    Raises:
        Invalid: no such kind of message.
        Conflict: the id or the number in the sequence was used for another message, or too many
            messages wait already.
    """
    if message.kind not in INCOMING:
        raise Invalid("exchange.kind", field="kind")
    order = _locked(message, now)
    earlier = Message.objects.filter(
        order_id=order.pk, direction=Direction.IN, dedupe_key=message.message_id
    ).first()
    if earlier is not None:
        return _again(order, earlier, message)
    row = _keep(order, message, now)
    _supersede(order, message.supersedes)
    _go_on(order, now)
    row.refresh_from_db()
    return Taken(row.state, error=row.error, number=telling.number_of(order))


def _locked(message: Incoming, now: datetime) -> ExternalOrder:
    """Return the order, made if it is new; one message of an order is taken in at a time.

    The lock leaves its key alone, so that a step on the case may write its message meanwhile.
    """
    fresh = ExternalOrder(system=message.system, external_id=message.external_id, first_at=now)
    ExternalOrder.objects.bulk_create([fresh], ignore_conflicts=True)
    return ExternalOrder.objects.select_for_update(no_key=True).get(
        system=message.system, external_id=message.external_id
    )


def _again(order: ExternalOrder, earlier: Message, message: Incoming) -> Taken:
    if earlier.digest != message.digest:
        raise Conflict("exchange.id_used", field="message_id")
    return Taken(earlier.state, error=earlier.error, again=True, number=telling.number_of(order))


def _keep(order: ExternalOrder, message: Incoming, now: datetime) -> Message:
    came = Message.objects.filter(order_id=order.pk, direction=Direction.IN)
    if came.filter(seq=message.seq).exists():
        raise Conflict("exchange.seq_used", field="seq", seq=message.seq)
    if came.filter(state=Standing.HELD).count() >= MOST_HELD:
        raise Conflict("exchange.too_many_held", field="seq", most=MOST_HELD)
    late = message.seq <= order.in_seq
    return Message.objects.create(
        order_id=order.pk,
        direction=Direction.IN,
        kind=message.kind,
        seq=message.seq,
        supersedes=message.supersedes,
        dedupe_key=message.message_id,
        at=now,
        payload=dict(message.body),
        digest=message.digest,
        state=Standing.SUPERSEDED if late else Standing.HELD,
        settled_at=now if late else None,
    )


def _supersede(order: ExternalOrder, upto: int) -> None:
    """Let a message void those before it: what waits is not done any more, gaps are closed."""
    if upto <= order.in_seq:
        return
    Message.objects.filter(
        order_id=order.pk, direction=Direction.IN, state=Standing.HELD, seq__lte=upto
    ).update(state=Standing.SUPERSEDED)
    order.in_seq = upto
    order.save(update_fields=["in_seq"])


def _go_on(order: ExternalOrder, now: datetime) -> None:
    """Do what waits, as long as nothing is missing before it."""
    while True:
        row = Message.objects.filter(
            order_id=order.pk,
            direction=Direction.IN,
            state=Standing.HELD,
            seq=order.in_seq + 1,
        ).first()
        if row is None:
            return
        _do(order, row, now)
        order.in_seq = row.seq
        order.save(update_fields=["in_seq"])


def _do(order: ExternalOrder, row: Message, now: datetime) -> None:
    row.state, row.settled_at = Standing.APPLIED, now
    try:
        with transaction.atomic():
            apply(order, row, now)
    except Refusal as refusal:
        row.state, row.error = Standing.REFUSED, refusal.code
        if row.kind != Kind.ORDER:
            telling.tell_where_it_stands(order, refusal.code, now)
    row.payload = {name: value for name, value in row.payload.items() if name not in _PERSONAL}
    row.save(update_fields=["state", "settled_at", "error", "payload"])
