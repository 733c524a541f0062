"""Give the grids of a draft their codes and names: what goes on with a grid of today keeps them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from onegrid.grids.queries import AreaRow, area
from onegrid.grids.queries.plan import plan
from onegrid.plans.figures import heirs
from onegrid.plans.ground import Ground, Ints

_CODE = 24


@dataclass(frozen=True, slots=True)
class Named:
    """Code, name and community of a grid; `today` is the grid of today it goes on with."""

    code: str
    name: str
    community_code: str
    community_name: str
    today: UUID | None


def named(
    ground: Ground,
    labels: Ints,
    *,
    known: Mapping[int, Named],
    communities: Ints | None = None,
) -> dict[int, Named]:
    """Return the names of all grids by number.

    Args:
        known: grids that have a name already and keep it.
        communities: (n,) number of the new community of each building; None: as today.
    """
    areas = [area(area_id=one) for one in ground.grid_ids()]
    of = _communities(ground, areas, communities)
    goes_on = {int(new): old for old, new in enumerate(heirs(ground, labels)) if new >= 0}
    used = {row.code for row in plan().rows} | {one.code for one in known.values()}
    numbers = np.unique(labels).tolist()
    found = {number: known[number] for number in numbers if number in known}
    for number in numbers:
        if number in found:
            continue
        code, name = of[_most(ground, labels == number)]
        today = areas[goes_on[number]] if number in goes_on else None
        above = area(area_id=today.parent_id).code if today and today.parent_id else ""
        if today is not None and above == code and not _has(found, today.code):
            found[number] = Named(today.code, today.name, code, name, today.id)
            continue
        own, label = next(_free(code, name, used))
        used.add(own)
        found[number] = Named(own, label, code, name, today.id if today else None)
    return found


def _has(found: Mapping[int, Named], code: str) -> bool:
    return any(one.code == code for one in found.values())


def _most(ground: Ground, inside: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    """Return a building of the community that most households of a grid are in.

    `_communities` says the community by building, so any building of it will do.
    """
    rows = np.flatnonzero(inside)
    return int(rows[np.argmax(ground.households[rows])])


def _communities(
    ground: Ground, areas: list[AreaRow], communities: Ints | None
) -> list[tuple[str, str]]:
    """Return code and name of the community of each building."""
    today = [area(area_id=row.parent_id) for row in areas if row.parent_id is not None]
    if communities is None:
        return [(today[i].code, today[i].name) for i in ground.today.tolist()]
    names = _matched(ground, today, communities)
    return [names[number] for number in communities.tolist()]


def _matched(ground: Ground, today: list[AreaRow], communities: Ints) -> dict[int, tuple[str, str]]:
    """Let each new community go on with the one of today that most of its households are in."""
    pairs: dict[tuple[str, int], float] = {}
    rows = {row.code: row for row in today}
    for i, number in enumerate(communities.tolist()):
        key = (today[int(ground.today[i])].code, number)
        pairs[key] = pairs.get(key, 0.0) + float(ground.households[i])
    found: dict[int, tuple[str, str]] = {}
    taken: set[str] = set()
    for (code, number), _ in sorted(pairs.items(), key=lambda one: (-one[1], one[0])):
        if code not in taken and number not in found:
            found[number] = (code, rows[code].name)
            taken.add(code)
    used = {row.code for row in plan().rows}
    for (code, number), _ in sorted(pairs.items(), key=lambda one: (-one[1], one[0])):
        if number not in found:
            above = rows[code].parent_id
            street = area(area_id=above) if above is not None else rows[code]
            own = next(_codes(street.code, 2, used))
            used.add(own)
            found[number] = (own, f"{rows[code].name}{own[-2:]}")
    return found


def _codes(above: str, digits: int, used: Collection[str]) -> Iterator[str]:
    for number in range(1, 10**digits):
        code = f"{above[: _CODE - digits]}{number:0{digits}d}"
        if code not in used:
            yield code


def _free(code: str, name: str, used: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield codes of grids of a community that nobody ever had, with names to them."""
    for own in _codes(code, 3, used):
        yield own, f"{name}第{int(own[-3:])}网格"
