"""Remind helping units whose report is late, level by level; each once and with a receipt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from onegrid.cases import joint, oversight, watching
from onegrid.cases.actions.receipts import Receipts
from onegrid.cases.models import Case, CoUnit, Escalation, Step
from onegrid.cases.oversight_terms import HELPING, HELPING_LEVELS, Receiver
from onegrid.cases.receivers import Directory
from onegrid.cases.terms import REPLAYED, VOID
from onegrid.core.flow import Action, State
from onegrid.organisation.queries import units

#: States in which the time of a helping unit runs.
_RUNNING = (
    State.DISPATCHED,
    State.RETURN_REQ,
    State.ARBITRATION,
    State.ACCEPTED,
    State.IN_PROGRESS,
    State.PLANNED,
    State.EXTERNAL,
)


def remind_helpers(*, now: datetime, limit: int = 200) -> int:
    """Say of late reports what is due at ``now``; return how many levels were reached.

    Reads the partial index of reports to look at, at most ``limit`` of them, and writes in a few
    statements. A case that somebody works on at this moment is left for the next run; running it
    twice changes nothing.
    """
    rows = list(_due(now).values_list("pk", "case_id")[:limit])
    if not rows:
        return 0
    ids = {case_id for _, case_id in rows}
    locked = Case.objects.select_for_update(skip_locked=True).filter(pk__in=ids)
    cases = {case.pk: case for case in locked.filter(state__in=_RUNNING)}
    late = _due(now).filter(pk__in=[pk for pk, _ in rows], case_id__in=cases)
    run = _Run(now, Directory(now=now), Receipts(now))
    for row in late.select_for_update(of=("self",)):
        run.look(cases[row.case_id], row)
    run.write()
    return len(run.told.escalations)


def _due(now: datetime) -> QuerySet[CoUnit]:
    waiting = CoUnit.objects.filter(
        next_mark_at__lte=now,
        reported_at__isnull=True,
        released_at__isnull=True,
        case__state__in=_RUNNING,
        case__round=F("round"),
    )
    for batch in (REPLAYED, VOID):
        waiting = waiting.exclude(case__batch__startswith=batch)
    return waiting.order_by("next_mark_at", "pk")


@dataclass(slots=True)
class _Run:
    """What is to be written, gathered and written at once."""

    now: datetime
    staff: Directory
    told: Receipts
    rows: list[CoUnit] = field(default_factory=list)
    cases: dict[UUID, Case] = field(default_factory=dict)
    steps: list[tuple[Case, Step]] = field(default_factory=list)

    def look(self, case: Case, row: CoUnit) -> None:
        """Reach every level whose time has come, the lower ones first."""
        for percent, receiver in HELPING_LEVELS:
            if row.rung < percent and joint.late_at(row, percent) <= self.now:
                self._reach(case, row, percent, receiver)
                row.rung = percent
        row.next_mark_at = joint.next_late_look(row)
        self.rows.append(row)
        self.cases[case.pk] = case

    def write(self) -> None:
        """Write everything that was said, and tell who listens."""
        Step.objects.bulk_create(step for _, step in self.steps)
        self.told.write()
        CoUnit.objects.bulk_update(self.rows, ["rung", "next_mark_at"])
        Case.objects.bulk_update(self.cases.values(), ["step_count"])
        for case in self.cases.values():
            watching.tell(case, [step for one, step in self.steps if one is case])

    def _reach(self, case: Case, row: CoUnit, percent: int, receiver: Receiver) -> None:
        """Write a level down; the leading unit hears of the first one beside the helping unit."""
        reached, told = self.staff.of_unit(receiver, row.unit_id, case)
        event = Escalation(
            case_id=case.pk,
            co_unit=row,
            clock=HELPING,
            round=row.round,
            percent=percent,
            receiver=receiver,
            reached=reached,
            at=self.now,
        )
        leads = self.staff.at(Receiver.HANDLER, case) if receiver is Receiver.HANDLER else ()
        everybody = tuple({holder.id: holder for holder in (*told, *leads)}.values())
        self.told.add(case, event, everybody, by_text={holder.id for holder in told})
        unit = units().get(row.unit_id)
        data = {
            "clock": HELPING,
            "percent": percent,
            "receiver": reached,
            "unit": unit.name if unit else "",
            "told": [str(holder.id) for holder in everybody],
        }
        said = oversight.unsaved(case, Action.ESCALATE, now=self.now, data=data)
        self.steps.append((case, Step(**said)))
