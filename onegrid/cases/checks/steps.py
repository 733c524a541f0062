"""Checks of what was done: class and kind made lighter, done just in time, own call-backs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from onegrid.cases.checks.seen import Seen, StepSeen, Suspicion
from onegrid.cases.oversight_terms import CheckCode
from onegrid.cases.terms import CaseClass, Kind
from onegrid.core.flow import Action, Actor

_WEIGHT = {CaseClass.GENERAL.value: 0, CaseClass.MAJOR.value: 1, CaseClass.COMPLEX.value: 2}
_HEAVY = frozenset({Kind.COMPLAINT.value, Kind.WHISTLE.value})
#: Done so shortly before due counts as just in time: minutes, and share of the promise in per cent.
LAST_MINUTES, LAST_PERCENT = 10, 5


def class_lowered(seen: Seen) -> Iterator[Suspicion]:
    """Report a class made lighter after it was set, or at all where life may be in danger."""
    for step in seen.steps:
        looked_at = step.action == Action.RECLASSIFY or (
            step.action == Action.CLASSIFY and seen.safety
        )
        before, after = step.data.get("class_before"), step.data.get("class")
        known = before in _WEIGHT and after in _WEIGHT
        if looked_at and known and _WEIGHT[str(after)] < _WEIGHT[str(before)]:
            yield _at(step, CheckCode.CLASS_LOWERED, before=before, after=after, danger=seen.safety)


def kind_softened(seen: Seen) -> Iterator[Suspicion]:
    """Report a complaint or report of wrongdoing that became something lighter."""
    for step in seen.steps:
        before, after = step.data.get("kind_before"), step.data.get("kind")
        if step.action == Action.CHANGE_KIND and before in _HEAVY and after not in _HEAVY:
            yield _at(step, CheckCode.KIND_SOFTENED, before=before, after=after)


def just_in_time(seen: Seen) -> Iterator[Suspicion]:
    """Report work reported done minutes before due whose round ended in a wish to reopen."""
    asked = {_round(step) for step in seen.steps if step.action == Action.ASK_REOPEN}
    for step in seen.steps:
        due = seen.due.get(_round(step))
        if step.action != Action.FINISH or due is None or _round(step) not in asked:
            continue
        share = seen.budget_minutes.get(_round(step), 0) * LAST_PERCENT / 100
        left = due - step.at
        if timedelta(0) <= left <= timedelta(minutes=min(LAST_MINUTES, share)):
            minutes = round(left.total_seconds() / 60, 1)
            yield _at(step, CheckCode.JUST_IN_TIME, minutes_left=minutes, due=due.isoformat())


def own_call(seen: Seen) -> Iterator[Suspicion]:
    """Report a verdict that the handling side may have given to itself."""
    verdicts = {Action.CLOSE, Action.KEEP_VERDICT, Action.ASK_REOPEN}
    for step in seen.steps:
        if step.action not in verdicts or "solved" not in step.data:
            continue
        how = _own(seen, step)
        if how:
            yield _at(step, CheckCode.OWN_CALL, how=how)


def _own(seen: Seen, step: StepSeen) -> str:
    if step.relation == Actor.CALLER and step.by_handler:
        return "caller_handled"
    if step.relation == Actor.CALLER and seen.phone_of_handler:
        return "number_of_handler"
    if step.relation == Actor.REPORTER and seen.reporter_handled:
        return "account_of_handler"
    return ""


def _round(step: StepSeen) -> int:
    return int(step.data.get("round", 1))


def _at(step: StepSeen, code: CheckCode, **evidence: object) -> Suspicion:
    return Suspicion(code.value, step.seq, evidence)
