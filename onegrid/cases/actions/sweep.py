"""What time itself does to a case: marks and rungs of the clocks, the end of a wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from onegrid.cases import clocks, lawful, notify, oversight, reference, watching
from onegrid.cases.actions.receipts import Receipts
from onegrid.cases.actions.step import Doing, Move, take
from onegrid.cases.models import Case, Clock, Escalation, Rung, Step, Supervision
from onegrid.cases.oversight_terms import SUPERVISE
from onegrid.cases.receivers import Directory
from onegrid.cases.terms import ClockMark
from onegrid.common.tenancy.bulk import insert_all
from onegrid.common.tenancy.context import current_tenant
from onegrid.core.clock import ClockKind, Reading
from onegrid.core.flow import FINAL, Action, State
from onegrid.duties.queries import law_rules
from onegrid.duties.terms import DEFAULTS, Parameter

Row = TypeVar("Row", Clock, Step, Supervision)
#: Clocks whose end the reporter is told of when it was missed.
_PROMISES = frozenset({ClockKind.SOLUTION, ClockKind.PLAN, ClockKind.LEGAL})


def due_case_ids(*, now: datetime, limit: int = 200) -> list[UUID]:
    """Return cases with a clock or a reply to look at, the longest due first.

    Read from the partial indexes of what is still to be said; other clocks are not touched.
    """
    waiting = Clock.objects.filter(next_mark_at__lte=now).order_by("next_mark_at")
    replies = Supervision.objects.filter(next_mark_at__lte=now).order_by("next_mark_at")
    found = [
        (at, case_id)
        for rows in (
            waiting.values_list("next_mark_at", "case_id")[: limit * 2],
            replies.values_list("next_mark_at", "case_id")[:limit],
        )
        for at, case_id in rows
        if at is not None
    ]
    return list(dict.fromkeys(case_id for _, case_id in sorted(found)))[:limit]


def mark_case(*, case_id: UUID, now: datetime) -> int:
    """Say what the clocks of one case have to say; see `mark_cases`."""
    return mark_cases(case_ids=[case_id], now=now)


def mark_cases(*, case_ids: Sequence[UUID], now: datetime) -> int:
    """Write what the clocks of some cases have to say at ``now``; return how many steps.

    A case that somebody is working on at this moment is left for the next sweep. Running it twice
    changes nothing: what was said is remembered in the rows of the clocks.
    """
    locked = Case.objects.select_for_update(skip_locked=True).filter(pk__in=case_ids)
    cases = list(locked.exclude(state__in=[*FINAL, State.MERGED]))
    sweep = _Sweep(now, Directory(now=now), Receipts(now))
    ids = [case.pk for case in cases]
    rows = _by_case(Clock.objects.filter(case_id__in=ids, ended_at__isnull=True, paused=False))
    steps = _by_case(Step.objects.filter(case_id__in=ids).defer("text").order_by("seq"))
    ordered = [case.pk for case in cases if case.supervised]
    replies = _by_case(Supervision.objects.filter(case_id__in=ordered, next_mark_at__lte=now))
    for case in cases:
        sweep.look(case, rows[case.pk], steps[case.pk], replies[case.pk])
    sweep.write(cases)
    return sum(len(said) for said in sweep.said.values())


def _by_case(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


def _keep_clocks(rows: Sequence[Clock]) -> None:
    """Write what was said of some clocks, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_clock SET mark = new.mark, rung = new.rung, next_mark_at = new.next "
            "FROM unnest(%s::uuid[], %s::text[], %s::smallint[], %s::timestamptz[]) "
            "AS new (id, mark, rung, next) "
            "WHERE cases_clock.tenant_id = %s AND cases_clock.id = new.id",
            [
                [row.pk for row in rows],
                [str(row.mark) for row in rows],
                [row.rung for row in rows],
                [row.next_mark_at for row in rows],
                current_tenant(),
            ],
        )


def _keep_cases(cases: Sequence[Case]) -> None:
    """Write what the clocks say of some cases, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET due_at = new.due, mark = new.mark, step_count = new.steps, "
            "supervised = new.supervised "
            "FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::integer[], %s::boolean[]) "
            "AS new (id, due, mark, steps, supervised) "
            "WHERE cases_case.tenant_id = %s AND cases_case.id = new.id",
            [
                [case.pk for case in cases],
                [case.due_at for case in cases],
                [str(case.mark) for case in cases],
                [case.step_count for case in cases],
                [case.supervised for case in cases],
                current_tenant(),
            ],
        )


@dataclass(slots=True)
class _Sweep:
    """One run over some locked cases: what is to be written, gathered and written at once."""

    now: datetime
    staff: Directory
    told: Receipts
    said: dict[UUID, list[Step]] = field(default_factory=lambda: defaultdict(list))
    looked: list[Clock] = field(default_factory=list)
    replies: list[Supervision] = field(default_factory=list)

    def look(
        self, case: Case, rows: list[Clock], steps: list[Step], replies: list[Supervision]
    ) -> None:
        """Say what the clocks of one case have to say."""
        known = {(row.kind, row.round): row for row in rows}
        found = clocks.readings(case, clocks.events_among(steps), now=self.now)
        for item in found:
            row = known.get((item.reading.kind, item.reading.round))
            if row is not None:
                self._mark(case, row, item.reading)
                self._climb(case, row, item.reading)
                row.next_mark_at = clocks.next_look(item.reading, row.mark, row.rung)
                self.looked.append(row)
        for reply in replies:
            self._climb_reply(case, reply)
        clocks.project(case, found)
        self.said[case.pk] += oversight.raise_due(
            case, past=steps, found=found, now=self.now, staff=self.staff
        )

    def write(self, cases: Sequence[Case]) -> None:
        """Write everything that was said, and tell who listens."""
        said = (step for steps in self.said.values() for step in steps)
        insert_all([step for step in said if step.action != Action.SUPERVISE])
        self.told.write()
        _keep_clocks(self.looked)
        Supervision.objects.bulk_update(self.replies, ["rung", "next_mark_at"])
        _keep_cases(cases)
        for case in cases:
            if self.said[case.pk]:
                watching.tell(case, self.said[case.pk])

    def _mark(self, case: Case, row: Clock, reading: Reading) -> None:
        mark = ClockMark.NONE
        if reading.overdue:
            mark = ClockMark.OVERDUE
        elif reading.due_soon:
            mark = ClockMark.DUE_SOON
        if mark in {row.mark, ClockMark.NONE} or row.mark == ClockMark.OVERDUE:
            return
        row.mark = mark
        late = mark == ClockMark.OVERDUE
        action = Action.MARK_OVERDUE if late else Action.MARK_DUE_SOON
        shown = late and reading.kind in _PROMISES
        self._say(case, action, {"clock": reading.kind}, shown=shown)
        if late and reading.kind in _PROMISES - {ClockKind.LEGAL}:
            notify.tell(case, "case_overdue", now=self.now)

    def _climb(self, case: Case, row: Clock, reading: Reading) -> None:
        """Tell everybody whose rung was reached, the lower ones first."""
        for rung in reference.rungs_of(row.kind):
            if rung.percent <= row.rung:
                continue
            at = clocks.rung_time(reading, rung.percent)
            if at is None or at > self.now:
                return
            self._reach(case, rung, clock=row.kind, round=row.round)
            row.rung = rung.percent

    def _climb_reply(self, case: Case, row: Supervision) -> None:
        for rung in reference.rungs_of(SUPERVISE):
            if row.rung < rung.percent and oversight.share_of(row, rung.percent) <= self.now:
                asked = row.rejections + 1
                self._reach(case, rung, clock=SUPERVISE, round=asked, supervision=row)
                row.rung = rung.percent
        row.next_mark_at = oversight.next_look(row)
        self.replies.append(row)

    def _reach(self, case: Case, rung: Rung, *, clock: str, round: int, **more: Any) -> None:
        reached, told = self.staff.told(rung.receiver, case)
        row = Escalation(
            case_id=case.pk,
            clock=clock,
            round=round,
            percent=rung.percent,
            receiver=rung.receiver,
            reached=reached,
            at=self.now,
            **more,
        )
        ids = [holder.id for holder in told]
        self.told.add(case, row, told, by_text=ids if rung.sms else ())
        names = [str(one) for one in ids]
        data = {"clock": clock, "percent": rung.percent, "receiver": reached, "told": names}
        self._say(case, Action.ESCALATE, data)

    def _say(
        self, case: Case, action: Action, data: dict[str, Any], *, shown: bool = False
    ) -> None:
        step = Step(**oversight.unsaved(case, action, now=self.now, data=data, shown=shown))
        self.said[case.pk].append(step)


def waited_out_ids(*, now: datetime, limit: int = 200) -> list[UUID]:
    """Return cases that have waited for information longer than the rule in force allows."""
    shortest = min(
        (row.amount or 0 for row in law_rules() if row.parameter == Parameter.INFO_WAIT_DAYS),
        default=DEFAULTS[Parameter.INFO_WAIT_DAYS],
    )
    rows = Case.objects.filter(
        state=State.INFO_WAIT, changed_at__lte=now - timedelta(days=shortest)
    )
    return [case.pk for case in rows.order_by("changed_at")[:limit] if _waited_out(case, now)]


def _waited_out(case: Case, now: datetime) -> bool:
    days = lawful.amount(case, Parameter.INFO_WAIT_DAYS, now=now)
    return case.changed_at <= now - timedelta(days=days)


def give_up_waiting(*, case_id: UUID, doing: Doing) -> Case:
    """Go on without the information that nobody sent; the clocks run again.

    Raises:
        Conflict: the case does not wait any more.
    """
    return take(case_id, doing, Move(Action.GIVE_UP_WAITING))
