"""Rows of outreach: questions by link, public pages with their editions, subscriptions."""

from onegrid.outreach.models.party import PartyRequest
from onegrid.outreach.models.public import Edition, PublicCase
from onegrid.outreach.models.subscription import Subscription

__all__ = ["Edition", "PartyRequest", "PublicCase", "Subscription"]
