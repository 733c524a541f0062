"""Return a case that is not one's duty, and settle whose it is (Weifang regulation Art. 22)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils.timezone import localtime

from onegrid.cases import joint, notify
from onegrid.cases.actions.asks import asked, decide, opened, read_clocks, unit_named
from onegrid.cases.actions.helping import without
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Ask, Case, Step
from onegrid.cases.terms import AskKind, AskState
from onegrid.common.refusals import Conflict, Invalid
from onegrid.core.flow import Action, Actor, Evidence
from onegrid.organisation.queries import units

_SYSTEM = frozenset({Actor.SYSTEM})
MAX_ITEM = 64


def ask_return(*, case_id: UUID, doing: Doing, text: str, item: str, unit_id: UUID) -> Case:
    """Ask to return a case: the reason, the duty item it rests on, and whose duty it is instead.

    When a second unit asks within a round, the case goes to a ruling by itself.

    Raises:
        Conflict: the unit was designated, asked before, or the time to ask is over.
        Invalid: item or unit is missing, or the unit is the own one.
    """
    if not item.strip() or len(item.strip()) > MAX_ITEM:
        raise Invalid("return.item", field="item", most=MAX_ITEM)
    proposed = unit_named(unit_id)

    def move(case: Case) -> Move:
        if proposed.id == case.lead_unit_id:
            raise Invalid("return.own_unit", field="unit")
        _check_may_return(case, doing.now)
        opened(
            case, doing, AskKind.RETURN, text=text, item=item.strip(), proposed_unit_id=proposed.id
        )
        return Move(
            Action.ASK_RETURN,
            text=text,
            evidence=frozenset({Evidence.ITEM, Evidence.UNIT}),
            data={"item": item.strip(), "proposed": proposed.name},
            changes={"asks_open": True},
        )

    def onward(case: Case) -> Move | None:
        others = Ask.objects.filter(case_id=case.pk, kind=AskKind.RETURN, round=case.round)
        if not others.exclude(unit=case.lead_unit_id).exists():
            return None
        return Move(Action.TO_ARBITRATION, text=text, lent=_SYSTEM)

    return take(
        case_id,
        doing,
        Later(Action.ASK_RETURN, move),
        Later(Action.TO_ARBITRATION, onward, lent=_SYSTEM),
    )


def _check_may_return(case: Case, now: datetime) -> None:
    if was_designated(case):
        raise Conflict("return.designated")
    before = Ask.objects.filter(case_id=case.pk, kind=AskKind.RETURN, round=case.round)
    held = joint.held_to(case, now=now)
    if before.filter(unit=case.lead_unit_id).count() >= held.returns:
        raise Conflict("return.once", most=held.returns)
    sent = Step.objects.filter(case_id=case.pk, action=Action.DISPATCH).aggregate(at=Max("at"))
    promised = joint.promised_reading(case, read_clocks(case, now))
    until = joint.return_until(case, promised, dispatched=sent["at"], held=held)
    if now > until:
        raise Conflict("return.too_late", until=localtime(until).strftime("%m-%d %H:%M"))


def was_designated(case: Case) -> bool:
    """Tell whether the leading unit was named by a ruling of this round."""
    return Ask.objects.filter(
        case_id=case.pk, round=case.round, ruled_unit=case.lead_unit_id
    ).exists()


def decide_return(*, case_id: UUID, doing: Doing, ok: bool, text: str) -> Case:
    """Take a case back for the dispatcher, or leave it with its unit; refused, the time counts.

    Raises:
        Conflict: nobody asks.
        Forbidden: the viewer belongs to the unit that asks.
    """

    def move(case: Case) -> Move:
        ask = asked(case, doing, AskKind.RETURN)
        waiting = decide(ask, case, doing, ok=ok, text=text)
        changes: dict[str, object] = {"asks_open": waiting}
        if ok:
            changes |= {"lead_unit_id": None, "owner_id": None}
        return Move(
            Action.UPHOLD_RETURN if ok else Action.REFUSE_RETURN,
            text=text,
            data=_facts(ask),
            changes=changes,
        )

    return take(case_id, doing, Later(Action.UPHOLD_RETURN if ok else Action.REFUSE_RETURN, move))


def put_to_ruling(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Let a ruling settle whose duty it is.

    Raises:
        Conflict: nobody asks.
        Forbidden: the viewer belongs to the unit that asks.
    """

    def move(case: Case) -> Move:
        asked(case, doing, AskKind.RETURN)
        return Move(Action.TO_ARBITRATION, text=text)

    return take(case_id, doing, Later(Action.TO_ARBITRATION, move))


def designate(*, case_id: UUID, doing: Doing, unit_id: UUID, text: str) -> Case:
    """Rule whose duty a case is; the unit that is named may not return it.

    Raises:
        Forbidden: the viewer belongs to the unit that asks.
        Invalid: there is no such unit.
    """
    unit = unit_named(unit_id)

    def move(case: Case) -> Move:
        ask = asked(case, doing, AskKind.RETURN)
        taken = unit.id != case.lead_unit_id
        waiting = decide(ask, case, doing, ok=taken, text=text, ruled_unit_id=unit.id)
        return Move(
            Action.DESIGNATE,
            text=text,
            evidence=frozenset({Evidence.UNIT}),
            data={"unit": unit.name, "item": ask.item},
            changes={
                "lead_unit_id": unit.id,
                "owner_id": None,
                "asks_open": waiting,
                "co_unit_ids": without(case, unit.id, now=doing.now),
            },
        )

    case = take(case_id, doing, Later(Action.DESIGNATE, move))
    notify.tell(case, "case_dispatched", now=doing.now, unit=unit.name)
    return case


def check_not_returned(case: Case, unit_id: UUID) -> None:
    """Refuse to send a case back to a unit whose return was upheld; only a ruling may.

    Raises:
        Conflict: it was upheld in this round.
    """
    upheld = Ask.objects.filter(
        case_id=case.pk, kind=AskKind.RETURN, round=case.round, state=AskState.GRANTED
    )
    if upheld.filter(unit_id=unit_id, ruled_unit__isnull=True).exists():
        raise Conflict("return.upheld_before")


def _facts(ask: Ask) -> dict[str, str]:
    known = units()
    found = {"item": ask.item}
    for name, unit_id in (("unit", ask.unit_id), ("proposed", ask.proposed_unit_id)):
        if unit_id in known:
            found[name] = known[unit_id].name
    return found
