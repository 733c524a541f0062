"""Rows of the exchange; imported by actions and queries of this app only."""

from onegrid.exchange.models.hooks import HookCall, HookTarget
from onegrid.exchange.models.orders import ExternalOrder, Mapping, Message, Partner

__all__ = ["ExternalOrder", "HookCall", "HookTarget", "Mapping", "Message", "Partner"]
