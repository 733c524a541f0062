"""What the clocks are, and in which state of a case each of them runs, pauses or ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from onegrid.core.calendar import DutyCalendar
from onegrid.core.errors import CoreError
from onegrid.core.flow import State


class BadEvents(CoreError):
    """Refuse steps that are unordered, repeated, without a time zone or in an unknown state."""


class BadTarget(CoreError):
    """Refuse a target that is not positive, or counts in hours and in days at once."""


class ClockKind(StrEnum):
    """Name the promises that a case is measured against."""

    RESPONSE = "response"
    SOLUTION = "solution"
    PLAN = "plan"
    LEGAL = "legal"
    SIGN = "sign"
    CALLBACK = "callback"


class Effect(StrEnum):
    """Say what a state does to a clock; no effect leaves it as it is."""

    RUN = "run"
    PAUSE = "pause"
    END = "end"


class Phase(StrEnum):
    """Name the five phases of the closed loop: 发现, 研判, 分类, 处置, 反馈."""

    DISCOVER = "discover"
    ASSESS = "assess"
    CLASSIFY = "classify"
    DISPOSE = "dispose"
    FEEDBACK = "feedback"


@dataclass(frozen=True)
class Event:
    """Hold what the clocks see of a step: when, what was done, and the state after it."""

    at: datetime
    action: str
    to_state: State


@dataclass(frozen=True)
class Target:
    """Describe one promise.

    Attributes:
        kind: which clock.
        calendar: the duty hours in which time counts.
        amount: duty time allowed, or None.
        working_days: working days allowed, or None. With neither the clock only measures.
        extra: duty time granted on top of ``amount`` (an extension).
        starts_on: states whose entry starts the clock; empty means the first in which it runs.
        basis: law article or promise it rests on, shown beside the figure.

    Raises:
        BadTarget: both limits are given, or one is not positive.
    """

    kind: ClockKind
    calendar: DutyCalendar
    amount: timedelta | None = None
    working_days: int | None = None
    starts_on: frozenset[State] = frozenset()
    extra: timedelta = timedelta(0)
    basis: str = ""

    def __post_init__(self) -> None:
        if self.amount is not None and self.working_days is not None:
            raise BadTarget("clock.two_limits", kind=self.kind)
        too_short = self.amount is not None and self.amount <= timedelta(0)
        if too_short or (self.working_days is not None and self.working_days < 1):
            raise BadTarget("clock.limit_not_positive", kind=self.kind)


_COLUMNS = (
    ClockKind.RESPONSE,
    ClockKind.SOLUTION,
    ClockKind.PLAN,
    ClockKind.LEGAL,
    ClockKind.SIGN,
    ClockKind.CALLBACK,
)
_TABLE = """
draft         -      -      -      -      -      -
registered    run    run    -      run    -      -
triage        run    run    -      run    -      -
info_wait     pause  pause  pause  pause  pause  -
not_accepted  end    end    end    end    end    -
classified    run    run    -      run    -      -
dispatched    run    run    -      run    run    -
return_req    run    run    -      run    end    -
arbitration   run    run    -      run    end    -
accepted      run    run    run    run    end    -
in_progress   end    run    run    run    end    -
planned       end    run    end    run    end    -
on_hold       -      pause  pause  run    -      -
external      -      run    -      run    end    -
done          end    pause  pause  run    end    -
verify        end    pause  pause  run    end    -
callback      end    end    end    end    end    run
closed        end    end    end    end    end    end
reopen_req    end    end    end    end    end    end
reopened      -      run    -      -      -      -
merged        -      -      -      -      -      -
withdrawn     end    end    end    end    end    end
"""


def _runs(table: str) -> Mapping[State, Mapping[ClockKind, Effect]]:
    rows = (line.split() for line in table.strip().splitlines())
    return MappingProxyType(
        {
            State(state): MappingProxyType(
                {
                    kind: Effect(cell)
                    for kind, cell in zip(_COLUMNS, cells, strict=True)
                    if cell != "-"
                }
            )
            for state, *cells in rows
        }
    )


RUNS = _runs(_TABLE)
"""Effect of each state on each clock (`LEGAL`: Weifang hotline regulation, Art. 20).

An empty cell starts nothing and changes nothing: a clock already running goes on. The time as a
merged case counts as if the case had stayed where it stood, so that nothing is left of a merger
that is undone.
"""

RESTARTS = frozenset({ClockKind.SOLUTION, ClockKind.SIGN, ClockKind.CALLBACK})
"""Clocks that begin a new round after they ended; the others run once in the life of a case."""

APPEALABLE = frozenset({State.NOT_ACCEPTED})
"""States after which every clock begins a new round when the case comes back to work."""

UNDONE_ON_RETURN = frozenset({State.DONE, State.VERIFY})
"""Pauses that count after all when the case goes back to work: the verification failed."""

FORGIVEN = frozenset({ClockKind.RESPONSE, ClockKind.SOLUTION})
"""Clocks that leave out, afterwards, the time of a return that was upheld (`RETURN_REQ`)."""

DROPPED_BY = frozenset({State.WITHDRAWN})
"""States that end a clock without anybody having kept the promise."""


PHASES: Mapping[State, Phase] = MappingProxyType(
    {
        State.DRAFT: Phase.DISCOVER,
        State.REGISTERED: Phase.DISCOVER,
        State.TRIAGE: Phase.ASSESS,
        State.INFO_WAIT: Phase.ASSESS,
        State.CLASSIFIED: Phase.CLASSIFY,
        State.DISPATCHED: Phase.CLASSIFY,
        State.RETURN_REQ: Phase.CLASSIFY,
        State.ARBITRATION: Phase.CLASSIFY,
        State.ACCEPTED: Phase.DISPOSE,
        State.IN_PROGRESS: Phase.DISPOSE,
        State.PLANNED: Phase.DISPOSE,
        State.REOPENED: Phase.DISPOSE,
        State.ON_HOLD: Phase.DISPOSE,
        State.EXTERNAL: Phase.DISPOSE,
        State.MERGED: Phase.DISPOSE,
        State.NOT_ACCEPTED: Phase.FEEDBACK,
        State.DONE: Phase.FEEDBACK,
        State.VERIFY: Phase.FEEDBACK,
        State.CALLBACK: Phase.FEEDBACK,
        State.CLOSED: Phase.FEEDBACK,
        State.REOPEN_REQ: Phase.FEEDBACK,
        State.WITHDRAWN: Phase.FEEDBACK,
    }
)
"""Phase of each state; waiting for information during the work counts as `DISPOSE`."""


@dataclass(frozen=True)
class Stay:
    """Hold the time ``[start, end)`` a case spent in one state."""

    start: datetime
    end: datetime
    state: State


def stays(events: Sequence[Event], now: datetime) -> tuple[Stay, ...]:
    """Return the case's stays in order, as they were known at `now`; later events are left out.

    Raises:
        BadEvents: an instant has no time zone, the events run backwards, the same change of state
            appears twice, or a state is unknown.
    """
    check_events(events)
    if now.tzinfo is None:
        raise BadEvents("clock.naive_now", now=now)
    known = [event for event in events if event.at <= now]
    ends = [event.at for event in known[1:]] + [now]
    return tuple(
        Stay(event.at, end, event.to_state) for event, end in zip(known, ends, strict=False)
    )


def check_events(events: Sequence[Event]) -> None:
    """Refuse events no clock can be computed from; see `stays`."""
    state: State | None = None
    last: Event | None = None
    for number, event in enumerate(events, start=1):
        if event.at.tzinfo is None:
            raise BadEvents("clock.naive_event", number=number, action=event.action)
        if event.to_state not in RUNS:
            raise BadEvents("clock.unknown_state", number=number, state=event.to_state)
        if last is not None:
            _check_follows(last, event, number, changed=last.to_state != state)
            state = last.to_state
        last = event


def _check_follows(last: Event, event: Event, number: int, *, changed: bool) -> None:
    if event.at < last.at:
        raise BadEvents("clock.unordered", number=number, at=event.at, before=last.at)
    if event == last and changed:
        raise BadEvents("clock.duplicate", number=number, action=event.action, at=event.at)
