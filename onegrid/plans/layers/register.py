"""Buildings of a layer into the register: which column says what, a look, doing it, undoing it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import shapely
from django.db import transaction

from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.common.tables.sources import OUTLINE, Record, written
from onegrid.gis.columns import HEADINGS, plain
from onegrid.grids.actions import hold_places
from onegrid.grids.importing import buildings, registering
from onegrid.grids.importing.batches import BatchRow
from onegrid.grids.importing.registering import Difference, Undone, compare
from onegrid.plans import rights
from onegrid.plans.actions.doing import Doing
from onegrid.plans.ground import Ground
from onegrid.plans.models import Draft, Feature, Layer
from onegrid.plans.terms import LayerKind

#: What a column of a layer may say of a building, and what else it is usually called.
_USUAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "address": ("address", "地址", "门牌", "详细地址", *HEADINGS["name"]),
        "compound": HEADINGS["compound"],
        "number": ("number", "楼号", "栋号", "幢号", "buildingno", "no"),
        "households": HEADINGS["households"],
        "floors": HEADINGS["floors"],
        "units": ("units", "单元数", "单元"),
        "use": HEADINGS["use"],
    }
)
WANTED = tuple(_USUAL)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which column says what.

    Attributes:
        columns: column of the layer by those of `WANTED`; without a column of addresses, compound
            and number make the address.
        blank: where no households are written, nobody lives.
    """

    columns: Mapping[str, str]
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a layer with the first cell that is filled in."""

    name: str
    example: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What taking a layer over would do; `table` has the bad rows."""

    table: buildings.Table
    difference: Difference

    @property
    def counts(self) -> tuple[int, ...]:
        """Return how many are new, changed, gone and bad."""
        found = self.difference
        return len(found.new), len(found.changed), len(found.gone), len(self.table.bad)


def columns_of(*, viewer: Viewer, layer_id: UUID) -> tuple[Column, ...]:
    """Return the columns of a layer of buildings in the order of the file.

    Raises:
        Forbidden, NotFound, Conflict, Invalid: as for `look`.
    """
    layer = _layer(viewer, layer_id)
    found: dict[str, str] = {}
    for attributes in _features(layer).values_list("attributes", flat=True).iterator():
        for name, value in attributes.items():
            found.setdefault(name, written(value)[:40])
    return tuple(Column(*pair) for pair in found.items())


def guess(columns: Collection[Column]) -> Choice:
    """Return the columns by their usual names."""
    known = {plain(one.name): one.name for one in reversed(list(columns))}
    found = {
        what: next((known[plain(name)] for name in names if plain(name) in known), "")
        for what, names in _USUAL.items()
    }
    return Choice(found)


def look(*, viewer: Viewer, layer_id: UUID, choice: Choice, now: datetime) -> Looked:
    """Compare the buildings of a layer with the register; write nothing.

    Raises:
        Forbidden: the viewer makes no plans.
        NotFound: there is no such layer.
        Conflict: it was taken back.
        Invalid: it shows no buildings, or no column says addresses or households.
    """
    layer = _layer(viewer, layer_id)
    if not (_has(choice, "address") or (_has(choice, "compound") and _has(choice, "number"))):
        raise Invalid("layer.address_column", field="address")
    if not _has(choice, "households"):
        raise Invalid("layer.households_column", field="households")
    within = rights.areas_to_plan(viewer)
    table = buildings.read_records(_records(layer, choice), now=now, within=within)
    found = compare(table, now=now)
    if within is not None:
        found.gone = [one for one in found.gone if one.grid_id in within]
    return Looked(table, found)


@transaction.atomic
def take(
    *,
    doing: Doing,
    layer_id: UUID,
    choice: Choice,
    seen: Collection[int],
    end_gone: bool,
) -> Looked | None:
    """Write the good rows of a layer to the register, all or nothing.

    Args:
        seen: counts that were looked at; the register may not have changed since.
        end_gone: buildings that the layer does not have end now.

    Returns:
        None when the key has been used before: nothing is written.

    Raises:
        Forbidden, NotFound, Conflict, Invalid: as for `look`; also when the counts differ now.
    """
    hold_places()
    found = look(viewer=doing.viewer, layer_id=layer_id, choice=choice, now=doing.now)
    if registering.taken_over(doing.key):
        return None
    if found.counts != tuple(seen):
        raise Conflict("layer.register_changed")
    registering.take_over(
        found.difference, key=doing.key, source=layer_id, end_gone=end_gone, now=doing.now
    )
    return found


@transaction.atomic
def take_back(*, doing: Doing, layer_id: UUID, name: str) -> Undone:
    """Take back what a layer brought to the register; what is in use ends instead.

    Raises:
        Forbidden: one of its buildings is outside of the viewer's street.
        NotFound: there is no such batch.
    """
    _must_plan(doing.viewer)
    if name not in {row.name for row in registering.batches(source=layer_id)}:
        raise NotFound("batch.unknown", name=name)
    within = rights.areas_to_plan(doing.viewer)
    if within is not None and not registering.grids_of(name, on=doing.now) <= within:
        raise Forbidden("draft.only_planners")
    return registering.undo(name, now=doing.now, used=drafted)


def taken(*, layer_id: UUID) -> list[BatchRow]:
    """Return what was brought from a layer to the register and not taken back, oldest first."""
    return registering.batches(source=layer_id)


def drafted(ids: Collection[UUID], since: datetime) -> set[UUID]:
    """Return those of some buildings that a draft made since a moment has in its ground."""
    grounds = Draft.objects.filter(base_at__gte=since).values_list("ground", flat=True)
    found: set[UUID] = set()
    for ground in grounds.iterator(chunk_size=1):
        found.update(Ground.load(ground).building_ids())
    return found & set(ids)


def _must_plan(viewer: Viewer) -> None:
    within = rights.areas_to_plan(viewer)
    if within is not None and not within:
        raise Forbidden("draft.only_planners")


def _layer(viewer: Viewer, layer_id: UUID) -> Layer:
    _must_plan(viewer)
    row = Layer.objects.filter(pk=layer_id).first()
    if row is None:
        raise NotFound("layer.not_found")
    if row.undone_at is not None:
        raise Conflict("layer.undone")
    if row.kind != LayerKind.BUILDINGS:
        raise Invalid("layer.no_buildings")
    return row


def _features(layer: Layer) -> Any:
    return Feature.objects.filter(layer=layer).order_by("n", "id")


def _has(choice: Choice, what: str) -> bool:
    return bool(choice.columns.get(what))


def _records(layer: Layer, choice: Choice) -> Iterator[Record]:
    """Yield the features as rows of cells, their number in the file before them."""
    yield 1, [*WANTED, OUTLINE]
    rows = _features(layer).values_list("n", "attributes", "geom")
    for n, attributes, geom in rows.iterator(chunk_size=2000):
        cells = {
            what: written(attributes.get(choice.columns.get(what, ""))).strip() for what in WANTED
        }
        if not _has(choice, "address"):
            cells["address"] = cells["compound"] + cells["number"]
        if choice.blank and not cells["households"]:
            cells["households"] = "0"
        shape = shapely.to_wkt(shapely.from_wkb(bytes(geom)), rounding_precision=-1)
        yield n, [*(cells[what] for what in WANTED), shape]
