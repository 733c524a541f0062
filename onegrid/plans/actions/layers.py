"""Bring a layer in from a file, and take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.db import transaction

from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.plans.actions.doing import Doing
from onegrid.plans.actions.drafting import create_draft
from onegrid.plans.layers import reading
from onegrid.plans.layers.reading import Found, Question, Told
from onegrid.plans.models import Draft, DraftEdit, Feature, Layer
from onegrid.plans.ports import DraftWish
from onegrid.plans.queries.layers import cells_of
from onegrid.plans.terms import MAX_NAME, PLANNERS, EditKind, LayerKind, Status

if TYPE_CHECKING:
    from onegrid.plans.ground import Ground, Ints
    from onegrid.plans.naming import Named

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file brought, or would bring.

    Attributes:
        layer_id: None after a dry run.
        shapes: of the features, WKB in WGS 84.
        notes: what was assumed or mended, codes with parameters.
    """

    layer_id: UUID | None
    system: str
    count: int
    mended: int
    shapes: tuple[bytes, ...]
    notes: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What has to be answered first; nothing was written."""

    question: Question


def import_layer(
    *,
    doing: Doing,
    kind: str,
    name: str,
    file_name: str,
    content: bytes,
    system: str | None = None,
    mend: bool = False,
    barrier: str | None = None,
    dry: bool = False,
) -> Imported | Asked:
    """Read a file and keep its features as a layer; the newest of a kind is the one that counts.

    Args:
        system: coordinate system that somebody chose; None: as the file says.
        mend: mend invalid shapes.
        barrier: what all features of a layer of barriers are; None: as the file says.
        dry: write nothing.

    Raises:
        Forbidden: the viewer makes no plans.
        Invalid: kind or name, or the file cannot be used (`reading.BadFile` names its rows).
    """
    _check(doing, kind, name)
    found = reading.read(
        content, file_name=file_name, kind=kind, system=system, mend=mend, barrier=barrier
    )
    if isinstance(found, Question):
        return Asked(found)
    kept = (
        None
        if dry
        else keep_layer(doing=doing, kind=kind, name=name, file_name=file_name, found=found)
    )
    return Imported(
        kept,
        found.system,
        len(found.rows),
        found.mended,
        tuple(row.geom for row in found.rows),
        found.notes,
    )


@transaction.atomic
def keep_layer(*, doing: Doing, kind: str, name: str, file_name: str, found: Found) -> UUID:
    """Keep what was read as a layer; the same key again writes nothing.

    Raises:
        Forbidden: the viewer makes no plans.
        Invalid: kind or name.
    """
    title = _check(doing, kind, name)
    layer, new = Layer.objects.get_or_create(
        id=doing.key,
        defaults={
            "kind": kind,
            "name": title,
            "file_name": reading.safe_name(file_name),
            "system": found.system[:24],
            "at": doing.now,
            "by_id": doing.viewer.user_id,
            "count": len(found.rows),
            "mended": found.mended,
        },
    )
    if new:
        Feature.objects.bulk_create(
            [
                Feature(
                    layer=layer,
                    n=row.n,
                    code=row.code,
                    name=row.name,
                    geom=row.geom,
                    attributes=row.attributes,
                )
                for row in found.rows
            ],
            batch_size=_BATCH,
        )
    return layer.pk


@transaction.atomic
def undo_layer(*, doing: Doing, layer_id: UUID) -> None:
    """Take an imported layer back; the one of its kind before it counts again.

    Raises:
        Forbidden: the viewer makes no plans.
        NotFound: there is no such layer.
        Conflict: it was taken back before.
    """
    _must_plan(doing)
    row = Layer.objects.select_for_update().filter(pk=layer_id).first()
    if row is None:
        raise NotFound("layer.not_found")
    if row.undone_at is not None:
        raise Conflict("layer.undone")
    Layer.objects.filter(pk=layer_id).update(undone_at=doing.now)


@transaction.atomic
def draft_from_layer(*, doing: Doing, wish: DraftWish, layer_id: UUID) -> UUID:
    """Make a draft whose grids are the cells of a layer, to be edited and adopted like any other.

    A building beside all cells gets the nearest one within 200 m, else its grid of today stays.

    Raises:
        NotFound: there is no such layer, or no such area.
        Forbidden: the viewer makes no drafts there.
        Invalid: a value that cannot be, or the layer has no cells where the draft is.
        Conflict: the layer was taken back.
    """
    from onegrid.plans.ground import Ground

    _must_plan(doing)
    draft = Draft.objects.get(pk=create_draft(doing=doing, wish=wish))
    if draft.labels:
        return doing.key
    ground = Ground.load(draft.ground)
    found = cells_of(layer_id, ground.building_ids())
    labels = np.where(found.cell < 0, len(found.names) + ground.today, found.cell)
    _cut(draft, ground, labels, doing, known={}, data={"layer": str(layer_id)})
    return doing.key


@transaction.atomic
def draft_as_drawn(
    *, doing: Doing, wish: DraftWish, grid_of: Mapping[UUID, int], named: Mapping[int, Named]
) -> UUID:
    """Make a draft whose grids were drawn elsewhere.

    Args:
        grid_of: number of the grid of each building there.
        named: what these grids are called, by number.

    Raises:
        NotFound, Forbidden, Invalid: as `create_draft`.
    """
    from onegrid.plans.ground import Ground

    draft = Draft.objects.get(pk=create_draft(doing=doing, wish=wish))
    if draft.labels:
        return doing.key
    ground = Ground.load(draft.ground)
    labels = np.array([grid_of[one] for one in ground.building_ids()], dtype=np.int64)
    _cut(draft, ground, labels, doing, known=named, data={})
    return doing.key


def _cut(
    draft: Draft,
    ground: Ground,
    labels: Ints,
    doing: Doing,
    *,
    known: Mapping[int, Named],
    data: dict[str, str],
) -> None:
    """Keep grids that no run has made, as the first entry of the draft."""
    from onegrid.plans.actions.results import keep
    from onegrid.plans.ground import pack

    draft.labels = pack(labels)
    draft.status = Status.READY
    keep(draft, ground, now=doing.now, known=known)
    DraftEdit.objects.create(
        draft=draft,
        seq=1,
        kind=EditKind.PLAN,
        at=doing.now,
        by_id=doing.actor,
        by_name=doing.viewer.name,
        data=data,
    )


def _check(doing: Doing, kind: str, name: str) -> str:
    """Return the name as it is kept."""
    _must_plan(doing)
    if kind not in LayerKind.values:
        raise Invalid("layer.kind", field="kind")
    title = name.replace("\0", "").strip()
    if not 0 < len(title) <= MAX_NAME:
        raise Invalid("layer.name", field="name", most=MAX_NAME)
    return title


def _must_plan(doing: Doing) -> None:
    if not doing.viewer.has(*PLANNERS):
        raise Forbidden("draft.only_planners")
