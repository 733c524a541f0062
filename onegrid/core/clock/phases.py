"""Split the life of a case into the five phases of the closed loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from onegrid.core.clock.terms import PHASES, Event, Phase, stays
from onegrid.core.flow import FINAL, State

_ZERO = timedelta(0)


def time_per_phase(events: Sequence[Event], now: datetime) -> Mapping[Phase, timedelta]:
    """Return the wall time spent in each phase, all five of them, in their order.

    Time in a final state belongs to nobody and is left out, so the figures add up to
    `open_time`. Waiting for information belongs to the phase in which it was asked for.

    Raises:
        BadEvents: the events cannot be put in one line (see `stays`).
    """
    spent = dict.fromkeys(Phase, _ZERO)
    before = Phase.ASSESS
    for stay in stays(events, now):
        phase = PHASES[stay.state]
        if stay.state == State.INFO_WAIT and before is Phase.DISPOSE:
            phase = Phase.DISPOSE
        if stay.state not in FINAL:
            spent[phase] += stay.end - stay.start
        before = phase
    return spent


def open_time(events: Sequence[Event], now: datetime) -> timedelta:
    """Return the wall time during which the case was open."""
    return sum((s.end - s.start for s in stays(events, now) if s.state not in FINAL), _ZERO)
