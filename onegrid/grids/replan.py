"""Replace areas from a moment on, and take that back while the moment is still to come."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import shapely
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from onegrid.grids.actions import bump_plan
from onegrid.grids.models import Area, Membership
from onegrid.grids.queries.plan import plan
from onegrid.grids.terms import CoordinateSystem

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class NewArea:
    """A community or grid that begins; `parent_id` is an area that is there or stands before it.

    Attributes:
        shape: outline in WGS 84.
    """

    id: UUID
    level: str
    code: str
    name: str
    parent_id: UUID
    households: int
    shape: BaseGeometry


@transaction.atomic
def replace_areas(
    *,
    ended: Collection[UUID],
    new: Sequence[NewArea],
    moves: Mapping[UUID, UUID],
    effective_at: datetime,
    now: datetime,
) -> None:
    """End areas at a moment, let others begin, and move buildings (by id) to grids (by id)."""
    paths = {row.id: row.path for row in plan().rows}
    rows = []
    for area in new:
        paths[area.id] = f"{paths[area.parent_id]}/{area.code}"
        rows.append(
            Area(
                id=area.id,
                level=area.level,
                code=area.code,
                name=area.name,
                parent_id=area.parent_id,
                path=paths[area.id],
                households=area.households,
                geom=shapely.to_wkb(area.shape),
                input_system=CoordinateSystem.WGS84,
                valid_from=effective_at,
            )
        )
    Area.objects.filter(id__in=ended).update(valid_to=effective_at)
    Area.objects.bulk_create(rows, batch_size=_BATCH)
    Membership.objects.bulk_create(
        [
            Membership(building_id=building, grid_id=grid, valid_from=effective_at)
            for building, grid in moves.items()
        ],
        batch_size=_BATCH,
    )
    bump_plan(now=now)


@transaction.atomic
def take_areas_back(
    *, ended: Collection[UUID], added: Sequence[UUID], effective_at: datetime, now: datetime
) -> None:
    """Undo `replace_areas`; nothing refers to the added areas yet."""
    Membership.objects.filter(grid_id__in=added, valid_from=effective_at).delete()
    rows = {row.id: row for row in plan().rows}
    for area_id in sorted(added, key=lambda one: -rows[one].path.count("/")):
        Area.objects.filter(id=area_id).delete()
    Area.objects.filter(id__in=ended, valid_to=effective_at).update(valid_to=None)
    bump_plan(now=now)
