"""Departments' layers over the grids: what does not fit, and which old cell is which grid (S5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray

from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Conflict, Invalid
from onegrid.common.tenancy.context import current_tenant
from onegrid.core.flat import Flat
from onegrid.core.overlay import Fault, Laid, Share, Spot, lay
from onegrid.grids.queries import AreaRow, plan_version
from onegrid.grids.queries.lists import rows_of, valid_buildings
from onegrid.grids.queries.plan import plan
from onegrid.grids.terms import AreaLevel
from onegrid.plans.queries.layers import FeatureRow, LayerRow, features, layers
from onegrid.plans.terms import DEPARTMENTS, LayerKind

MOST_LAYERS = 8
_KEPT = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A place with a fault; shape and point in WGS 84 degrees.

    Attributes:
        first: label of the cell; of a gap and of its slivers the name of the grid.
        second: label of the other cell or the grid; empty without.
        area: square metres.
    """

    kind: LayerKind
    fault: Fault
    first: str
    second: str
    area: float
    lon: float
    lat: float
    shape: Any


@dataclass(frozen=True, slots=True)
class CrossRow:
    """What an old cell has in common with a grid.

    Attributes:
        grid_code, grid_name: empty for what lies outside all grids.
        share: of the cell's ground, 0 to 1.
        households: of the buildings of that grid in the cell.
        household_share: of all households in the cell, 0 to 1; 0 where nobody lives.
        main: the cell is mapped to this grid: it has most of its households, or all of the grid.
    """

    kind: LayerKind
    cell_code: str
    cell_name: str
    grid_code: str
    grid_name: str
    share: float
    households: int
    household_share: float
    main: bool


@dataclass(frozen=True, slots=True)
class Over:
    """One layer over the grids."""

    layer: LayerRow
    cells: tuple[Any, ...]
    places: tuple[Place, ...]
    rows: tuple[CrossRow, ...]


@dataclass(frozen=True, slots=True)
class Overlay:
    """Several layers over the grids of a day; shapes in WGS 84 degrees."""

    grids: tuple[Any, ...]
    layers: tuple[Over, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """Return all places with a fault, the largest first within a layer."""
        return tuple(place for one in self.layers for place in one.places)

    @property
    def rows(self) -> tuple[CrossRow, ...]:
        """Return the cross-walk of all layers."""
        return tuple(row for one in self.layers for row in one.rows)


def overlay(*, viewer: Viewer, kinds: Sequence[str], on: datetime) -> Overlay:
    """Lay the counting layers of some departments over the grids that hold at a moment.

    Raises:
        Forbidden: the viewer has nothing to do with plans.
        Invalid: none or more than eight kinds, or one without a layer.
        Conflict: there are no grids.
    """
    known = {row.kind: row for row in layers(viewer=viewer) if row.counts}
    wanted = [known[kind] for kind in DEPARTMENTS if kind in set(kinds) and kind in known]
    if not 0 < len(wanted) <= MOST_LAYERS or len(wanted) < len(set(kinds)):
        raise Invalid("overlay.kinds", field="kind")
    grids, shapes = _grids(on)
    if not grids:
        raise Conflict("overlay.no_grids", field="kind")
    return Overlay(tuple(shapes), tuple(_over(viewer, row, grids, shapes, on) for row in wanted))


def _grids(on: datetime) -> tuple[list[AreaRow], list[Any]]:
    found = plan().outlines[AreaLevel.GRID]
    pairs = [
        (row, shape) for row, shape in zip(found.rows, found.shapes, strict=True) if row.valid(on)
    ]
    return [row for row, _ in pairs], [shape for _, shape in pairs]


_made: dict[tuple[int, UUID, str, int], Over] = {}


def _over(
    viewer: Viewer, layer: LayerRow, grids: list[AreaRow], shapes: list[Any], on: datetime
) -> Over:
    """Lay one layer over the grids; the same again comes from memory."""
    key = (current_tenant(), layer.id, plan_version(), plan().era(on))
    if key not in _made:
        if len(_made) >= _KEPT:
            _made.clear()
        rows = features(viewer=viewer, layer_id=layer.id)
        cells = shapely.from_wkb([row.geom for row in rows])
        _made[key] = _laid(layer, _Task(layer.kind, rows, cells, grids, on), shapes)
    return _made[key]


@dataclass(frozen=True, slots=True)
class _Task:
    """What is laid over what; positions of `rows` and `grids` are the numbers of `Laid`."""

    kind: LayerKind
    rows: Sequence[FeatureRow]
    cells: NDArray[Any]
    grids: list[AreaRow]
    on: datetime


def _laid(layer: LayerRow, task: _Task, shapes: list[Any]) -> Over:
    west, south, east, north = shapely.total_bounds(shapes)
    flat = Flat(float(west + east) / 2, float(south + north) / 2)
    laid = lay(list(flat.metres(task.cells)), list(flat.metres(shapes)))
    places = tuple(_place(task, spot, flat) for spot in laid.spots)
    return Over(layer, tuple(task.cells), places, _rows(task, laid))


def _place(task: _Task, spot: Spot, flat: Flat) -> Place:
    shape = flat.degrees([spot.shape])[0]
    point = shape.representative_point()
    gap, overlaps = spot.of is Fault.GAP, spot.of is Fault.OVERLAP
    first = task.grids[spot.first].name if gap else task.rows[spot.first].label
    second = ""
    if spot.second >= 0:
        second = task.rows[spot.second].label if overlaps else task.grids[spot.second].name
    return Place(task.kind, spot.fault, first, second, spot.area, point.x, point.y, shape)


def _rows(task: _Task, laid: Laid) -> tuple[CrossRow, ...]:
    """Make the table, by cell; the grid with most households comes first and is the main one."""
    lived = _households(task)
    by_cell: dict[int, list[Share]] = {}
    for share in laid.shares:
        by_cell.setdefault(share.cell, []).append(share)
    return tuple(
        row
        for cell in range(len(task.rows))
        for row in _rows_of(task, cell, by_cell.get(cell, []), lived)
    )


def _rows_of(
    task: _Task, cell: int, shares: list[Share], lived: dict[tuple[int, int], int]
) -> Iterator[CrossRow]:
    counts = {one.grid: lived.get((cell, one.grid), 0) for one in shares}
    total = sum(counts.values())
    ordered = sorted(shares, key=lambda one: (one.grid < 0, -counts[one.grid], -one.area))
    for place, one in enumerate(ordered):
        grid = task.grids[one.grid] if one.grid >= 0 else None
        yield CrossRow(
            kind=task.kind,
            cell_code=task.rows[cell].label,
            cell_name=task.rows[cell].name,
            grid_code=grid.code if grid else "",
            grid_name=grid.name if grid else "",
            share=one.share,
            households=counts[one.grid],
            household_share=counts[one.grid] / total if total else 0.0,
            main=grid is not None and (place == 0 or one.whole),
        )


def _households(task: _Task) -> dict[tuple[int, int], int]:
    """Return the households by cell and grid; a building has the grid it belongs to."""
    number = {row.id: n for n, row in enumerate(task.grids)}
    buildings = rows_of(valid_buildings(task.on))
    points = shapely.points(np.array([(row.lon, row.lat) for row in buildings]).reshape(-1, 2))
    at, cell = shapely.STRtree(task.cells).query(points, predicate="intersects")
    found: dict[tuple[int, int], int] = {}
    for place, one in zip(at.tolist(), cell.tolist(), strict=True):
        key = (one, number.get(buildings[place].grid_id, -1))
        found[key] = found.get(key, 0) + buildings[place].households
    return found
