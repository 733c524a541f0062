"""Cells of three departments that were drawn without looking at the grids (S5)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import shapely
from shapely import affinity

from onegrid.accounts.terms import Role
from onegrid.common.tenancy.context import tenant_tx
from onegrid.demo.people import Cast
from onegrid.grids.queries import areas
from onegrid.grids.queries.inside import outlines_of
from onegrid.plans.actions import Doing
from onegrid.plans.actions.layers import keep_layer
from onegrid.plans.layers import Found, Row
from onegrid.plans.terms import LayerKind

#: degrees of latitude
_METRE = 1 / 111_195
_REACH_M, _SHIFT_M = 40, 5


def bring_layers(cast: Cast, *, tenant_id: int) -> None:
    """Bring in beats of the police, districts of urban management and of market supervision."""
    with tenant_tx(tenant_id):
        grids = _grids(cast)
        drawn = (
            (LayerKind.PUBLIC_ORDER, "公安警务责任区", "警务区", _beats(grids)),
            (LayerKind.URBAN_MANAGEMENT, "城管执法责任片", "执法片", _moved(grids)),
            (LayerKind.MARKET, "市场监管责任片", "监管片", _halved(grids)),
        )
        for kind, name, word, cells in drawn:
            doing = Doing(cast.county[Role.DISPATCHER], cast.now, uuid4())
            found = Found("wgs84", tuple(_rows(word, cells)), 0, ())
            keep_layer(doing=doing, kind=kind, name=name, file_name=f"{name}.geojson", found=found)


def _grids(cast: Cast) -> list[list[Any]]:
    """Return the outlines of the grids of each community that has any."""
    found = []
    for community in areas(level="community", on=cast.now):
        own = areas(level="grid", parent_id=community.id, on=cast.now)
        outlines = outlines_of(area_ids=[grid.id for grid in own])
        if outlines:
            found.append([outlines[grid.id] for grid in own if grid.id in outlines])
    return found


def _beats(grids: list[list[Any]]) -> list[Any]:
    """One for each community; the first forgets a grid, the second reaches over its border."""
    cells = [shapely.union_all(own) for own in grids]
    cells[0] = shapely.union_all(grids[0][:-1])
    cells[1] = shapely.buffer(cells[1], _REACH_M * _METRE, join_style="mitre")
    return cells


def _moved(grids: list[list[Any]]) -> list[Any]:
    """One for each community; the last was drawn again by hand, some metres beside."""
    cells = [shapely.union_all(own) for own in grids]
    cells[-1] = affinity.translate(cells[-1], xoff=_SHIFT_M * _METRE)
    return cells


def _halved(grids: list[list[Any]]) -> list[Any]:
    """One for two communities; the first two are parted by a straight line instead."""
    cells = [
        shapely.union_all([shape for own in grids[first : first + 2] for shape in own])
        for first in range(0, len(grids), 2)
    ]
    west, south, east, north = cells[0].bounds
    left = shapely.box(west, south, (west + east) / 2, north)
    halves = [shapely.intersection(cells[0], left), shapely.difference(cells[0], left)]
    return [*halves, *cells[1:]]


def _rows(word: str, cells: list[Any]) -> list[Row]:
    return [
        Row(number, f"{number:02d}", f"第{number}{word}", shapely.to_wkb(cell), {})
        for number, cell in enumerate(cells, start=1)
    ]
