"""What every step means for supervision: rules raise it by themselves, withdrawal lets it lapse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime

from onegrid.accounts.queries.holders import Holder
from onegrid.cases import reference
from onegrid.cases.clocks import DEFAULT_CALENDAR, ClockReading, promised_clock
from onegrid.cases.models import Case, Reminder, Step, Supervision
from onegrid.cases.oversight_terms import (
    SUPERVISE,
    Receiver,
    ReminderReason,
    SupervisionState,
)
from onegrid.cases.receivers import Directory
from onegrid.cases.terms import REPLAYED, VOID, Channel, Solved
from onegrid.core.calendar import add_working, add_working_days, working_between
from onegrid.core.clock import ClockKind, Reading
from onegrid.core.flow import FINAL, OPEN, Action, Actor, State
from onegrid.core.oversight import Fact, Rule, hits, next_percent
from onegrid.notices import actions as notices
from onegrid.organisation.queries import calendars

#: Steps after which the checks look at a case.
_CHECKED = frozenset(
    {
        Action.CLASSIFY,
        Action.RECLASSIFY,
        Action.CHANGE_KIND,
        Action.ANSWER_NOW,
        Action.FINISH,
        Action.EXTERNAL_DONE,
        Action.ASK_REOPEN,
        Action.KEEP_VERDICT,
        Action.CLOSE,
    }
)
_OPEN = (SupervisionState.OPEN, SupervisionState.REPLIED)
_COUNTED = {
    Action.REFUSE_RETURN: Fact.RETURNS_REFUSED,
    Action.VERIFY_FAIL: Fact.CHECKS_FAILED,
    Action.REMIND: Fact.REMINDERS,
}


def follow(
    case: Case,
    *,
    past: Sequence[Step],
    written: Iterable[Step],
    found: Sequence[ClockReading],
) -> list[Step]:
    """Bring supervision in line with the steps just taken; `case` is saved later.

    Args:
        past: the steps of the case, those just taken included.
        written: those just taken.
        found: the clocks as read after them.

    Returns:
        The steps that rules add by themselves, already written.
    """
    if any(step.action in _CHECKED for step in written):
        case.to_check = True
    if case.supervised and case.state in FINAL:
        lapse(case)
    if any(step.to_state == State.REOPEN_REQ != step.from_state for step in written):
        _tell_of_reopening(case)
    return raise_due(case, past=past, found=found, now=case.changed_at)


#: Who decides on a reopening, by how many there were; from the third on the county office.
_DECIDES = {1: Receiver.COMMUNITY, 2: Receiver.STREET}


def _tell_of_reopening(case: Case) -> None:
    place = _DECIDES.get(case.round, Receiver.OFFICE)
    _, leaders = Directory(now=case.changed_at).told(place, case)
    remind(case, leaders, ReminderReason.REOPENING, now=case.changed_at)


def lapse(case: Case) -> None:
    """End what was ordered for a case that its reporter has taken back."""
    Supervision.objects.filter(case_id=case.pk, state__in=_OPEN).update(
        state=SupervisionState.LAPSED, settled_at=case.changed_at, next_mark_at=None
    )
    case.supervised = False


def raise_due(
    case: Case,
    *,
    past: Iterable[Step],
    found: Sequence[ClockReading],
    now: datetime,
    staff: Directory | None = None,
) -> list[Step]:
    """Put a case under supervision by every rule that holds and has not done so in this round."""
    if State(case.state) not in OPEN or case.batch.startswith((REPLAYED, VOID)):
        return []
    facts = facts_of(case, past, found)
    rules = hits(reference.watch_rules.get(), facts, on=localtime(now).date())
    if not rules:
        return []
    known = set(
        Supervision.objects.filter(case_id=case.pk, round=case.round)
        .exclude(rule="")
        .values_list("rule", flat=True)
    )
    return [
        _raised(case, rule, facts, now=now, staff=staff or Directory(now=now))
        for rule in rules
        if rule.code not in known
    ]


def facts_of(
    case: Case, steps: Iterable[Step], found: Iterable[ClockReading]
) -> Mapping[Fact, int]:
    """Return what the rules look at, of the present round; clocks that rest or ended count 0."""
    counted = dict.fromkeys(Fact, 0)
    for step in steps:
        if step.data.get("round", 1) != case.round:
            continue
        if step.action in _COUNTED:
            counted[_COUNTED[Action(step.action)]] += 1
        if step.action == Action.ASK_REOPEN and step.data.get("solved") == Solved.NO:
            counted[Fact.UNSOLVED] += 1
    counted[Fact.REOPENINGS] = case.round - 1
    shares = {item.reading.kind: _share(item.reading) for item in found}
    counted[Fact.PROMISE_SHARE] = shares.get(promised_clock(case), 0)
    counted[Fact.SIGN_SHARE] = shares.get(ClockKind.SIGN, 0)
    return counted


def _share(reading: Reading) -> int:
    """Return the share of a running promise that is used up, in per cent."""
    if reading.ended is not None or reading.paused_since is not None:
        return 0
    used = int(100 * (reading.fraction or 0))
    return max(used, 100) if reading.overdue else used


def _raised(
    case: Case, rule: Rule, facts: Mapping[Fact, int], *, now: datetime, staff: Directory
) -> Step:
    row = issue(
        case,
        kind=rule.kind,
        trigger=rule.trigger,
        text=rule.basis or rule.code,
        due=reply_due(now, days=rule.reply_days),
        now=now,
        rule=rule.code,
        staff=staff,
    )
    data = {"rule": rule.code, "fact": rule.fact, "value": facts[rule.fact]}
    return by_itself(case, Action.SUPERVISE, now=now, data={**said_of(row), **data})


def said_of(row: Supervision) -> dict[str, Any]:
    """Return what a step says of a supervision."""
    return {"supervision": row.kind, "trigger": row.trigger, "supervision_id": str(row.pk)}


def issue(
    case: Case,
    *,
    kind: str,
    trigger: int,
    text: str,
    due: datetime,
    now: datetime,
    staff: Directory,
    rule: str = "",
    issued_by: Any = None,
    published: bool = False,
) -> Supervision:
    """Write a supervision down and tell those who owe the reply."""
    row = Supervision(
        case_id=case.pk,
        kind=kind,
        trigger=trigger,
        rule=rule,
        round=case.round,
        unit_id=case.lead_unit_id,
        issued_at=now,
        issued_by=issued_by,
        text=text,
        published=published,
        asked_at=now,
        reply_due=due,
    )
    row.next_mark_at = next_look(row)
    row.save(force_insert=True)
    case.supervised = True
    head = staff.at(Receiver.UNIT_HEAD, case)
    _, handlers = staff.told(Receiver.HANDLER, case)
    remind(case, (*handlers, *head), ReminderReason.SUPERVISED, now=now, supervision=row)
    return row


def reply_due(now: datetime, *, days: int) -> datetime:
    """Return when a reply is due, in working days of the office."""
    return add_working_days(calendars()[DEFAULT_CALENDAR], now, days)


def next_look(row: Supervision) -> datetime | None:
    """Return when the sweep must look at a reply that is awaited, or None when it need not."""
    if row.state != SupervisionState.OPEN:
        return None
    percents = [rung.percent for rung in reference.rungs_of(SUPERVISE)]
    percent = next_percent(percents, row.rung)
    return share_of(row, percent) if percent is not None else None


def share_of(row: Supervision, percent: int) -> datetime:
    """Return when a share of the time for the reply is used up."""
    office = calendars()[DEFAULT_CALENDAR]
    allowed = working_between(office, row.asked_at, row.reply_due)
    return add_working(office, row.asked_at, max(allowed * percent // 100, timedelta(minutes=1)))


def remind(
    case: Case,
    to: Iterable[Holder],
    reason: ReminderReason,
    *,
    now: datetime,
    supervision: Supervision | None = None,
) -> None:
    """Tell people of a case, on their page and by text message."""
    once = {holder.id: holder for holder in to}.values()
    rows = [
        Reminder(
            case_id=case.pk,
            supervision=supervision,
            reason=reason,
            account_id=holder.id,
            role=holder.grant.role,
            at=now,
            sms=bool(holder.phone),
        )
        for holder in once
    ]
    Reminder.objects.bulk_create(rows)
    for holder, row in zip(once, rows, strict=True):
        if row.sms:
            text_message(case, holder, f"staff_{reason}", {}, key=str(row.pk), now=now)


def text_message(
    case: Case, holder: Holder, template: str, params: dict[str, str], *, key: str, now: datetime
) -> None:
    """Queue a text message to a member of staff; it names the case and nothing personal."""
    notices.queue(
        channel="sms",
        recipient=holder.phone,
        recipient_user_id=holder.id,
        template=template,
        params={"number": case.number, **params},
        language=holder.language,
        dedupe_key=f"reminder:{key}",
        now=now,
        expires_at=now + timedelta(days=1),
    )


def by_itself(
    case: Case, action: Action, *, now: datetime, data: Mapping[str, Any], shown: bool = False
) -> Step:
    """Write a step that time or a rule takes; the state stays."""
    return Step.objects.create(**unsaved(case, action, now=now, data=data, shown=shown))


def unsaved(
    case: Case, action: Action, *, now: datetime, data: Mapping[str, Any], shown: bool = False
) -> dict[str, Any]:
    """Return the columns of a step that time or a rule takes, and count it."""
    case.step_count += 1
    return {
        "case_id": case.pk,
        "seq": case.step_count,
        "at": max(now, case.changed_at),
        "action": action,
        "from_state": case.state,
        "to_state": case.state,
        "actor_role": "system",
        "relation": Actor.SYSTEM,
        "channel": Channel.WEB,
        "data": {**data, "round": case.round},
        "shown_to_reporter": shown,
    }
