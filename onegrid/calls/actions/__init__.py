"""Everything that can be done to rosters and calls; one function is one verb."""

from onegrid.calls.actions.answering import (
    Arrival,
    arrive,
    call_off,
    confirm_arrival,
    known_files,
    rate,
    report,
    sign_in,
)
from onegrid.calls.actions.calling import Opened, Wish, call_units, open_call
from onegrid.calls.actions.shifts import ShiftGiven, add_shift, add_team, cancel_shift
from onegrid.calls.actions.swaps import answer_swap, ask_swap, withdraw_swap
from onegrid.calls.actions.sweep import due_ids, look_at

__all__ = [
    "Arrival",
    "Opened",
    "ShiftGiven",
    "Wish",
    "add_shift",
    "add_team",
    "answer_swap",
    "arrive",
    "ask_swap",
    "call_off",
    "call_units",
    "cancel_shift",
    "confirm_arrival",
    "due_ids",
    "known_files",
    "look_at",
    "open_call",
    "rate",
    "report",
    "sign_in",
    "withdraw_swap",
]
