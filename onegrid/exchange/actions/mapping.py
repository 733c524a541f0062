"""Turn the other side's words for places and matters into ours, by the mapping table."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from onegrid.cases.actions import Place
from onegrid.cases.reference import category_by_code
from onegrid.exchange.models import Mapping
from onegrid.exchange.queries import area_by_code
from onegrid.exchange.terms import MapKind

_ADDRESS = 200


@dataclass(frozen=True, slots=True)
class Found:
    """What the words mean here; ``notes`` tell the assessor what nobody has mapped."""

    place: Place
    words: str
    category_code: str
    notes: tuple[str, ...]


def resolve(system: str, body: Map[str, Any], *, now: datetime) -> Found:
    """Return place and category of an order.

    What has no row in the table is left open for the assessor, with a note that names it. The
    point counts before the area; words are always kept.
    """
    notes: list[str] = []
    given = body.get("place") or {}
    words = str(given.get("address", "")).strip()[:_ADDRESS]
    words = words or str(given.get("name", "")).strip()[:_ADDRESS] or _("No place given")
    area_id = None
    code = str(given.get("code", ""))
    if code:
        area_id = area_by_code(_ours(system, MapKind.PLACE, code), on=now)
        if area_id is None:
            notes.append(_unmapped(_("place"), code, str(given.get("name", ""))))
    place = Place(
        address=words,
        lon=given.get("lon"),
        lat=given.get("lat"),
        system=str(given.get("system", "wgs84")),
        area_id=area_id,
    )
    return Found(place, words, _category(system, body, notes), tuple(notes))


def _category(system: str, body: Map[str, Any], notes: list[str]) -> str:
    given = body.get("category") or {}
    code = str(given.get("code", ""))
    if not code:
        return ""
    ours = _ours(system, MapKind.CATEGORY, code)
    if ours and category_by_code(ours) is not None:
        return ours
    notes.append(_unmapped(_("category"), code, str(given.get("name", ""))))
    return ""


def _ours(system: str, kind: str, theirs: str) -> str:
    rows = Mapping.objects.filter(system=system, kind=kind, theirs=theirs)
    return rows.values_list("ours", flat=True).first() or ""


def _unmapped(what: str, code: str, name: str) -> str:
    return _(
        "The %(what)s “%(name)s” (%(code)s) of the order is not in the mapping table. Choose it by "
        "hand and tell the system administrator."
    ) % {"what": what, "name": name, "code": code}
