"""Writes of the exchange: take messages in, carry ours out, set systems, mappings and hooks up."""

from onegrid.exchange.actions.hooks import (
    add_target,
    call_due,
    forget_calls,
    remove_target,
    switch_target,
    try_target,
)
from onegrid.exchange.actions.inbox import Taken, take_in
from onegrid.exchange.actions.outbox import Delivered, deliver_due, send_again
from onegrid.exchange.actions.setup import map_word, set_partner, unmap_word

__all__ = [
    "Delivered",
    "Taken",
    "add_target",
    "call_due",
    "deliver_due",
    "forget_calls",
    "map_word",
    "remove_target",
    "send_again",
    "set_partner",
    "switch_target",
    "take_in",
    "try_target",
    "unmap_word",
]
