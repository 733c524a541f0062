"""All clock arithmetic of a case, from its steps: how much time passed, what is due, and why."""

from onegrid.core.clock.lines import Line, LineCode, explain
from onegrid.core.clock.phases import open_time, time_per_phase
from onegrid.core.clock.policy import NoPolicy, PolicyRow, most_specific
from onegrid.core.clock.reading import (
    ClockState,
    Mode,
    Reading,
    Segment,
    next_mark,
    read,
    read_all,
    read_rounds,
    share_due,
)
from onegrid.core.clock.terms import (
    PHASES,
    RUNS,
    BadEvents,
    BadTarget,
    ClockKind,
    Effect,
    Event,
    Phase,
    Target,
    check_events,
)

__all__ = [
    "PHASES",
    "RUNS",
    "BadEvents",
    "BadTarget",
    "ClockKind",
    "ClockState",
    "Effect",
    "Event",
    "Line",
    "LineCode",
    "Mode",
    "NoPolicy",
    "Phase",
    "PolicyRow",
    "Reading",
    "Segment",
    "Target",
    "check_events",
    "explain",
    "most_specific",
    "next_mark",
    "open_time",
    "read",
    "read_all",
    "read_rounds",
    "share_due",
    "time_per_phase",
]
