"""Change the escalation ladder and the rules of supervision: new versions, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import reference
from onegrid.cases.actions.ladder import RuleGiven, RungGiven
from onegrid.cases.models import Clock, RuleChange, Rung, Supervision, WatchRule
from onegrid.cases.oversight_terms import SUPERVISE, RuleSubject, SupervisionState
from onegrid.cases.terms import REPLAYED, VOID
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.core.flow import FINAL, State

#: Who says what the county watches: its supervisors, and who sets the system up.
CHANGERS = (Role.SUPERVISOR, Role.SYSTEM_ADMIN)
MAX_REASON = 200


@transaction.atomic
def change_rung(*, viewer: Viewer, given: RungGiven, reason: str, now: datetime) -> Rung:
    """Add a rung, or replace the one of this percentage from now on.

    Running clocks are looked at again by the next sweep; what a case was told stays told.

    Raises:
        Forbidden: the viewer may not say what is watched.
        Invalid: a value is not on its list, or no reason is given.
        Conflict: it does just this already.
    """
    said = _allowed(viewer, reason)
    given.check()
    old = Rung.objects.select_for_update().filter(percent=given.percent, until__isnull=True).first()
    before = _of_rung(old) if old else {}
    if before == given.values():
        raise Conflict("rung.same", field="receiver")
    _end(old, now)
    row = Rung.objects.create(percent=given.percent, since=now, **given.values())
    sides = _Sides(before, given.values())
    _note(viewer, RuleSubject.RUNG, str(given.percent), sides, reason=said, now=now)
    _look_again({*given.clocks, *before.get("clocks", ())}, now)
    reference.ladder.clear()
    return row


@transaction.atomic
def end_rung(*, viewer: Viewer, percent: int, reason: str, now: datetime) -> None:
    """Take a rung off the ladder from now on, for every case of the county.

    Raises:
        Forbidden, Invalid: as in `change_rung`.
        NotFound: there is no such rung.
        Conflict: it is the last one.
    """
    said = _allowed(viewer, reason)
    holding = list(Rung.objects.select_for_update().filter(until__isnull=True))
    row = next((one for one in holding if one.percent == percent), None)
    if row is None:
        raise NotFound("rung.unknown", percent=percent)
    if len(holding) == 1:
        raise Conflict("rung.last")
    _end(row, now)
    sides = _Sides(_of_rung(row), {})
    _note(viewer, RuleSubject.RUNG, str(percent), sides, reason=said, now=now)
    reference.ladder.clear()


@transaction.atomic
def change_rule(
    *, viewer: Viewer, given: RuleGiven, valid_from: date, reason: str, now: datetime
) -> WatchRule:
    """Add a rule of supervision, or replace it from a day on.

    Args:
        valid_from: first local day; today or later.

    Raises:
        Forbidden: the viewer may not say what is watched.
        Invalid: a value cannot be used, the day lies before today or the present version.
        Conflict: it does just this already.
    """
    said = _allowed(viewer, reason)
    given.check()
    old = _latest(given.code)
    before = _of_rule(old) if old else {}
    if old is not None and old.valid_to is None and before == given.values():
        raise Conflict("watchrule.same", field="at_least")
    _check_day(old, valid_from, now)
    _end_rule(old, valid_from)
    row = WatchRule.objects.create(code=given.code, valid_from=valid_from, **given.values())
    sides = _Sides(before, {**given.values(), "valid_from": valid_from.isoformat()})
    _note(viewer, RuleSubject.RULE, given.code, sides, reason=said, now=now)
    reference.watch_rules.clear()
    return row


@transaction.atomic
def end_rule(*, viewer: Viewer, code: str, valid_to: date, reason: str, now: datetime) -> None:
    """Let a rule raise nothing from a day on; what it raised stays open.

    Raises:
        Forbidden, Invalid: as in `change_rule`.
        NotFound: no such rule is in force.
    """
    said = _allowed(viewer, reason)
    row = _latest(code)
    if row is None or row.valid_to is not None:
        raise NotFound("watchrule.unknown", code=code[:24])
    _check_day(row, valid_to, now)
    _end_rule(row, valid_to)
    _note(viewer, RuleSubject.RULE, code, _Sides(_of_rule(row), {}), reason=said, now=now)
    reference.watch_rules.clear()


def _allowed(viewer: Viewer, reason: str) -> str:
    if not viewer.has(*CHANGERS) or viewer.user_id is None:
        raise Forbidden("forbidden")
    said = reason.strip()
    if not said or len(said) > MAX_REASON:
        raise Invalid("rule_change.reason", field="reason", most=MAX_REASON)
    return said


def _latest(code: str) -> WatchRule | None:
    rows = WatchRule.objects.select_for_update().filter(code=code)
    return rows.order_by("-valid_from").first()


def _check_day(old: WatchRule | None, day: date, now: datetime) -> None:
    today = localtime(now).date()
    if day < today:
        raise Invalid("watchrule.past", field="valid_from", day=today.isoformat())
    if old is None:
        return
    first = old.valid_to or old.valid_from + timedelta(days=1)
    if day < first:
        raise Invalid("watchrule.early", field="valid_from", day=first.isoformat())


def _end(row: Rung | None, now: datetime) -> None:
    if row is not None:
        Rung.objects.filter(pk=row.pk).update(until=now)


def _end_rule(row: WatchRule | None, day: date) -> None:
    if row is not None and row.valid_to is None:
        WatchRule.objects.filter(pk=row.pk).update(valid_to=day)


def _of_rung(row: Rung) -> dict[str, Any]:
    return RungGiven(row.percent, row.receiver, row.clocks, row.sms).values()


def _of_rule(row: WatchRule) -> dict[str, Any]:
    return RuleGiven(
        row.code, row.trigger, row.kind, row.fact, row.at_least, row.reply_days, row.basis
    ).values()


@dataclass(frozen=True, slots=True)
class _Sides:
    """What stood there and what stands there now; empty: nothing."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]


def _note(
    viewer: Viewer, subject: RuleSubject, code: str, sides: _Sides, *, reason: str, now: datetime
) -> None:
    assert viewer.user_id is not None
    RuleChange.objects.create(
        at=now,
        by=viewer.user_id,
        by_name=viewer.name[:64],
        subject=subject,
        code=code,
        before=dict(sides.before),
        after=dict(sides.after),
        reason=reason,
    )


def _look_again(clocks: Iterable[str], now: datetime) -> None:
    """Let the sweep look at what a changed rung may concern, at its next run."""
    running = Clock.objects.filter(kind__in=list(clocks), ended_at__isnull=True, paused=False)
    apart = running.exclude(case__state__in=[*FINAL, State.MERGED])
    for batch in (REPLAYED, VOID):
        apart = apart.exclude(case__batch__startswith=batch)
    apart.update(next_mark_at=now)
    if SUPERVISE in clocks:
        Supervision.objects.filter(state=SupervisionState.OPEN).update(next_mark_at=now)
