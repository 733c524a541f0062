"""Write what happens to a case into the outbox of the system it came from, in its transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases.actions import Doing, Receipt
from onegrid.cases.actions.step import locked
from onegrid.cases.queries.linked import LinkedCase, linked_case
from onegrid.cases.watching import Happening, Heard
from onegrid.common.ids import uuid7
from onegrid.common.tenancy.context import current_tenant
from onegrid.core.flow import Action, State
from onegrid.exchange.models import ExternalOrder, Message
from onegrid.exchange.terms import ORDER_STATE, Direction, Kind, OrderState, Standing, System

#: Steps that the other side hears of even when the order stays in its state.
_NEWS = frozenset(
    {
        Action.START,
        Action.PUBLISH_PLAN,
        Action.REPORT_MILESTONE,
        Action.GRANT_HOLD,
        Action.RESUME,
        Action.GRANT_EXTENSION,
        Action.EXTERNAL_NEWS,
        Action.REOPEN,
        Action.REFUSE_REOPEN,
        Action.LOG_CALLBACK,
    }
)
_KIND: dict[Action, Kind] = {
    Action.ACCEPT: Kind.ACCEPT,
    Action.ASK_INFO: Kind.CONSULT,
    Action.REFUSE: Kind.RETURN,
    Action.WITHDRAW: Kind.RECALLED,
}


def heard(happening: Happening) -> None:
    """Write one message for steps of a case that another system wants to hear of.

    The case is locked by whoever took the steps: its messages are numbered without gaps.
    """
    if happening.batch not in System.values:
        return
    order = ExternalOrder.objects.filter(case_id=happening.case_id).first()
    if order is None:
        return
    last = _last(order)
    kind = _kind(happening, last.payload.get("state", "") if last else "")
    if kind is not None:
        text = next((step.text for step in reversed(happening.steps) if step.text), "")
        body = _body(kind, happening.case_id, text, happening.steps)
        _write(order, kind, body, at=happening.steps[-1].at, seq=last.seq + 1 if last else 1)


def _kind(happening: Happening, known_state: str) -> Kind | None:
    """Return what the steps are called in the exchange, or None when they are nobody's business."""
    answered = State.CALLBACK
    if any(step.to_state == answered != step.from_state for step in happening.steps):
        return Kind.FINISH
    for step in happening.steps:
        if step.action in _KIND:
            return _KIND[Action(step.action)]
    moved = ORDER_STATE[State(happening.state)] != known_state
    news = any(step.action in _NEWS for step in happening.steps)
    return Kind.PROGRESS if moved or news else None


def _body(kind: Kind, case_id: UUID, text: str, steps: tuple[Heard, ...]) -> dict[str, Any]:
    case = linked_case(case_id=case_id)
    body = {**_standing(case), "text": text}
    if kind is Kind.FINISH:
        answers = [{"n": part.n, "text": part.text, "answer": part.answer} for part in case.parts]
        body |= {"result": case.result, "answers": answers, "text": ""}
    elif kind is Kind.RETURN:
        body["reason"] = str(steps[-1].data.get("reason", ""))
    elif kind is Kind.RECALLED:
        body["done"] = True
    elif kind is Kind.PROGRESS:
        body["step"] = steps[-1].action
    return body


def _standing(case: LinkedCase) -> dict[str, Any]:
    """Return what every message of ours says: where the order stands, with whom, until when."""
    return {
        "state": ORDER_STATE[State(case.state)].value,
        "unit": case.unit,
        "due_at": case.due_at.isoformat() if case.due_at else None,
    }


def received(order: ExternalOrder, receipt: Receipt, *, now: datetime) -> None:
    """Say that an order has become a case; the query code is dropped once it was carried."""
    if order.case_id is None:
        raise ValueError("an order without a case")
    body = {**_standing(linked_case(case_id=order.case_id)), "query_code": receipt.token}
    _write(order, Kind.RECEIVED, body, at=now, seq=_next(order))


def recall_came_late(order: ExternalOrder, *, now: datetime) -> None:
    """Say that a case was over before it could be taken back."""
    _tell(order, Kind.RECALLED, {"done": False, "text": ""}, now)


def tell_where_it_stands(order: ExternalOrder, code: str, now: datetime) -> None:
    """Say where the order stands after a message that could not be done; ``code`` is the reason."""
    if order.case_id is not None:
        _tell(order, Kind.PROGRESS, {"step": "refused", "text": "", "refused": code}, now)


def _tell(order: ExternalOrder, kind: Kind, more: dict[str, Any], now: datetime) -> None:
    if order.case_id is None:
        raise ValueError("an order without a case")
    locked(order.case_id, Doing(Viewer.system(current_tenant()), now, uuid7()))
    body = {**_standing(linked_case(case_id=order.case_id)), **more}
    _write(order, kind, body, at=now, seq=_next(order))


def _write(
    order: ExternalOrder, kind: Kind, body: dict[str, Any], *, at: datetime, seq: int
) -> None:
    Message.objects.create(
        order_id=order.pk,
        direction=Direction.OUT,
        kind=kind,
        seq=seq,
        dedupe_key=str(uuid7()),
        at=at,
        payload=body,
        state=Standing.PENDING,
        next_attempt_at=at,
    )


def _last(order: ExternalOrder) -> Message | None:
    rows = Message.objects.filter(order_id=order.pk, direction=Direction.OUT)
    return rows.order_by("-seq").first()


def _next(order: ExternalOrder) -> int:
    last = _last(order)
    return last.seq + 1 if last else 1


def number_of(order: ExternalOrder) -> str:
    """Return the receipt number of an order, empty until it became a case."""
    return linked_case(case_id=order.case_id).number if order.case_id else ""


def state_of(order: ExternalOrder) -> OrderState | None:
    """Return where an order stands in the words of the exchange."""
    if order.case_id is None:
        return None
    return ORDER_STATE[State(linked_case(case_id=order.case_id).state)]
