"""Writes of notices: queue one, deliver what is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from onegrid.common.tenancy.context import tenant_tx
from onegrid.notices.models import Outbox
from onegrid.notices.ports import Answer, Message, Outcome, SmsGateway
from onegrid.notices.terms import Channel, Delivery, Template
from onegrid.notices.texts import TEXTS, checked

#: How long one attempt may take before another worker looks after the notice.
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
MAX_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Delivered:
    """Counts of one run; ``later`` notices wait for another attempt."""

    sent: int = 0
    later: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """Return how many notices were taken up."""
        return self.sent + self.later + self.failed


def queue(
    *,
    channel: str,
    recipient: str,
    template: str,
    params: Mapping[str, str],
    language: str,
    dedupe_key: str,
    now: datetime,
    recipient_user_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Write a notice into the outbox, inside the caller's transaction; a known key does nothing.

    Args:
        recipient: phone number, or e-mail address for ``email``.
        language: the recipient's, e.g. ``zh-hans``.
        dedupe_key: names the event; one event tells one recipient once.
        expires_at: after this moment the notice is worthless and is not sent any more.

    Raises:
        ValueError: no recipient, an unknown template or channel, or other variables than its own.
    """
    if not recipient:
        raise ValueError("a notice needs a recipient")
    row = Outbox(
        at=now,
        channel=Channel(channel),
        recipient=recipient,
        recipient_user_id=recipient_user_id,
        language=language,
        template=Template(template),
        params=checked(template=Template(template), params=params),
        dedupe_key=dedupe_key,
        next_attempt_at=now,
        expires_at=expires_at,
    )
    Outbox.objects.bulk_create([row], ignore_conflicts=True)


def deliver_due(
    *,
    tenant_id: int,
    now: datetime,
    gateway: SmsGateway,
    limit: int,
    channel: str = Channel.SMS,
) -> Delivered:
    """Hand due notices of a county over that go one way, each in transactions of its own.

    A notice is claimed (committed) before it is handed over: no transaction waits for the network,
    and after a crash the next attempt knows that it must ask the provider first. Call outside of
    any transaction.
    """
    counts: Counter[Delivery] = Counter()
    for _ in range(limit):
        row = _claim(tenant_id=tenant_id, now=now, channel=channel)
        if row is None:
            break
        answer = _attempt(row, gateway=gateway, now=now)
        counts[_settle(row, answer, tenant_id=tenant_id, now=now)] += 1
    return Delivered(
        sent=counts[Delivery.SENT], later=counts[Delivery.PENDING], failed=counts[Delivery.FAILED]
    )


def forget_settled(*, tenant_id: int, before: datetime) -> int:
    """Remove notices settled before a moment, phone numbers and all; return how many."""
    with tenant_tx(tenant_id):
        removed, _ = Outbox.objects.filter(
            ~Q(state=Delivery.PENDING), settled_at__lt=before
        ).delete()
    return removed


def _claim(*, tenant_id: int, now: datetime, channel: str) -> Outbox | None:
    """Take the notice that waits longest; nobody else takes it while the lease runs.

    The row returned keeps ``unsure_since`` of earlier attempts; the one in the database already
    counts this attempt as unsure.
    """
    with tenant_tx(tenant_id):
        row = (
            Outbox.objects.select_for_update(skip_locked=True)
            .filter(channel=channel, state=Delivery.PENDING, next_attempt_at__lte=now)
            .order_by("next_attempt_at", "id")
            .first()
        )
        if row is None:
            return None
        row.attempts += 1
        Outbox.objects.filter(id=row.id).update(
            attempts=row.attempts,
            next_attempt_at=now + LEASE,
            unsure_since=row.unsure_since or now,
        )
    return row


def _attempt(row: Outbox, *, gateway: SmsGateway, now: datetime) -> Answer:
    if row.expires_at is not None and now >= row.expires_at:
        return Answer(Outcome.NEVER, error="expired")
    message = Message(
        out_id=str(row.id),
        phone=row.recipient,
        language=row.language,
        template=row.template,
        params=row.params,
        unsure_since=row.unsure_since,
    )
    return gateway.send(message, now=now)


def _settle(row: Outbox, answer: Answer, *, tenant_id: int, now: datetime) -> Delivery:
    """Write down what became of an attempt, unless a later attempt has taken over."""
    again = answer.outcome in (Outcome.LATER, Outcome.UNKNOWN) and row.attempts < MAX_ATTEMPTS
    if answer.outcome is Outcome.ACCEPTED:
        state = Delivery.SENT
    else:
        state = Delivery.PENDING if again else Delivery.FAILED
    unsure = (row.unsure_since or now) if answer.outcome is Outcome.UNKNOWN else None
    forgotten = not again and TEXTS[Template(row.template)].secret
    with tenant_tx(tenant_id):
        Outbox.objects.filter(id=row.id, state=Delivery.PENDING, attempts=row.attempts).update(
            state=state,
            settled_at=None if again else now,
            next_attempt_at=now + pause(row.attempts),
            unsure_since=unsure,
            params={} if forgotten else row.params,
            last_error=answer.error[:80],
            provider_id=answer.provider_id[:64],
        )
    return state


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 30 s, 2 min, 8 min, 32 min, then 1 h."""
    return min(FIRST_PAUSE * int(4 ** min(attempts - 1, 5)), LONGEST_PAUSE)
