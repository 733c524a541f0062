"""Read imported layers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.queries.holders import staff_names
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Forbidden, NotFound
from onegrid.plans.models import Feature, Layer
from onegrid.plans.terms import COMMUNITY_LEVEL, PLANNERS, LayerKind


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
