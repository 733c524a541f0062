"""Read orders of other systems, their messages and the mapping table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min, Q

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Forbidden
from onegrid.common.sealed import unseal
from onegrid.core.flow import State
from onegrid.exchange.models import ExternalOrder, Mapping, Message, Partner
from onegrid.exchange.ports import Access
from onegrid.exchange.terms import (
    ORDER_STATE,
    Direction,
    Kind,
    MapKind,
    OrderState,
    Standing,
    System,
)
from onegrid.grids.queries import areas
from onegrid.grids.terms import AreaLevel

_MOST = 200
_TROUBLE = (Standing.HELD, Standing.REFUSED, Standing.FAILED)


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """Another system, without its secret."""

    system: str
    label: str
    url: str
    key_id: str
    is_active: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One row of the mapping table."""

    id: UUID
    system: str
    kind: str
    kind_label: str
    theirs: str
    their_name: str
    ours: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of an order, without what it says of people."""

    direction: str
    direction_label: str
    kind: str
    kind_label: str
    seq: int
    at: datetime
    state: str
    state_label: str
    text: str
    error: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseOrder:
    """What the page of a case shows of its order; ``waiting`` counts messages not yet carried."""

    system: str
    label: str
    external_id: str
    reply_due_at: datetime | None
    late: bool
    answers_to: str
    messages: tuple[MessageRow, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class TroubleRow:
    """A message that waits for another one, could not be done or could not be carried."""

    id: UUID
    system: str
    external_id: str
    case_id: UUID | None
    direction: str
    kind_label: str
    seq: int
    at: datetime
    state: str
    state_label: str
    error: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Health:
    """How the exchange is doing; ``oldest_due`` is None when nothing waits."""

    pending: int
    oldest_due: datetime | None
    trouble: int


def access_of(system: str) -> Access | None:
    """Return where a system of the current county is, or None when it is not set up or off.

    Raises:
        SealBroken: the signing key that sealed its secret is gone.
    """
    row = Partner.objects.filter(system=system, is_active=True).first()
    return None if row is None else Access(row.url, row.key_id, unseal(row.secret))


def area_by_code(code: str, *, on: datetime) -> UUID | None:
    """Return a street, community or grid by its code."""
    found = (row for row in areas(on=on) if row.code == code and row.level != AreaLevel.COUNTY)
    return next((row.id for row in found), None) if code else None


def partners(viewer: Viewer) -> tuple[PartnerRow, ...]:
    """Return the systems that are set up.

    Raises:
        Forbidden: the viewer is not a system administrator.
    """
    _check_admin(viewer)
    return tuple(
        PartnerRow(
            row.system,
            str(System(row.system).label),
            row.url,
            row.key_id,
            row.is_active,
            row.changed_at,
        )
        for row in Partner.objects.order_by("system")
    )


def mappings(viewer: Viewer) -> tuple[MappingRow, ...]:
    """Return the mapping table.

    Raises:
        Forbidden: the viewer is not a system administrator.
    """
    _check_admin(viewer)
    return tuple(
        MappingRow(
            row.id,
            row.system,
            row.kind,
            str(MapKind(row.kind).label),
            row.theirs,
            row.their_name,
            row.ours,
        )
        for row in Mapping.objects.order_by("system", "kind", "theirs")
    )


def trouble(viewer: Viewer) -> tuple[TroubleRow, ...]:
    """Return messages that somebody should look at, the newest first, at most 200.

    Raises:
        Forbidden: the viewer is not a system administrator.
    """
    _check_admin(viewer)
    rows = Message.objects.filter(state__in=_TROUBLE).select_related("order").order_by("-at")
    return tuple(
        TroubleRow(
            row.id,
            str(System(row.order.system).label),
            row.order.external_id,
            row.order.case_id,
            row.direction,
            str(Kind(row.kind).label),
            row.seq,
            row.at,
            row.state,
            str(Standing(row.state).label),
            row.error,
            row.attempts,
        )
        for row in rows[:_MOST]
    )


def health(viewer: Viewer, *, now: datetime) -> Health:
    """Return how the exchange is doing.

    Raises:
        Forbidden: the viewer is not a system administrator.
    """
    _check_admin(viewer)
    found = Message.objects.aggregate(
        pending=Count("id", filter=Q(state=Standing.PENDING)),
        oldest=Min("at", filter=Q(state=Standing.PENDING, next_attempt_at__lte=now)),
        trouble=Count("id", filter=Q(state__in=_TROUBLE)),
    )
    return Health(found["pending"], found["oldest"], found["trouble"])


def order_of_case(*, case_id: UUID, now: datetime) -> CaseOrder | None:
    """Return the order a case came from, or None; the caller answers for the right to the case."""
    order = ExternalOrder.objects.filter(case_id=case_id).first()
    if order is None:
        return None
    rows = list(Message.objects.filter(order_id=order.pk).order_by("at", "id"))
    return CaseOrder(
        system=order.system,
        label=str(System(order.system).label),
        external_id=order.external_id if order.system == System.HOTLINE else "",
        reply_due_at=order.reply_due_at,
        late=order.reply_due_at is not None and order.reply_due_at < now,
        answers_to=_masked(order.reply_to),
        messages=tuple(_message(row) for row in rows),
        waiting=sum(row.state == Standing.PENDING for row in rows),
    )


def _message(row: Message) -> MessageRow:
    return MessageRow(
        row.direction,
        str(Direction(row.direction).label),
        row.kind,
        str(Kind(row.kind).label),
        row.seq,
        row.at,
        row.state,
        str(Standing(row.state).label),
        "" if row.kind == Kind.ORDER else str(row.payload.get("text", "")),
        row.error,
        row.settled_at,
    )


def _masked(address: str) -> str:
    """Return an e-mail address of which only the first letter and the host can be read."""
    name, at, host = address.partition("@")
    return f"{name[:1]}***{at}{host}" if at else ""


def order_by_thread(*, system: str, references: tuple[str, ...], reply_to: str) -> str:
    """Return the id of the order that a mail answers to; empty: none, or one of somebody else.

    Args:
        references: ids of the mails it refers to, ours among them.
        reply_to: who wrote it.
    """
    if not references:
        return ""
    ours = Message.objects.filter(
        direction=Direction.OUT, dedupe_key__in=[one.partition("@")[0] for one in references]
    ).values("order_id")
    found = ExternalOrder.objects.filter(Q(thread__in=references) | Q(id__in=ours))
    mine = found.filter(system=system, reply_to=reply_to).order_by("-first_at")
    return mine.values_list("external_id", flat=True).first() or ""


def next_seq(*, system: str, external_id: str) -> int:
    """Return the number of the next message of an order whose system does not count."""
    most = Message.objects.filter(
        order__system=system, order__external_id=external_id, direction=Direction.IN
    ).aggregate(most=Max("seq"))["most"]
    return (most or 0) + 1


def book(*, system: str) -> dict[str, tuple[str, OrderState]]:
    """Return number and state of every order that became a case, by the other side's id.

    What both sides must agree on when every message was carried.
    """
    rows = ExternalOrder.objects.filter(system=system, case__isnull=False).values_list(
        "external_id", "case__number", "case__state"
    )
    return {name: (number, ORDER_STATE[State(state)]) for name, number, state in rows}


def _check_admin(viewer: Viewer) -> None:
    if not (viewer.is_system or viewer.has(Role.SYSTEM_ADMIN)):
        raise Forbidden("forbidden")
