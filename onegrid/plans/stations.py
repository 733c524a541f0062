"""Where the stations of a draft stand: as the newest siting draft chose them, else as registered.

They are kept with the draft, so that two people who look at it see the same walks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from onegrid.grids.queries import area
from onegrid.grids.queries.lists import valid_buildings
from onegrid.plans.ground import Floats, Ground, from_bytes
from onegrid.plans.models import Siting
from onegrid.plans.terms import Purpose, RunState

#: Uses of registered buildings in which people are served.
USES = ("station", "service", "驿站", "服务站", "便民服务站", "党群服务站", "党群服务中心")


@dataclass(frozen=True, slots=True)
class Station:
    """A place where people are served, in degrees."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Stations:
    """The stations of an area.

    Attributes:
        siting_id, siting_name: the siting draft that chose them; None and empty: the register.
    """

    rows: tuple[Station, ...] = ()
    siting_id: UUID | None = None
    siting_name: str = ""


def stations(*, scope_id: UUID, on: datetime) -> Stations:
    """Return the stations for plans of an area; none when nobody has chosen or registered any."""
    found = (
        Siting.objects.filter(
            scope_id__in=_with_above(scope_id),
            purpose=Purpose.STATION,
            state=RunState.DONE,
            dropped_at__isnull=True,
        )
        .order_by("-made_at")
        .values_list("id", "name", "result")
        .first()
    )
    if found is not None and found[2].get("sites"):
        sites = [Station(one["label"], one["lon"], one["lat"]) for one in found[2]["sites"]]
        return Stations(tuple(sites), found[0], found[1])
    rows = valid_buildings(on).filter(use__in=USES).order_by("address", "id")
    return Stations(tuple(Station(*one) for one in rows.values_list("address", "lon", "lat")))


def _with_above(scope_id: UUID) -> list[UUID]:
    found: list[UUID] = []
    at: UUID | None = scope_id
    while at is not None:
        found.append(at)
        at = area(area_id=at).parent_id
    return found


def kept(given: Stations, ground: Ground, *, on: datetime) -> dict[str, Any]:
    """Return stations as they are kept with a draft, with their places on its ground.

    Args:
        on: when the ground was read.
    """
    from onegrid.plans.survey import Metres

    first = from_bytes(ground.ids[:1])[0]
    origin = valid_buildings(on).values_list("lon", "lat").get(pk=first)
    places = np.array([(one.lon, one.lat) for one in given.rows], dtype=np.float64)
    metres = Metres(*map(float, origin)).of(places.reshape(-1, 2)).round(2).tolist()
    rows = [
        {"name": one.name, "lon": float(one.lon), "lat": float(one.lat), "x": x, "y": y}
        for one, (x, y) in zip(given.rows, metres, strict=True)
    ]
    siting = None if given.siting_id is None else str(given.siting_id)
    return {"siting": siting, "siting_name": given.siting_name, "rows": rows}


def of_draft(found: Mapping[str, Any]) -> Stations:
    """Return the stations that are kept with a draft."""
    rows = (Station(one["name"], one["lon"], one["lat"]) for one in found.get("rows", ()))
    siting = found.get("siting")
    return Stations(tuple(rows), UUID(siting) if siting else None, found.get("siting_name", ""))


def metres_of(found: Mapping[str, Any]) -> Floats:
    """Return (s, 2) places of the stations kept with a draft, in metres of its ground."""
    places = [(one["x"], one["y"]) for one in found.get("rows", ())]
    return np.array(places, dtype=np.float64).reshape(-1, 2)
