"""Let the checks look at cases after their steps, and settle what they found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from onegrid.accounts.queries.holders import staff_phones
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import clocks, lawful
from onegrid.cases.checks import CHECKS, Answer, Seen, StepSeen
from onegrid.cases.checks.answers import WINDOW_DAYS
from onegrid.cases.models import Alarm, Case, Contact, Part, Step
from onegrid.cases.oversight_terms import Finding
from onegrid.cases.standing import HANDLED
from onegrid.cases.terms import REPLAYED, VOID
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.core.clock import read_rounds

#: Answers of the same unit that are compared at most, the latest first.
MOST_COMPARED = 2_000


def to_check_ids(*, limit: int = 200) -> list[UUID]:
    """Return cases whose latest steps the checks have not looked at, by the partial index."""
    rows = Case.objects.filter(to_check=True).order_by("changed_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def check_case(*, case_id: UUID, now: datetime) -> int:
    """Let every check look at a case; return how many new alarms there are.

    Running it twice changes nothing. A case that somebody works on is left for the next run.
    """
    case = Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).first()
    if case is None:
        return 0
    found: list[Alarm] = []
    if not case.batch.startswith((REPLAYED, VOID)):
        seen = _seen(case, now=now)
        found = [
            Alarm(
                case_id=case.pk,
                unit_id=case.lead_unit_id,
                check_code=one.code,
                round=case.round,
                step_seq=one.step_seq,
                found_at=now,
                evidence=dict(one.evidence),
            )
            for check in CHECKS
            for one in check(seen)
        ]
    before = Alarm.objects.filter(case_id=case.pk).count()
    Alarm.objects.bulk_create(found, ignore_conflicts=True)
    case.to_check = False
    case.save(update_fields=["to_check"])
    return Alarm.objects.filter(case_id=case.pk).count() - before


def settle_alarm(
    *, viewer: Viewer, alarm_id: UUID, finding: str, words: str, now: datetime
) -> Alarm:
    """Say what an alarm turned out to be.

    Raises:
        Forbidden: the viewer is no supervisor.
        NotFound: there is no such alarm.
        Invalid: the finding is not on the list, or nothing is said.
        Conflict: somebody has settled it already.
    """
    if not viewer.has(Role.SUPERVISOR):
        raise Forbidden("forbidden")
    if finding not in Finding.values:
        raise Invalid("alarm.finding", field="finding")
    if not words.strip():
        raise Invalid("alarm.words", field="words")
    row = Alarm.objects.select_for_update().filter(pk=alarm_id).first()
    if row is None:
        raise NotFound("alarm.unknown")
    if row.finding:
        raise Conflict("alarm.settled")
    row.finding, row.words = finding, words.strip()
    row.settled_at, row.settled_by = now, viewer.user_id
    row.save()
    return row


def _seen(case: Case, *, now: datetime) -> Seen:
    steps = list(Step.objects.filter(case_id=case.pk).order_by("seq"))
    handlers = {step.actor_id for step in steps if step.relation in HANDLED and step.actor_id}
    parts = Part.objects.filter(case_id=case.pk, answered_at__isnull=False).order_by("n")
    due, budget = _promises(case, steps, now=now)
    phone = Contact.objects.filter(case_id=case.pk).values_list("phone", flat=True).first()
    return Seen(
        safety=case.safety,
        steps=tuple(_step(step, handlers) for step in steps),
        answers=tuple(Answer(case.number, part.n, part.answer) for part in parts),
        others=_others(case, now=now),
        due=due,
        budget_minutes=budget,
        phone_of_handler=bool(phone) and phone in staff_phones(ids=handlers),
        reporter_handled=case.reporter_id in handlers,
    )


def _step(step: Step, handlers: Iterable[UUID]) -> StepSeen:
    return StepSeen(
        seq=step.seq,
        at=step.at,
        action=step.action,
        relation=step.relation,
        data=step.data,
        by_handler=step.actor_id in set(handlers),
    )


def _others(case: Case, *, now: datetime) -> tuple[Answer, ...]:
    """Return what the unit answered to other cases in the last `WINDOW_DAYS` days."""
    if case.lead_unit_id is None:
        return ()
    rows = (
        Part.objects.filter(
            case__lead_unit_id=case.lead_unit_id, answered_at__gte=now - timedelta(days=WINDOW_DAYS)
        )
        .exclude(case_id=case.pk)
        .order_by("-answered_at")
        .values_list("case__number", "n", "answer")[:MOST_COMPARED]
    )
    return tuple(Answer(*row) for row in rows)


def _promises(
    case: Case, steps: list[Step], *, now: datetime
) -> tuple[dict[int, datetime], dict[int, int]]:
    """Return due time and minutes of the promise of each round."""
    events = clocks.events_among(steps)
    kind = clocks.promised_clock(case)
    policy = clocks.policy_for(case, kind, on=lawful.day_among(events, now))
    if policy is None:
        return {}, {}
    rounds = read_rounds(clocks.target(case, policy), events, now)
    return (
        {reading.round: reading.due for reading in rounds if reading.due is not None},
        {
            reading.round: int(reading.budget.total_seconds() // 60)
            for reading in rounds
            if reading.budget is not None
        },
    )
