"""Closed lists of codes as choices of columns."""

from __future__ import annotations

from onegrid.core import flow
from onegrid.core.clock import ClockKind
from onegrid.core.flow import Action, State

STATES = [(state.value, state.value) for state in State]
ACTIONS = [(action.value, action.value) for action in Action]
FINAL = sorted(state.value for state in flow.FINAL)
CLOCKS = [(kind.value, kind.value) for kind in ClockKind]
#: States in which a unit has the case.
UNIT_STATES = ["dispatched", "return_req", "accepted", "in_progress", "planned", "on_hold"]
