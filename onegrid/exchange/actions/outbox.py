"""Carry our messages: each order's in their order, again until the other side has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases.queries.linked import linked_case
from onegrid.common.refusals import Forbidden, NotFound
from onegrid.common.tenancy.context import tenant_tx
from onegrid.exchange.models import Message
from onegrid.exchange.patience import ORDERS, Patience
from onegrid.exchange.ports import Access, Answer, Carrier, Outcome, Parcel
from onegrid.exchange.queries import access_of
from onegrid.exchange.terms import Direction, Standing


@dataclass(frozen=True, slots=True)
class Delivered:
    """Counts of one run; ``later`` messages wait for another attempt."""

    sent: int = 0
    later: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """Return how many messages were taken up."""
        return self.sent + self.later + self.failed


def deliver_due(
    *,
    tenant_id: int,
    now: datetime,
    carriers: Mapping[str, Carrier],
    limit: int,
    patience: Patience = ORDERS,
) -> Delivered:
    """Carry due messages of a county, each in transactions of its own; outside of any other.

    A message is claimed (committed) before it is carried: no transaction waits for the network. It
    goes out only when those before it have gone or failed for good.
    """
    counts: Counter[str] = Counter()
    for _ in range(limit):
        claimed = _claim(tenant_id, now, tuple(carriers), patience)
        if claimed is None:
            break
        row, parcel, access = claimed
        answer = carriers[parcel.system].carry(parcel, access, now=now)
        counts[_settle(row, answer, tenant_id, now, patience)] += 1
    return Delivered(
        sent=counts[Standing.SENT], later=counts[Standing.PENDING], failed=counts[Standing.FAILED]
    )


def _claim(
    tenant_id: int, now: datetime, systems: tuple[str, ...], patience: Patience
) -> tuple[Message, Parcel, Access | None] | None:
    before = Message.objects.filter(
        order_id=OuterRef("order_id"),
        direction=Direction.OUT,
        state=Standing.PENDING,
        seq__lt=OuterRef("seq"),
    )
    with tenant_tx(tenant_id):
        row = (
            Message.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("order")
            .filter(
                ~Exists(before),
                state=Standing.PENDING,
                next_attempt_at__lte=now,
                order__system__in=systems,
            )
            .order_by("next_attempt_at", "id")
            .first()
        )
        if row is None:
            return None
        row.attempts += 1
        row.next_attempt_at = now + patience.lease
        row.save(update_fields=["attempts", "next_attempt_at"])
        return row, _parcel(row), access_of(row.order.system)


def _parcel(row: Message) -> Parcel:
    order = row.order
    void = Message.objects.filter(
        order_id=order.pk, direction=Direction.OUT, state=Standing.FAILED, seq__lt=row.seq
    ).aggregate(most=Max("seq"))["most"]
    return Parcel(
        system=order.system,
        external_id=order.external_id,
        message_id=row.dedupe_key,
        kind=row.kind,
        seq=row.seq,
        supersedes=void or 0,
        at=row.at,
        number=linked_case(case_id=order.case_id).number if order.case_id else "",
        body=row.payload,
        reply_to=order.reply_to,
        thread=order.thread,
        subject=order.subject,
    )


def _settle(
    row: Message, answer: Answer, tenant_id: int, now: datetime, patience: Patience
) -> Standing:
    """Write down what became of an attempt, unless a later attempt has taken over."""
    if answer.outcome is Outcome.ACCEPTED:
        state = Standing.SENT
    elif answer.outcome is Outcome.LATER and row.attempts < patience.attempts:
        state = Standing.PENDING
    else:
        state = Standing.FAILED
    again = state is Standing.PENDING
    kept = row.payload if again else {k: v for k, v in row.payload.items() if k != "query_code"}
    with tenant_tx(tenant_id):
        Message.objects.filter(id=row.id, state=Standing.PENDING, attempts=row.attempts).update(
            state=state,
            settled_at=None if again else now,
            next_attempt_at=now + patience.pause(row.attempts) if again else None,
            error=answer.error[:120],
            payload=kept,
        )
    return state


def send_again(*, viewer: Viewer, message_id: UUID, now: datetime) -> None:
    """Let a message that failed for good go out once more.

    Raises:
        Forbidden: the viewer is not a system administrator.
        NotFound: there is no such message, or it has not failed.
    """
    if not viewer.has(Role.SYSTEM_ADMIN):
        raise Forbidden("forbidden")
    changed = Message.objects.filter(
        id=message_id, direction=Direction.OUT, state=Standing.FAILED
    ).update(state=Standing.PENDING, attempts=0, next_attempt_at=now, settled_at=None, error="")
    if not changed:
        raise NotFound("exchange.message_not_found")
