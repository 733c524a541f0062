"""Say whom a complaint is about, so that they never see it; change what sort of message it is."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from onegrid.accounts.queries.holders import staff_names
from onegrid.cases import standing
from onegrid.cases.actions.helping import without
from onegrid.cases.actions.step import Doing, Later, Move, locked, take
from onegrid.cases.models import Case
from onegrid.cases.terms import Kind
from onegrid.common.refusals import Conflict, Invalid
from onegrid.core.flow import BY_ACTION, Action, Actor, State
from onegrid.organisation.queries import units

_SYSTEM = frozenset({Actor.SYSTEM})
_ACCUSING = frozenset({Kind.COMPLAINT, Kind.WHISTLE})


def name_subjects(
    *,
    case_id: UUID,
    doing: Doing,
    account_ids: Iterable[UUID],
    unit_ids: Iterable[UUID],
    text: str,
) -> Case:
    """Name the staff and units that a complaint is about (trust.md D8).

    From now on they neither see it nor handle, verify or call back. A case that one of them holds
    is taken away and waits to be dispatched anew; a helping one is released. Names once given stay.

    Raises:
        Invalid: nobody was named, or somebody is unknown.
        Conflict: it is no complaint or report of wrongdoing, or the viewer is among them.
    """
    accounts, named_units = frozenset(account_ids), frozenset(unit_ids)
    unknown = named_units - units().keys() or accounts - staff_names(ids=accounts).keys()
    if unknown or not accounts | named_units:
        raise Invalid("subjects.unknown", field="subjects")
    named = accounts | named_units
    if not named.isdisjoint(standing.marks(doing.viewer.user_id, doing.viewer.grants)):
        raise Conflict("subjects.yourself", field="subjects")
    case = locked(case_id, doing)
    holds = case.lead_unit_id in named or case.owner_id in named
    at_work = State(case.state) in BY_ACTION[Action.TAKE_AWAY].sources
    cleared = {"lead_unit_id": None, "owner_id": None} if holds and not at_work else {}

    def move(case: Case) -> Move:
        if case.kind not in _ACCUSING:
            raise Conflict("subjects.kind", field="subjects")
        for unit_id in named.intersection(case.co_unit_ids):
            case.co_unit_ids = without(case, unit_id, now=doing.now)
        excluded = sorted({*case.excluded_ids, *named})
        return Move(
            Action.NAME_SUBJECTS,
            text=text,
            data={"count": len(named)},
            changes={"excluded_ids": excluded, **cleared},
            shown=False,
        )

    moves: list[Move | Later] = [Later(Action.NAME_SUBJECTS, move)]
    if holds and at_work:
        gone = {"lead_unit_id": None, "owner_id": None}
        moves.append(Move(Action.TAKE_AWAY, changes=gone, shown=False, lent=_SYSTEM))
    return take(case_id, doing, *moves)


def change_kind(*, case_id: UUID, doing: Doing, kind: str, text: str) -> Case:
    """Change what sort of message it is, with the reason; the checks look at every softer one.

    Raises:
        Invalid: the kind is not on the list.
        Conflict: it is of this kind already.
    """
    if kind not in Kind.values:
        raise Invalid("case.kind_unknown", field="kind")

    def move(case: Case) -> Move:
        if case.kind == kind:
            raise Conflict("kind.same", field="kind")
        return Move(
            Action.CHANGE_KIND,
            text=text,
            data={"kind": kind, "kind_before": case.kind},
            changes={"kind": kind},
        )

    return take(case_id, doing, Later(Action.CHANGE_KIND, move))
