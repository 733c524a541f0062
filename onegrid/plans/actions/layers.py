"""Bring a layer in from a file, and take it back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.plans.actions.doing import Doing
from onegrid.plans.layers import reading
from onegrid.plans.layers.reading import Found, Question, Told
from onegrid.plans.models import Feature, Layer
from onegrid.plans.terms import MAX_NAME, PLANNERS, LayerKind

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
    dry: bool = False,
) -> Imported | Asked:
    """Read a file and keep its features as a layer; the newest of a kind is the one that counts.

    Args:
        system: coordinate system that somebody chose; None: as the file says.
        mend: mend invalid shapes.
        dry: write nothing.

    Raises:
        Forbidden: the viewer makes no plans.
        Invalid: kind or name, or the file cannot be used (`reading.BadFile` names its rows).
    """
    _must_plan(doing)
    if kind not in LayerKind.values:
        raise Invalid("layer.kind", field="kind")
    title = name.replace("\0", "").strip()
    if not 0 < len(title) <= MAX_NAME:
        raise Invalid("layer.name", field="name", most=MAX_NAME)
    found = reading.read(content, file_name=file_name, kind=kind, system=system, mend=mend)
    if isinstance(found, Question):
        return Asked(found)
    kept = None if dry else _keep(doing, kind, title, reading.safe_name(file_name), found)
    return Imported(
        kept,
        found.system,
        len(found.rows),
        found.mended,
        tuple(row.geom for row in found.rows),
        found.notes,
    )


@transaction.atomic
def _keep(doing: Doing, kind: str, name: str, file_name: str, found: Found) -> UUID:
    """Write a layer; the same key again writes nothing."""
    layer, new = Layer.objects.get_or_create(
        id=doing.key,
        defaults={
            "kind": kind,
            "name": name,
            "file_name": file_name,
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


def _must_plan(doing: Doing) -> None:
    if not doing.viewer.has(*PLANNERS):
        raise Forbidden("draft.only_planners")
