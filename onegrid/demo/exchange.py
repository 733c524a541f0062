"""The demo county's exchange: its hotline, and what some of the hotline's words mean here."""

from __future__ import annotations

from datetime import datetime

from onegrid.accounts.viewer import Viewer
from onegrid.demo.divisions import TENANT_ID
from onegrid.exchange.actions import map_word, set_partner
from onegrid.exchange.terms import MapKind, System

#: Key that the demo and its twin share; it opens nothing but an invented county.
KEY_ID, SECRET = "demo", "demo-hotline-12345-secret"
_CATEGORIES = (
    ("0201", "供水", "water.leak"),
    ("0202", "排水", "water.sewer"),
    ("0301", "路灯照明", "power.light"),
)


def set_exchange_up(*, url: str, street_code: str, now: datetime) -> None:
    """Tell the county where its hotline is, and map three matters and one place.

    Args:
        url: of the twin, as far as it is known when the county is built.
        street_code: the street that the hotline calls "城区".
    """
    system = Viewer.system(TENANT_ID)
    set_partner(
        viewer=system,
        system=System.HOTLINE,
        url=url,
        key_id=KEY_ID,
        secret=SECRET,
        is_active=True,
        caller=None,
        now=now,
    )
    rows = [(MapKind.CATEGORY, *row) for row in _CATEGORIES]
    for kind, theirs, name, ours in [*rows, (MapKind.PLACE, "CL-01", "城区", street_code)]:
        map_word(
            viewer=system,
            system=System.HOTLINE,
            kind=kind,
            theirs=theirs,
            their_name=name,
            ours=ours,
            now=now,
        )
