"""Compute a siting draft, in a process of its own."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from onegrid.common.refusals import Refusal
from onegrid.common.tenancy.context import tenant_tx
from onegrid.core.errors import CoreError
from onegrid.core.flat import Flat
from onegrid.core.planning import make_town
from onegrid.core.planning.siting import Sites, site
from onegrid.grids import queries as grids
from onegrid.grids.queries import BuildingRow
from onegrid.plans.ground import Ground, Ints
from onegrid.plans.models import Feature, Siting
from onegrid.plans.siting import asking
from onegrid.plans.survey import survey
from onegrid.plans.terms import Aim

#: metres from a feature of a layer to the building that stands for it
_NEAR_M = 150.0
#: nobody walks farther
_FARTHEST_M = 5000.0

Found = tuple[dict[str, Any], bytes]


@dataclass(frozen=True, eq=False)
class _Task:
    ground: Ground
    rows: Sequence[BuildingRow]
    candidates: Ints
    stands: Ints
    stations: int | None
    reach: float
    aim: str


def work(*, tenant_id: int, siting_id: UUID, clock: Callable[[], datetime]) -> None:
    """Answer a siting draft; no transaction is open while it computes."""
    try:
        with tenant_tx(tenant_id):
            task = _task(asking.claim(siting_id=siting_id), clock())
        result, walks = _answer(task)
    except (CoreError, Refusal) as error:
        with tenant_tx(tenant_id):
            asking.fail(siting_id=siting_id, fault=error.code, now=clock())
        return
    with tenant_tx(tenant_id):
        asking.finish(siting_id=siting_id, result=result, walks=walks, now=clock())


def _task(row: Siting, now: datetime) -> _Task:
    ground = survey(scope_id=row.scope_id, on=now)
    known = {one.id: one for one in grids.buildings(area_id=row.scope_id, on=now)}
    rows = [known[one] for one in ground.building_ids()]
    chosen = np.array([one.use in row.uses for one in rows])
    if row.layer_id is not None:
        chosen[_nearest(rows, row.layer_id)] = True
    return _Task(
        ground=ground,
        rows=rows,
        candidates=np.flatnonzero(chosen).astype(np.int64),
        stands=np.flatnonzero([one.use in row.stands for one in rows]).astype(np.int64),
        stations=row.stations,
        reach=float(row.reach_m),
        aim=row.aim,
    )


def _nearest(rows: Sequence[BuildingRow], layer_id: UUID) -> Ints:
    """Return the building that stands for each feature of a layer; those far away have none."""
    found = Feature.objects.filter(layer_id=layer_id).values_list("geom", flat=True)
    shapes = shapely.from_wkb([bytes(geom) for geom in found])
    flat = Flat(rows[0].lon, rows[0].lat)
    spots = shapely.get_coordinates(flat.metres(shapely.point_on_surface(shapes)))
    places = flat.metres(shapely.points([(one.lon, one.lat) for one in rows]))
    metres, near = cKDTree(shapely.get_coordinates(places)).query(spots)
    picked: Ints = np.unique(near[metres <= _NEAR_M]).astype(np.int64)
    return picked


def _answer(task: _Task) -> Found:
    ground = task.ground
    town = make_town(
        xy=ground.xy, households=ground.households, edges=ground.edges, barrier=ground.barrier
    )
    before = None
    if len(task.stands):
        before = site(
            town=town,
            candidates=task.stands,
            existing=task.stands,
            stations=len(task.stands),
            farthest_m=_FARTHEST_M,
        )
    after = site(
        town=town,
        candidates=task.candidates,
        existing=task.stands if len(task.stands) else None,
        stations=task.stations,
        reach_m=None if task.aim == Aim.WALK else task.reach,
        farthest_m=_FARTHEST_M,
    )
    result = {
        "before": _figures(before, task.reach),
        "after": _figures(after, task.reach),
        "gap": round(after.gap, 4),
        "candidates": len(np.union1d(task.candidates, task.stands)),
        "sites": _sites(task, after),
    }
    return result, _walks(task, before, after)


def _figures(sites: Sites | None, reach: float) -> dict[str, Any] | None:
    """Return number of sites, walks in metres, share of the households within reach."""
    if sites is None:
        return None
    far = sites.percentile(0.9)
    beyond = float(sites.households[sites.metres > reach].sum())
    return {
        "sites": len(sites.rows),
        "mean": round(sites.mean) if np.isfinite(sites.metres).any() else None,
        "far": round(far) if np.isfinite(far) else None,
        "within": round(sites.within(reach), 4),
        "beyond": round(beyond),
    }


def _sites(task: _Task, after: Sites) -> list[dict[str, Any]]:
    stands = set(task.stands.tolist())
    found = []
    for place, row in enumerate(after.rows.tolist()):
        served = after.serves == place
        people = after.households[served]
        mean = float(np.average(after.metres[served], weights=people)) if people.sum() else 0.0
        building = task.rows[row]
        found.append(
            {
                "label": building.address,
                "lon": building.lon,
                "lat": building.lat,
                "households": round(float(people.sum())),
                "mean": round(mean),
                "stands": row in stands,
            }
        )
    return sorted(found, key=lambda one: (not one["stands"], -one["households"]))


def _walks(task: _Task, before: Sites | None, after: Sites) -> bytes:
    """Return walks in metres (infinite: none) and places as a compressed file of arrays."""
    out = io.BytesIO()
    none: NDArray[np.float64] = np.full(len(task.rows), np.inf)
    np.savez_compressed(
        out,
        ids=task.ground.ids,
        spots=np.array([(one.lon, one.lat) for one in task.rows]),
        households=task.ground.households,
        before=(none if before is None else before.metres).astype(np.float32),
        after=after.metres.astype(np.float32),
    )
    return out.getvalue()
