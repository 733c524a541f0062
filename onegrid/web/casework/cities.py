"""The other cities of a case, and why an exchange failed, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from onegrid.accounts.viewer import Viewer
from onegrid.cases.queries import CaseView
from onegrid.cases.request import EXCHANGED
from onegrid.core.flow import Action, Actor
from onegrid.integrations.open311.cities import Trade, trades_of

_REASONS = {
    "http_401": _("They refuse our key"),
    "http_403": _("They refuse our key"),
    "http_404": _("There is no Open311 at this address"),
    "seal": _("Our key cannot be opened any more: enter it again"),
    "later": _("Something could not be handed over; it is tried again"),
    "secret": _("Confidential: it is not carried by a machine"),
    "no_place": _("It has no place"),
    "not_there": _("They do not know the number any more"),
    "no number": _("They gave no number"),
    "not JSON": _("They do not answer in JSON"),
    "not XML": _("They do not answer in XML"),
    "not a list of requests": _("They do not answer as Open311 says"),
    "not a list of services": _("They do not answer as Open311 says"),
    "case.illegal_transition": _("The case had moved on when their news came"),
    "joint.unreported": _("They have closed it; a helping unit here still owes its report"),
}


@dataclass(frozen=True, slots=True)
class TradeShown:
    """A request that a case shares with a city; ``reason`` says why the last attempt failed."""

    row: Trade
    reason: str


def reason(error: str) -> str:
    """Return why an exchange failed in words; what is not known by its code."""
    if not error:
        return ""
    return str(_REASONS.get(error, error))


def shared_with(viewer: Viewer, view: CaseView, now: datetime) -> tuple[TradeShown, ...]:
    """Return with which cities a case is shared; nothing to its reporter."""
    if not view.relations - {Actor.REPORTER}:
        return ()
    gone = any(step.action == Action.HAND_OVER for step in view.steps)
    if not gone and not view.case.batch.startswith(EXCHANGED):
        return ()
    return tuple(TradeShown(row, reason(row.error)) for row in trades_of(view.case.pk))
