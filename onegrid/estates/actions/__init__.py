"""Everything that can be done to the register of estates; one function is one verb."""

from onegrid.estates.actions.registering import (
    EstateGiven,
    correct,
    register,
    remove,
)
from onegrid.estates.actions.saying import say
from onegrid.estates.actions.stepping import StepGiven, take_step
from onegrid.estates.actions.working import WorkGiven, add_work, move_work
from onegrid.estates.path import Numbers

__all__ = [
    "EstateGiven",
    "Numbers",
    "StepGiven",
    "WorkGiven",
    "add_work",
    "correct",
    "move_work",
    "register",
    "remove",
    "say",
    "take_step",
]
