"""What an adopted draft changes: areas that end, areas that begin, buildings that move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from onegrid.common.ids import uuid7
from onegrid.common.refusals import Conflict
from onegrid.core.geo import distance_m
from onegrid.grids.queries import AreaRow, area, areas, buildings
from onegrid.grids.queries.inside import outlines_of
from onegrid.grids.replan import NewArea
from onegrid.grids.terms import AreaLevel
from onegrid.plans.figures import overlaps
from onegrid.plans.ground import Ground, Ints, unpack
from onegrid.plans.models import Draft, DraftGrid
from onegrid.plans.outlines import outlines

#: square metres by which new outlines may miss or overlap: less than the point of a survey
TOLERANCE_M2 = 1.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Buildings that go from an old grid to a new one; `main`: most of the old one goes there."""

    old: UUID
    new: UUID
    main: bool
    buildings: int
    households: int


@dataclass(slots=True)
class Change:
    """All that changes; the new areas are in the order in which they can be written.

    Attributes:
        moves: new grid by building.
        successors: by area that ends, the one that most of its households go to.
    """

    ended: list[UUID] = field(default_factory=list)
    new: list[NewArea] = field(default_factory=list)
    moves: dict[UUID, UUID] = field(default_factory=dict)
    successors: dict[UUID, UUID] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class _Work:
    """A draft being turned into a change."""

    draft: Draft
    ground: Ground
    labels: Ints
    grids: dict[int, DraftGrid]
    today: list[AreaRow]
    change: Change


def change_of(draft: Draft, *, at: datetime, drawn: Mapping[str, Any] | None = None) -> Change:
    """Return what a draft changes at a moment, after checking that it can be.

    Args:
        drawn: outlines by code (WGS 84) instead of those that follow from the buildings.

    Raises:
        Conflict: buildings or grids of the scope have changed since the draft was made; codes
            occur twice; a grid has no outline; the new outlines leave a gap or overlap.
    """
    ground, labels = Ground.load(draft.ground), unpack(draft.labels)
    rows = {row.number: row for row in DraftGrid.objects.filter(draft=draft)}
    today = [area(area_id=one) for one in ground.grid_ids()]
    work = _Work(draft, ground, labels, rows, today, Change())
    _check_whole(work, at)
    changed = _changed_communities(work)
    numbers = [number for number in sorted(rows) if not _stays(work, number, changed)]
    if not numbers:
        raise Conflict("plan.nothing_changes")
    if drawn is None:
        shapes = outlines(draft.id, ground, labels, numbers)
    else:
        shapes = {n: drawn[rows[n].code] for n in numbers if rows[n].code in drawn}
    _check_codes(work, numbers, at)
    _grids(work, numbers, shapes, changed)
    _communities(work, changed, at)
    _check_outlines(work)
    return work.change


def _check_whole(work: _Work, at: datetime) -> None:
    """Check that every building of the scope is in exactly one grid of the draft, as it is now."""
    now = {row.id: row.grid_id for row in buildings(area_id=work.draft.scope_id, on=at)}
    ids = work.ground.building_ids()
    then = {one: work.today[int(g)].id for one, g in zip(ids, work.ground.today, strict=True)}
    if now != then or len(ids) != len(then):
        differ = sum(now.get(one) != then.get(one) for one in now.keys() | then.keys())
        raise Conflict("plan.outdated", count=differ)
    if len(work.labels) != len(ids) or set(np.unique(work.labels).tolist()) != work.grids.keys():
        raise Conflict("plan.not_whole")
    busy = [row for row in work.today if row.valid_to is not None]
    if busy:
        raise Conflict("plan.other_adoption", name=busy[0].name)


def _changed_communities(work: _Work) -> frozenset[str]:
    """Return the codes of the communities that are new or have other buildings than today."""
    before: dict[str, set[int]] = {}
    after: dict[str, set[int]] = {}
    names: dict[str, str] = {}
    for place, (grid, number) in enumerate(
        zip(work.ground.today.tolist(), work.labels.tolist(), strict=True)
    ):
        above = _above(work.today[grid])
        before.setdefault(above.code, set()).add(place)
        names[above.code] = above.name
        row = work.grids[number]
        after.setdefault(row.community_code, set()).add(place)
    renamed = {
        row.community_code
        for row in work.grids.values()
        if names.get(row.community_code, row.community_name) != row.community_name
    }
    return frozenset(
        {code for code in before.keys() | after.keys() if before.get(code) != after.get(code)}
        | renamed
    )


def _above(row: AreaRow) -> AreaRow:
    if row.parent_id is None:
        raise Conflict("plan.not_whole")
    return area(area_id=row.parent_id)


def _stays(work: _Work, number: int, changed: frozenset[str]) -> bool:
    """Tell whether a grid of the draft is one of today, with the same buildings and names."""
    row = work.grids[number]
    inside = work.labels == number
    grids = np.unique(work.ground.today[inside])
    if row.community_code in changed or len(grids) != 1:
        return False
    today = work.today[int(grids[0])]
    same = bool((inside == (work.ground.today == grids[0])).all())
    return same and (today.code, today.name) == (row.code, row.name)


def _check_codes(work: _Work, numbers: list[int], at: datetime) -> None:
    going = {one.id for one in _ending(work, numbers)}
    used = {row.code for row in areas(level=AreaLevel.GRID, on=at) if row.id not in going}
    for number in numbers:
        code = work.grids[number].code
        if code in used:
            raise Conflict("plan.code_used", code=code)
        used.add(code)


def _ending(work: _Work, numbers: list[int]) -> list[AreaRow]:
    """Return today's grids that have a building in one of the grids that change."""
    inside = np.isin(work.labels, np.array(numbers))
    return [work.today[grid] for grid in np.unique(work.ground.today[inside]).tolist()]


def _grids(
    work: _Work, numbers: list[int], shapes: dict[int, Any], changed: frozenset[str]
) -> None:
    """Add the grids that begin; those of new communities get their parent later."""
    change = work.change
    change.ended += [row.id for row in _ending(work, numbers)]
    there = {_above(row).code: _above(row).id for row in work.today}
    new_ids = {code: uuid7() for code in sorted({work.grids[n].community_code for n in numbers})}
    ids = {}
    for number in numbers:
        row = work.grids[number]
        if number not in shapes:
            raise Conflict("plan.no_outline", name=row.name)
        parent = new_ids if row.community_code in changed else there
        ids[number] = uuid7()
        change.new.append(
            NewArea(
                ids[number],
                AreaLevel.GRID,
                row.code,
                row.name,
                parent[row.community_code],
                row.households,
                shapes[number],
            )
        )
    place = work.ground.building_ids()
    for row_number in np.flatnonzero(np.isin(work.labels, np.array(numbers))).tolist():
        change.moves[place[row_number]] = ids[int(work.labels[row_number])]
    _pairs(work, ids)


def _pairs(work: _Work, ids: dict[int, UUID]) -> None:
    for old, number, households, count in overlaps(work.ground, work.labels):
        if number not in ids:
            continue
        old_id = work.today[old].id
        main = old_id not in work.change.successors
        work.change.successors.setdefault(old_id, ids[number])
        pair = Pair(old_id, ids[number], main, count, round(households))
        work.change.pairs.append(pair)


def _communities(work: _Work, changed: frozenset[str], at: datetime) -> None:
    """Add the communities that begin before their grids, and end those that they replace."""
    change = work.change
    old = {_above(row).code: _above(row) for row in work.today}
    ending = {old[code].id: old[code] for code in sorted(changed & old.keys())}
    new: dict[UUID, list[NewArea]] = {}
    for grid in change.new:
        if grid.parent_id not in {row.id for row in old.values()}:
            new.setdefault(grid.parent_id, []).append(grid)
    by_number = {row.code: row for row in work.grids.values()}
    made = []
    for parent_id, members in new.items():
        first = by_number[members[0].code]
        made.append(
            NewArea(
                parent_id,
                AreaLevel.COMMUNITY,
                first.community_code,
                first.community_name,
                _street(work, members[0]),
                sum(one.households for one in members),
                shapely.union_all([one.shape for one in members]),
            )
        )
    for community in ending.values():
        change.ended.append(community.id)
        change.successors[community.id] = _heir(work, community, change)
        _move_empty(work, community, at)
    change.new[:0] = made


def _street(work: _Work, grid: NewArea) -> UUID:
    """Return the street of the buildings of a new grid."""
    ids = work.ground.building_ids()
    place = next(n for n, one in enumerate(ids) if work.change.moves.get(one) == grid.id)
    community = _above(work.today[int(work.ground.today[place])])
    return _above(community).id


def _heir(work: _Work, community: AreaRow, change: Change) -> UUID:
    """Return the community that most households of one that ends go to."""
    parents = {one.id: one.parent_id for one in change.new}
    counts: dict[UUID, float] = {}
    for pair in change.pairs:
        if area(area_id=pair.old).parent_id == community.id:
            parent = parents[pair.new]
            counts[parent] = counts.get(parent, 0.0) + pair.households + 1e-6 * pair.buildings
    return max(sorted(counts), key=lambda one: counts[one])


def _move_empty(work: _Work, community: AreaRow, at: datetime) -> None:
    """Let grids without buildings go with their community."""
    change = work.change
    used = {row.id for row in work.today}
    empty = [row for row in areas(parent_id=community.id, on=at) if row.id not in used]
    shapes = outlines_of(area_ids=[row.id for row in empty])
    for row in empty:
        if row.id not in shapes:
            raise Conflict("plan.no_outline", name=row.name)
        heir = NewArea(
            uuid7(), row.level, row.code, row.name, change.successors[community.id],
            row.households or 0, shapes[row.id],
        )  # fmt: skip
        change.ended.append(row.id)
        change.successors[row.id] = heir.id
        change.new.append(heir)


def _check_outlines(work: _Work) -> None:
    """Check that the new grids cover the ground of those that end, each spot once."""
    change = work.change
    grids = [row.shape for row in change.new if row.level == AreaLevel.GRID]
    ended = [one for one in change.ended if area(area_id=one).level == AreaLevel.GRID]
    before = shapely.union_all(list(outlines_of(area_ids=ended).values()))
    after = shapely.union_all(grids)
    metre = _square_metre(before)
    gap = shapely.area(shapely.difference(before, after)) / metre
    over = (sum(shapely.area(grids)) - shapely.area(after)) / metre
    beyond = shapely.area(shapely.difference(after, before)) / metre
    if gap > TOLERANCE_M2:
        raise Conflict("plan.gap", metres=round(gap))
    if max(over, beyond) > TOLERANCE_M2:
        raise Conflict("plan.overlap", metres=round(max(over, beyond)))


def _square_metre(shape: Any) -> float:
    """Return the square degrees of one square metre at a place."""
    spot = shape.centroid
    wide = float(distance_m(spot.x, spot.y, spot.x + 0.01, spot.y)) * 100
    high = float(distance_m(spot.x, spot.y, spot.x, spot.y + 0.01)) * 100
    return 1.0 / (wide * high)
