"""Read imported layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
import shapely

from onegrid.accounts.queries.holders import staff_names
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.grids.queries import area_names, buildings
from onegrid.grids.queries.inside import points_of
from onegrid.plans.ground import Floats, Ints
from onegrid.plans.layers.counting import counting
from onegrid.plans.layers.cutting import cut
from onegrid.plans.models import Draft, Feature, Layer
from onegrid.plans.terms import COMMUNITY_LEVEL, CUTS, PLANNERS, LayerKind


@dataclass(frozen=True, slots=True)
class LayerRow:
    """An imported file.

    Attributes:
        counts: it is the newest of its kind that was not taken back.
    """

    id: UUID
    kind: LayerKind
    name: str
    file_name: str
    system: str
    at: datetime
    by: str
    count: int
    mended: int
    undone_at: datetime | None
    counts: bool


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """A feature; `geom` is WKB in WGS 84."""

    n: int
    code: str
    name: str
    geom: bytes

    @property
    def label(self) -> str:
        """Return its code, its name, or its number in the file."""
        return self.code or self.name or str(self.n)


def must_read(viewer: Viewer) -> None:
    """Let those read layers who plan, or are asked about plans.

    Raises:
        Forbidden: the viewer does neither.
    """
    if not viewer.is_system and not viewer.has(*PLANNERS, *COMMUNITY_LEVEL):
        raise Forbidden("forbidden")


def layers(*, viewer: Viewer) -> tuple[LayerRow, ...]:
    """Return all imported layers, the newest first.

    Raises:
        Forbidden: the viewer has nothing to do with plans.
    """
    must_read(viewer)
    rows = list(Layer.objects.order_by("-at", "-id"))
    names = staff_names(ids={row.by_id for row in rows if row.by_id is not None})
    newest: dict[str, UUID] = {}
    for row in rows:
        if row.undone_at is None:
            newest.setdefault(row.kind, row.pk)
    return tuple(
        LayerRow(
            row.pk,
            LayerKind(row.kind),
            row.name,
            row.file_name,
            row.system,
            row.at,
            names.get(row.by_id, "") if row.by_id else "",
            row.count,
            row.mended,
            row.undone_at,
            newest.get(row.kind) == row.pk,
        )
        for row in rows
    )


def layer(*, viewer: Viewer, layer_id: UUID) -> LayerRow:
    """Return one layer.

    Raises:
        NotFound: there is none.
        Forbidden: the viewer has nothing to do with plans.
    """
    found = next((row for row in layers(viewer=viewer) if row.id == layer_id), None)
    if found is None:
        raise NotFound("layer.not_found")
    return found


def features(*, viewer: Viewer, layer_id: UUID) -> tuple[FeatureRow, ...]:
    """Return the features of a layer in the order of the file."""
    must_read(viewer)
    rows = Feature.objects.filter(layer_id=layer_id).order_by("n", "id")
    return tuple(
        FeatureRow(n, code, name, bytes(geom))
        for n, code, name, geom in rows.values_list("n", "code", "name", "geom")
    )


@dataclass(frozen=True, eq=False)
class Cells:
    """n buildings in the cells of a layer, as `layers.cutting.cut` gives them to them.

    Attributes:
        names: labels of the cells in the order of the file.
    """

    names: tuple[str, ...]
    cell: Ints
    away: Floats


def cells_of(layer_id: UUID, building_ids: Sequence[UUID]) -> Cells:
    """Return in which cells of a layer some buildings lie.

    Raises:
        NotFound: there is no such layer.
        Invalid: it has no cells, or none of the buildings lies in one.
        Conflict: it was taken back.
    """
    row = Layer.objects.filter(pk=layer_id).first()
    if row is None:
        raise NotFound("layer.not_found")
    if row.undone_at is not None:
        raise Conflict("layer.undone")
    if row.kind not in CUTS:
        raise Invalid("layer.no_cells", field="scope_id")
    rows = Feature.objects.filter(layer=row).order_by("n", "id")
    found = [
        FeatureRow(n, code, name, bytes(geom))
        for n, code, name, geom in rows.values_list("n", "code", "name", "geom")
    ]
    points = points_of(building_ids=building_ids)
    spots = np.array([points[one] for one in building_ids], dtype=np.float64).reshape(-1, 2)
    cell, away = cut([shapely.from_wkb(one.geom) for one in found], spots)
    if not ((cell >= 0) & (away == 0)).any():
        raise Invalid("layer.elsewhere", field="scope_id")
    return Cells(tuple(one.label for one in found), cell, away)


@dataclass(frozen=True, slots=True)
class Beside:
    """A building that lies in no cell; the cell is empty when its grid of today stays."""

    address: str
    cell: str
    grid: str
    metres: int


@dataclass(frozen=True, slots=True)
class CutRow:
    """What a draft from a layer would begin with."""

    layer: LayerRow
    buildings: int
    cells: int
    beside: tuple[Beside, ...]


def cut_of(*, viewer: Viewer, layer_id: UUID, scope_id: UUID, on: datetime) -> CutRow:
    """Say how the buildings of a street or the county lie in the cells of a layer.

    Raises:
        Forbidden: the viewer has nothing to do with plans.
        NotFound, Invalid, Conflict: as for `cells_of`.
    """
    row = layer(viewer=viewer, layer_id=layer_id)
    rows = buildings(area_id=scope_id, on=on)
    found = cells_of(layer_id, [one.id for one in rows])
    names = area_names()
    beside = [
        Beside(
            rows[place].address,
            found.names[found.cell[place]] if found.cell[place] >= 0 else "",
            names.get(rows[place].grid_id, ""),
            round(float(found.away[place])),
        )
        for place in np.flatnonzero((found.cell < 0) | (found.away > 0)).tolist()
    ]
    return CutRow(row, len(rows), len(np.unique(found.cell[found.cell >= 0])), tuple(beside))


def sources(*, draft_id: UUID) -> tuple[tuple[LayerKind, str, datetime], ...]:
    """Return the layers that the ground of a draft was made with: kind, name, brought in when."""
    on = Draft.objects.values_list("base_at", flat=True).get(pk=draft_id)
    found = (counting(kind, on) for kind in (LayerKind.COMPOUNDS, LayerKind.BARRIERS))
    return tuple((LayerKind(row.kind), row.name, row.at) for row in found if row is not None)
