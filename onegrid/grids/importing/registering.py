"""Compare buildings of a table with the register, bring them in, and take a batch back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db import transaction

from onegrid.common.refusals import Conflict, NotFound
from onegrid.common.tables import Outcome, Problem, batch_name
from onegrid.grids import actions
from onegrid.grids.importing.batches import BatchRow
from onegrid.grids.importing.buildings import BuildingRow, Table, grids_on
from onegrid.grids.models import Building, BuildingBatch
from onegrid.grids.queries.lists import in_grids, valid_buildings
from onegrid.grids.queries.plan import AreaRow

BATCHES = "buildings/"
_BATCH = 1000
#: characters of a key in the name of its batch
_KEY = 12
#: degrees by which a place or a corner differs at least: some 0.1 m
_SAME = 1e-6
#: fields of a place in a batch
_PLACE = ("lon", "lat", "geom")

#: By field of `Building`: what it is and what it becomes; a footprint as hex of its WKB.
Fields = dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Changed:
    """A building of the register of which a row says something else."""

    id: UUID
    row: BuildingRow
    fields: Fields


@dataclass(frozen=True, slots=True)
class Known:
    """A building of the register."""

    id: UUID
    grid_id: UUID
    address: str
    compound: str
    number: str
    use: str
    floors: int
    units: int
    households: int
    lon: float
    lat: float
    geom: Any


@dataclass(slots=True)
class Difference:
    """What a table of buildings would do to the register.

    Attributes:
        gone: buildings that the table does not name, in grids of which it names others.
    """

    new: list[BuildingRow] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    same: int = 0
    gone: list[Known] = field(default_factory=list)


def compare(table: Table, *, now: datetime) -> Difference:
    """Compare good rows with the register by address; those that cannot be become bad ones.

    A cell that is empty changes nothing. Where several buildings have an address, it is not known
    which one is meant: they stay as they are.
    """
    grids = grids_on(now)
    there: dict[str, list[Known]] = {}
    for one in _known(now):
        there.setdefault(one.address, []).append(one)
    found = {row.row: _fields(row, *there[row.address]) for row in table.rows if _one(row, there)}
    table.keep(lambda row: _elsewhere(row, found, there, grids))
    made = Difference()
    for row in table.rows:
        if row.address not in there:
            made.new.append(row)
        elif found.get(row.row):
            made.changed.append(Changed(there[row.address][0].id, row, found[row.row]))
        else:
            made.same += 1
    made.gone = _gone(table, there, grids)
    return made


def _known(now: datetime) -> list[Known]:
    names = ("grid_on" if name == "grid_id" else name for name in Known.__slots__)
    rows = valid_buildings(now).order_by("address", "id").values_list(*names)
    return [Known(*row) for row in rows.iterator(chunk_size=_BATCH)]


def _one(row: BuildingRow, there: Mapping[str, Sequence[Known]]) -> bool:
    return len(there.get(row.address, ())) == 1


def _fields(row: BuildingRow, known: Known) -> Fields:
    """Return what a row says otherwise than the register."""
    said = {name: (getattr(known, name), getattr(row, name)) for name in row.said}
    return {name: pair for name, pair in said.items() if pair[0] != pair[1]} | _moved(row, known)


def _moved(row: BuildingRow, known: Known) -> Fields:
    """Return the place of a row if it is another one; a point never replaces a footprint."""
    if row.shape is None:
        return {}
    point = row.shape.geom_type == "Point"
    old = None if known.geom is None else shapely.from_wkb(bytes(known.geom))
    if old is not None and (point or shapely.equals_exact(old, row.shape, _SAME, normalize=True)):
        return {}
    lon, lat = _door(row)
    if point and max(abs(lon - known.lon), abs(lat - known.lat)) < _SAME:
        return {}
    new = None if point else shapely.to_wkb(row.shape, hex=True)
    before = None if old is None else bytes(known.geom).hex().upper()
    return {"lon": (known.lon, lon), "lat": (known.lat, lat), "geom": (before, new)}


def _door(row: BuildingRow) -> tuple[float, float]:
    spot = shapely.point_on_surface(row.shape)
    return round(float(spot.x), 7), round(float(spot.y), 7)


def _elsewhere(
    row: BuildingRow,
    found: Mapping[int, Fields],
    there: Mapping[str, Sequence[Known]],
    grids: Mapping[str, AreaRow],
) -> Problem | None:
    """Refuse a place that lies in another grid: only a plan moves buildings."""
    if "lon" not in found.get(row.row, {}):
        return None
    grid = grids[row.grid]
    (known,) = there[row.address]
    if known.grid_id == grid.id:
        return None
    name = next((one.name for one in grids.values() if one.id == known.grid_id), "")
    return Problem(row.row, "", "building.other_grid", {"name": name, "other": grid.name})


def _gone(
    table: Table, there: Mapping[str, Sequence[Known]], grids: Mapping[str, AreaRow]
) -> list[Known]:
    named = {row.address for row in table.rows}
    place = table.header.index("address")
    named |= {cells[place].strip() for cells in table.bad.values() if len(cells) > place}
    touched = {grids[row.grid].id for row in table.rows}
    return [
        one
        for address, rows in there.items()
        if address not in named
        for one in rows
        if one.grid_id in touched
    ]


@transaction.atomic
def bring_in(rows: Sequence[BuildingRow], *, name: str, now: datetime) -> Outcome:
    """Write the buildings of which the address is not there yet, all or nothing.

    The same name again goes on with the same batch.

    Raises:
        Invalid: the name of the batch cannot be used.
        Conflict: a grid is gone.
    """
    batch = batch_name(name)
    there = set(valid_buildings(now).values_list("address", flat=True))
    new = [row for row in rows if row.address not in there]
    if new:
        kept, _new = BuildingBatch.objects.get_or_create(
            name=batch, undone_at=None, defaults={"at": now}
        )
        _write(kept, Difference(new=new), now)
    return Outcome(BATCHES + batch, len(new), 0, len(rows) - len(new))


def taken_over(key: UUID) -> bool:
    """Tell whether a key has been used."""
    return BuildingBatch.objects.filter(pk=key).exists()


@transaction.atomic
def take_over(found: Difference, *, key: UUID, source: UUID, end_gone: bool, now: datetime) -> None:
    """Write a difference as a batch of its own, all or nothing.

    Args:
        key: becomes the id of the batch.
        source: the layer of which it is.
        end_gone: the buildings that are gone end now; otherwise they stay.

    Raises:
        Conflict: a grid is gone.
    """
    kept = BuildingBatch.objects.create(
        pk=key, name=f"layer-{key.hex[:_KEY]}", at=now, source=source
    )
    _write(kept, found if end_gone else Difference(found.new, found.changed), now)


def _write(kept: BuildingBatch, found: Difference, now: datetime) -> None:
    grids = grids_on(now)
    made = [_building(row, grids, now) for row in found.new]
    Building.objects.bulk_create(made, batch_size=_BATCH)
    kept.added = [*kept.added, *(row.id for row in made)]
    kept.changed = {str(one.id): dict(one.fields) for one in found.changed}
    _set({one.id: {name: new for name, (_, new) in one.fields.items()} for one in found.changed})
    kept.ended = [one.id for one in found.gone]
    Building.objects.filter(id__in=kept.ended, valid_to__isnull=True).update(valid_to=now)
    kept.save(update_fields=["added", "changed", "ended"])
    actions.bump_plan(now=now)


def _building(row: BuildingRow, grids: Mapping[str, AreaRow], now: datetime) -> Building:
    if row.grid not in grids or row.shape is None:
        raise Conflict("building.no_grid")
    return actions.new_building(
        row.given(),
        grid_id=grids[row.grid].id,
        shape=row.shape,
        door=np.array(_door(row)),
        system=row.system,
        since=now,
    )


def _set(values: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Write fields of buildings."""
    rows = list(Building.objects.filter(id__in=list(values)))
    names = {name for fields in values.values() for name in fields}
    for row in rows:
        for name, value in values[row.id].items():
            setattr(row, name, value if name != "geom" or value is None else bytes.fromhex(value))
    if names:
        Building.objects.bulk_update(rows, sorted(names), batch_size=_BATCH)


def batches(*, source: UUID | None = None) -> list[BatchRow]:
    """Return the batches that were not taken back, oldest first; of one layer if it is named."""
    found = BuildingBatch.objects.filter(undone_at__isnull=True).order_by("at")
    if source is not None:
        found = found.filter(source=source)
    return [
        BatchRow(BATCHES + row.name, len(row.added) + len(row.changed) + len(row.ended), row.at)
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a batch back did, in buildings.

    Attributes:
        ended: they are in use, so they are kept and end now.
        restored: they are again as they were; `back`: they had ended and are there again.
    """

    removed: int
    ended: int
    restored: int
    back: int

    @property
    def total(self) -> int:
        """Return how many buildings it touched."""
        return self.removed + self.ended + self.restored + self.back


def grids_of(name: str, *, on: datetime) -> frozenset[UUID]:
    """Return the grids, of a moment, of the buildings that a batch touched.

    Raises:
        NotFound: there is no such batch.
    """
    batch = _open_batch(name)
    ids = [*batch.added, *map(UUID, batch.changed), *batch.ended]
    return frozenset(
        in_grids(Building.objects.filter(pk__in=ids), on).values_list("grid_on", flat=True)
    )


def _open_batch(name: str) -> BuildingBatch:
    batch = BuildingBatch.objects.select_for_update().filter(name=name, undone_at=None).first()
    if batch is None:
        raise NotFound("batch.unknown", name=name)
    return batch


@transaction.atomic
def undo(
    name: str, *, now: datetime, used: Callable[[Collection[UUID], datetime], Collection[UUID]]
) -> Undone:
    """Take a batch back: what nothing uses is removed, what is in use ends now.

    A field that was changed again since keeps its newer value.

    Args:
        used: which of some buildings are used in ways that no foreign key tells, since a moment.

    Raises:
        NotFound: there is no such batch.
    """
    batch = _open_batch(name)
    added = set(batch.added)
    kept = _referred(added) | set(used(added, batch.at))
    alive = Building.objects.filter(id__in=kept, valid_to__isnull=True)
    ended = alive.update(valid_to=now)
    removed, _by = Building.objects.filter(id__in=added - kept).delete()
    gone = Building.objects.filter(id__in=batch.ended, valid_to=batch.at)
    back = gone.exclude(address__in=valid_buildings(now).values("address")).update(valid_to=None)
    restored = _restore(batch.changed)
    BuildingBatch.objects.filter(pk=batch.pk).update(undone_at=now)
    actions.bump_plan(now=now)
    return Undone(removed, ended, restored, back)


def _referred(ids: Collection[UUID]) -> set[UUID]:
    """Return the buildings to which any other row refers: cases, flats, estates, plans."""
    found: set[UUID] = set()
    for one in Building._meta.get_fields(include_hidden=True):
        if one.auto_created and one.one_to_many and one.related_model is not None:
            name = one.field.attname  # type: ignore[union-attr]
            rows = one.related_model._default_manager.filter(**{f"{name}__in": ids})
            found |= set(rows.values_list(name, flat=True))
    return found


def _restore(changed: Mapping[str, Mapping[str, Sequence[Any]]]) -> int:
    """Give buildings their old values where they still have those of the batch."""
    rows = Building.objects.filter(id__in=list(changed))
    values: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        fields = changed[str(row.id)]
        still = {name for name, (_, new) in fields.items() if _value(row, name) == new}
        if not still.issuperset(fields.keys() & set(_PLACE)):
            still -= set(_PLACE)
        if still:
            values[row.id] = {name: fields[name][0] for name in still}
    _set(values)
    return len(values)


def _value(row: Building, name: str) -> Any:
    value = getattr(row, name)
    return bytes(value).hex().upper() if name == "geom" and value is not None else value
