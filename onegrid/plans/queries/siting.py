"""Read siting drafts."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import NotFound
from onegrid.grids import queries as grids
from onegrid.grids.queries.lists import valid_buildings
from onegrid.plans import rights
from onegrid.plans.ground import from_bytes
from onegrid.plans.models import Siting
from onegrid.plans.queries.layers import must_read
from onegrid.plans.terms import Aim, Purpose, RunState

Floats = NDArray[np.float64]
#: rows of those beyond reach
_MOST = 5000


@dataclass(frozen=True, slots=True)
class Figures:
    """Walks of a choice of sites; None where nobody has one."""

    sites: int
    mean: int | None
    far: int | None
    within: float
    beyond: int


@dataclass(frozen=True, slots=True)
class Site:
    """A chosen place; `stands`: there is one today."""

    label: str
    lon: float
    lat: float
    households: int
    mean: int
    stands: bool


@dataclass(frozen=True, slots=True)
class SitingRow:
    """A siting draft in a list."""

    id: UUID
    name: str
    purpose: Purpose
    aim: Aim
    scope_name: str
    stations: int | None
    reach_m: int
    state: RunState
    fault: str
    made_by_name: str
    made_at: datetime
    before: Figures | None
    after: Figures | None
    gap: float
    candidates: int
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Beyond:
    """A building whose households are out of reach; metres None: no site in walking distance."""

    label: str
    lon: float
    lat: float
    households: int
    metres: int | None


@dataclass(frozen=True, eq=False)
class Walks:
    """(n,) buildings: place in degrees, households, metres today and with the sites."""

    ids: tuple[UUID, ...]
    spots: Floats
    households: Floats
    before: Floats
    after: Floats


def sitings(*, viewer: Viewer) -> tuple[SitingRow, ...]:
    """Return the siting drafts that a viewer may see, the newest first.

    Raises:
        Forbidden: the viewer has nothing to do with plans.
    """
    must_read(viewer)
    rows = Siting.objects.filter(dropped_at__isnull=True).defer("walks").order_by("-made_at")
    return tuple(_row(row) for row in rows if rights.may_see(viewer, row.scope_id))


def siting(*, viewer: Viewer, siting_id: UUID) -> SitingRow:
    """Return one siting draft.

    Raises:
        NotFound: there is none, or it is out of the viewer's scope.
    """
    return _row(_found(viewer, siting_id))


def walks(*, viewer: Viewer, siting_id: UUID) -> Walks:
    """Return how far people walk.

    Raises:
        NotFound: there is no such draft, or no answer yet.
    """
    content = bytes(_found(viewer, siting_id).walks)
    if not content:
        raise NotFound("siting.not_found")
    with np.load(io.BytesIO(content), allow_pickle=False) as kept:
        return Walks(
            tuple(from_bytes(kept["ids"])),
            kept["spots"],
            kept["households"],
            kept["before"].astype(np.float64),
            kept["after"].astype(np.float64),
        )


def beyond(*, viewer: Viewer, siting_id: UUID, on: datetime) -> tuple[Beyond, ...]:
    """Return the buildings whose households walk farther than the reach, the farthest first."""
    row, found = (
        siting(viewer=viewer, siting_id=siting_id),
        walks(viewer=viewer, siting_id=siting_id),
    )
    out = np.flatnonzero((found.after > row.reach_m) & (found.households > 0))
    out = out[np.argsort(-found.after[out], kind="stable")][:_MOST]
    wanted = [found.ids[n] for n in out]
    known = dict(valid_buildings(on).filter(pk__in=wanted).values_list("id", "address"))
    return tuple(
        Beyond(
            known.get(found.ids[n], ""),
            float(found.spots[n][0]),
            float(found.spots[n][1]),
            round(float(found.households[n])),
            round(float(found.after[n])) if np.isfinite(found.after[n]) else None,
        )
        for n in out.tolist()
    )


def uses(*, viewer: Viewer, on: datetime) -> tuple[tuple[str, int], ...]:
    """Return the uses of the county's buildings with their numbers, the rarest first."""
    must_read(viewer)
    counted = Counter(valid_buildings(on).values_list("use", flat=True))
    return tuple(sorted(counted.items(), key=lambda pair: (pair[1], pair[0])))


def _found(viewer: Viewer, siting_id: UUID) -> Siting:
    must_read(viewer)
    row = Siting.objects.filter(pk=siting_id, dropped_at__isnull=True).first()
    if row is None or not rights.may_see(viewer, row.scope_id):
        raise NotFound("siting.not_found")
    return row


def _row(row: Siting) -> SitingRow:
    found: dict[str, Any] = row.result
    return SitingRow(
        id=row.pk,
        name=row.name,
        purpose=Purpose(row.purpose),
        aim=Aim(row.aim),
        scope_name=grids.area_names().get(row.scope_id, ""),
        stations=row.stations,
        reach_m=row.reach_m,
        state=RunState(row.state),
        fault=row.fault,
        made_by_name=row.made_by_name,
        made_at=row.made_at,
        before=_figures(found.get("before")),
        after=_figures(found.get("after")),
        gap=found.get("gap", 0.0),
        candidates=found.get("candidates", 0),
        sites=tuple(Site(**one) for one in found.get("sites", ())),
    )


def _figures(found: dict[str, Any] | None) -> Figures | None:
    return None if found is None else Figures(**found)
