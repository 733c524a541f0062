"""Handle a case together: a leading unit and those that help it, each with a task and a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.cases import joint, standing
from onegrid.cases.actions.asks import said, unit_named
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Case, CoUnit
from onegrid.common.refusals import Conflict, Invalid
from onegrid.core.flow import Action, Evidence


@dataclass(frozen=True, slots=True)
class CoUnitGiven:
    """A unit that shall help, and with what."""

    unit_id: UUID
    task: str


def called(
    case: Case, given: Sequence[CoUnitGiven], *, lead_id: UUID | None, now: datetime
) -> tuple[list[UUID], list[str]]:
    """Write down helping units; return all that help now, and the names of the new ones.

    The sub-deadline of each follows from the clocks when the step is written (`joint.follow`).

    Raises:
        Invalid: a unit is unknown or leads itself, or has no task.
        Conflict: a unit helps already.
    """
    helping, names = list(case.co_unit_ids), []
    for item in given:
        unit = unit_named(item.unit_id)
        if unit.id == lead_id:
            raise Invalid("joint.leads", field="unit", unit=unit.name)
        if unit.id in helping:
            raise Conflict("joint.helps_already", unit=unit.name)
        if not item.task.strip():
            raise Invalid("joint.task", field="text", unit=unit.name)
        CoUnit.objects.create(
            case_id=case.pk,
            unit_id=unit.id,
            round=case.round,
            task=item.task.strip(),
            added_at=max(now, case.changed_at),
        )
        helping.append(unit.id)
        names.append(unit.name)
    return helping, names


def without(case: Case, unit_id: UUID, *, now: datetime) -> list[UUID]:
    """Return the helping units without one, which is released if it was among them."""
    rows = CoUnit.objects.filter(
        case_id=case.pk, round=case.round, unit_id=unit_id, released_at__isnull=True
    )
    if unit_id in case.co_unit_ids:
        rows.update(released_at=max(now, case.changed_at))
    return [helping for helping in case.co_unit_ids if helping != unit_id]


def add_unit(*, case_id: UUID, doing: Doing, unit_id: UUID, text: str) -> Case:
    """Call a unit in to help; ``text`` is its task.

    Raises:
        Conflict: it helps already.
        Invalid: it is unknown or leads itself, or has no task.
    """

    def move(case: Case) -> Move:
        given = CoUnitGiven(unit_id, text)
        helping, names = called(case, (given,), lead_id=case.lead_unit_id, now=doing.now)
        return Move(
            Action.ADD_UNIT,
            text=text,
            evidence=frozenset({Evidence.UNIT}),
            data={"unit": names[0]},
            changes={"co_unit_ids": helping},
        )

    return take(case_id, doing, Later(Action.ADD_UNIT, move))


def release_unit(*, case_id: UUID, doing: Doing, unit_id: UUID, text: str) -> Case:
    """Let a helping unit go, with the reason; nothing is awaited from it any more.

    Raises:
        Conflict: it does not help.
    """

    def move(case: Case) -> Move:
        if unit_id not in case.co_unit_ids:
            raise Conflict("joint.helps_not")
        return Move(
            Action.RELEASE_UNIT,
            text=text,
            data={"unit": unit_named(unit_id).name},
            changes={"co_unit_ids": without(case, unit_id, now=doing.now)},
        )

    return take(case_id, doing, Later(Action.RELEASE_UNIT, move))


def co_report(*, case_id: UUID, doing: Doing, text: str, unit_id: UUID | None = None) -> Case:
    """Report what a helping unit has done.

    Args:
        unit_id: for whom; needed only by somebody who stands for several helping units.

    Raises:
        Conflict: the unit has reported.
        Invalid: the viewer stands for several; say which.
    """

    def move(case: Case) -> Move:
        row = _own(case, doing, unit_id)
        row.report, row.reported_at = said(text), max(doing.now, case.changed_at)
        row.save(update_fields=["report", "reported_at"])
        return Move(Action.CO_REPORT, text=text, data={"unit": unit_named(row.unit_id).name})

    return take(case_id, doing, Later(Action.CO_REPORT, move))


def _own(case: Case, doing: Doing, unit_id: UUID | None) -> CoUnit:
    mine = standing.helping_units(doing.viewer, case)
    rows = list(joint.unreported(case).filter(unit_id__in=mine).select_for_update())
    if unit_id is not None:
        rows = [row for row in rows if row.unit_id == unit_id]
    if not rows:
        raise Conflict("joint.reported")
    if len(rows) > 1:
        raise Invalid("joint.which_unit", field="unit")
    return rows[0]
