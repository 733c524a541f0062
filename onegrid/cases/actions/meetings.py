"""Sit together over a case (会商、联席会议): who was there, what was said, what was ruled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from onegrid.cases.actions.asks import unit_named
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Case, Meeting
from onegrid.cases.terms import MeetingKind
from onegrid.common.refusals import Invalid
from onegrid.core.flow import Action


def record_meeting(
    *,
    case_id: UUID,
    doing: Doing,
    kind: str,
    held_at: datetime,
    unit_ids: Sequence[UUID],
    minutes: str,
    ruling: str,
) -> Case:
    """Write down a meeting; its ruling is a step that the reporter reads, its minutes are inside.

    Raises:
        Invalid: the kind is not on the list, it lies in the future or before the case, no unit was
            present, or minutes or ruling are missing.
    """
    if kind not in MeetingKind.values:
        raise Invalid("meeting.kind", field="kind")
    if not unit_ids:
        raise Invalid("meeting.units", field="units")
    for name, text in (("minutes", minutes), ("ruling", ruling)):
        if not text.strip():
            raise Invalid(f"meeting.{name}", field=name)
    present = [unit_named(unit_id) for unit_id in dict.fromkeys(unit_ids)]

    def move(case: Case) -> Move:
        if not case.opened_at <= held_at <= doing.now:
            raise Invalid("meeting.held_at", field="held_at")
        Meeting.objects.create(
            case_id=case.pk,
            kind=kind,
            round=case.round,
            held_at=held_at,
            unit_ids=[unit.id for unit in present],
            minutes=minutes.strip(),
            ruling=ruling.strip(),
            written_by=doing.viewer.user_id,
        )
        return Move(
            Action.MEET,
            text=ruling,
            data={"meeting": kind, "units": [unit.name for unit in present]},
        )

    return take(case_id, doing, Later(Action.MEET, move))
