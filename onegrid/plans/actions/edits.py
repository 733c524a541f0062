"""Change a draft by hand; everything is measured at once, and everything can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from onegrid.common.refusals import Conflict, Invalid
from onegrid.plans.actions.doing import Doing, to_change
from onegrid.plans.actions.results import keep
from onegrid.plans.ground import Ground, Ints, pack, unpack
from onegrid.plans.models import Draft, DraftEdit, DraftGrid
from onegrid.plans.queries.edits import to_redo, to_undo
from onegrid.plans.terms import MAX_NAME, EditKind, Status

_CODE = 24


@dataclass(frozen=True, slots=True)
class Broken:
    """A grid that an edit has left out of the band or in pieces.

    Attributes:
        kind: ``out_of_band`` or ``in_pieces``.
    """

    kind: str
    grid: int
    name: str
    households: int


@dataclass(frozen=True, slots=True)
class Edited:
    """The draft after an edit: its version, and what it broke among the grids it touched."""

    version: int
    broken: tuple[Broken, ...] = ()


@transaction.atomic
def paint(*, doing: Doing, draft_id: UUID, building_ids: Sequence[UUID], grid: int) -> Edited:
    """Move buildings to a grid.

    Raises:
        NotFound, Forbidden, Conflict: as for every change of a draft.
        Invalid: no such grid or building, or nothing that would move.
    """

    def change(ground: Ground, labels: Ints) -> Ints:
        _must_exist(labels, grid)
        labels[_rows(ground, building_ids)] = grid
        return labels

    return _edit(doing, draft_id, EditKind.PAINT, change)


@transaction.atomic
def swap(
    *, doing: Doing, draft_id: UUID, first_ids: Sequence[UUID], second_ids: Sequence[UUID]
) -> Edited:
    """Let two groups of buildings, each within one grid, change places.

    Raises:
        NotFound, Forbidden, Conflict: as for every change of a draft.
        Invalid: a group lies in several grids, or both lie in the same.
    """

    def change(ground: Ground, labels: Ints) -> Ints:
        first, second = _rows(ground, first_ids), _rows(ground, second_ids)
        here, there = np.unique(labels[first]), np.unique(labels[second])
        if len(here) != 1 or len(there) != 1:
            raise Invalid("draft.swap_grids", field="first_ids")
        labels[first], labels[second] = there[0], here[0]
        return labels

    return _edit(doing, draft_id, EditKind.SWAP, change)


@transaction.atomic
def split(*, doing: Doing, draft_id: UUID, grid: int) -> Edited:
    """Divide a grid across its length into two with about as many households.

    Raises:
        NotFound, Forbidden, Conflict: as for every change of a draft.
        Invalid: no such grid, or it has one building only.
    """

    def change(ground: Ground, labels: Ints) -> Ints:
        _must_exist(labels, grid)
        rows = np.flatnonzero(labels == grid)
        if len(rows) < 2:
            raise Invalid("draft.one_building", field="grid")
        labels[_far_half(ground, rows)] = labels.max() + 1
        return labels

    return _edit(doing, draft_id, EditKind.SPLIT, change)


def _far_half(ground: Ground, rows: Ints) -> Ints:
    """Return the buildings on the far side of the middle household along the longest axis."""
    away = ground.xy[rows] - ground.xy[rows].mean(axis=0)
    axis = np.linalg.eigh(away.T @ away)[1][:, -1]
    order = rows[np.argsort(away @ axis, kind="stable")]
    before = np.cumsum(ground.households[order]) - ground.households[order] / 2
    cut = int(np.searchsorted(before, ground.households[rows].sum() / 2))
    return order[min(max(cut, 1), len(rows) - 1) :]


@transaction.atomic
def merge(*, doing: Doing, draft_id: UUID, grids: Sequence[int]) -> Edited:
    """Join grids; the first keeps its name.

    Raises:
        NotFound, Forbidden, Conflict: as for every change of a draft.
        Invalid: fewer than two grids, or one that does not exist.
    """

    def change(ground: Ground, labels: Ints) -> Ints:
        if len(set(grids)) < 2:
            raise Invalid("draft.merge_two", field="grids")
        for grid in grids:
            _must_exist(labels, grid)
        labels[np.isin(labels, np.array(grids))] = grids[0]
        return labels

    return _edit(doing, draft_id, EditKind.MERGE, change)


@transaction.atomic
def rename(*, doing: Doing, draft_id: UUID, grid: int, name: str, code: str) -> Edited:
    """Give a grid another name or code.

    Raises:
        NotFound, Forbidden, Conflict: as for every change of a draft.
        Invalid: no such grid, no name, or a code that another grid of the draft has.
    """
    draft = to_change(draft_id, doing)
    if _done(doing):
        return Edited(draft.version)
    label, own = " ".join(name.split()), code.strip()
    if not label or len(label) > MAX_NAME:
        raise Invalid("draft.name", field="name", most=MAX_NAME)
    if not own or len(own) > _CODE:
        raise Invalid("draft.code", field="code", most=_CODE)
    row = DraftGrid.objects.filter(draft=draft, number=grid).first()
    if row is None:
        raise Invalid("draft.no_grid", field="grid")
    if DraftGrid.objects.filter(draft=draft, code=own).exclude(pk=row.pk).exists():
        raise Invalid("draft.code_used", field="code", code=own)
    data = {"grid": grid, "before": [row.name, row.code], "after": [label, own]}
    _log(draft, doing, EditKind.RENAME, data)
    return _named(draft, doing, grid, [label, own])


@transaction.atomic
def undo(*, doing: Doing, draft_id: UUID) -> Edited:
    """Take back the newest edit that stands.

    Raises:
        NotFound, Forbidden, Conflict: as for every change of a draft; also when there is none.
    """
    return _again(doing, draft_id, EditKind.UNDO, "before")


@transaction.atomic
def redo(*, doing: Doing, draft_id: UUID) -> Edited:
    """Do again the edit that was undone last.

    Raises:
        NotFound, Forbidden, Conflict: as for every change of a draft; also when there is none.
    """
    return _again(doing, draft_id, EditKind.REDO, "after")


def _again(doing: Doing, draft_id: UUID, kind: EditKind, side: str) -> Edited:
    draft = to_change(draft_id, doing)
    if _done(doing):
        return Edited(draft.version)
    found = to_undo(draft.id) if kind is EditKind.UNDO else to_redo(draft.id)
    if found is None:
        raise Conflict("draft.nothing_to_undo")
    _log(draft, doing, kind, {}, of=found.seq)
    if "grid" in found.data:
        return _named(draft, doing, found.data["grid"], found.data[side])
    labels = unpack(draft.labels)
    labels[np.array(found.data["rows"])] = np.array(found.data[side])
    return _kept(draft, doing, labels, {*found.data["before"], *found.data["after"]})


def _edit(
    doing: Doing, draft_id: UUID, kind: EditKind, change: Callable[[Ground, Ints], Ints]
) -> Edited:
    """Change the labels of a draft, write down what was before, and measure again."""
    draft = to_change(draft_id, doing)
    if _done(doing):
        return Edited(draft.version)
    if not draft.labels:
        raise Conflict("draft.not_planned")
    if draft.status == Status.RUNNING:
        raise Conflict("draft.running")
    ground, before = Ground.load(draft.ground), unpack(draft.labels)
    after = change(ground, before.copy())
    rows = np.flatnonzero(before != after)
    if not len(rows):
        raise Invalid("draft.nothing_moves", field="grid")
    data = {
        "rows": rows.tolist(),
        "before": before[rows].tolist(),
        "after": after[rows].tolist(),
    }
    _log(draft, doing, kind, data)
    return _kept(draft, doing, after, {*data["before"], *data["after"]}, ground)


def _kept(
    draft: Draft, doing: Doing, labels: Ints, touched: set[int], ground: Ground | None = None
) -> Edited:
    draft.labels = pack(labels)
    keep(draft, ground or Ground.load(draft.ground), now=doing.now)
    return Edited(draft.version, _broken(draft, touched))


def _broken(draft: Draft, touched: set[int]) -> tuple[Broken, ...]:
    rows = DraftGrid.objects.filter(draft=draft, number__in=touched).order_by("number")
    return tuple(
        Broken(kind, row.number, row.name, row.households)
        for row in rows
        for kind, bad in (("out_of_band", not row.within), ("in_pieces", not row.connected))
        if bad
    )


def _named(draft: Draft, doing: Doing, grid: int, values: list[str]) -> Edited:
    DraftGrid.objects.filter(draft=draft, number=grid).update(name=values[0], code=values[1])
    draft.version += 1
    draft.changed_at = doing.now
    draft.save(update_fields=["version", "changed_at"])
    return Edited(draft.version)


def _done(doing: Doing) -> bool:
    return DraftEdit.objects.filter(pk=doing.key).exists()


def _log(
    draft: Draft, doing: Doing, kind: EditKind, data: dict[str, Any], of: int | None = None
) -> None:
    last = DraftEdit.objects.filter(draft=draft).order_by("-seq").first()
    DraftEdit.objects.create(
        id=doing.key,
        draft=draft,
        seq=last.seq + 1 if last else 1,
        kind=kind,
        at=doing.now,
        by_id=doing.viewer.user_id,
        by_name=doing.viewer.name,
        data=data,
        of=of,
    )


def _rows(ground: Ground, building_ids: Sequence[UUID]) -> Ints:
    """Return the rows of some buildings.

    Raises:
        Invalid: one of them does not belong to the draft.
    """
    place = {one: row for row, one in enumerate(ground.building_ids())}
    if not building_ids or any(one not in place for one in building_ids):
        raise Invalid("draft.no_building", field="building_ids")
    return np.array([place[one] for one in building_ids], dtype=np.int64)


def _must_exist(labels: Ints, grid: int) -> None:
    if not (labels == grid).any():
        raise Invalid("draft.no_grid", field="grid")
