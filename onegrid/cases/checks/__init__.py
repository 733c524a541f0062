"""Checks that look at how a case was handled, by plain rules and without any model.

Each returns what it saw, so that a supervisor can judge; none of them names or counts a person.
"""

from onegrid.cases.checks.answers import copied, left_out, too_short
from onegrid.cases.checks.seen import Answer, Seen, StepSeen, Suspicion
from onegrid.cases.checks.steps import (
    class_lowered,
    just_in_time,
    kind_softened,
    own_call,
)

__all__ = [
    "CHECKS",
    "Answer",
    "Seen",
    "StepSeen",
    "Suspicion",
]

#: Every check, in the order of the list of a supervisor.
CHECKS = (class_lowered, kind_softened, copied, too_short, left_out, just_in_time, own_call)
