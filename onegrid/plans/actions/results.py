"""Write down the grids of a draft with their names and figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from onegrid.plans.figures import Measured, measured
from onegrid.plans.ground import Ground, Ints, unpack
from onegrid.plans.limits import Limits, kept, limits_of
from onegrid.plans.models import Draft, DraftGrid
from onegrid.plans.naming import Named, named
from onegrid.plans.stations import metres_of

#: Letters of the name of a station that are kept.
_NAME = 120


def keep(
    draft: Draft,
    ground: Ground,
    *,
    now: datetime,
    communities: Ints | None = None,
    known: Mapping[int, Named] | None = None,
    misses: Mapping[int, dict[str, Any]] | None = None,
    limits: Limits | None = None,
) -> Measured:
    """Measure the labels of a draft and write its grids anew.

    Args:
        communities: (n,) new community of each building, after a run that made new ones.
        known: names that stay; the ones kept so far when not given.
        misses: why a grid is not as asked for; as kept so far when not given.
        limits: what no plan can do better; as kept so far when not given.
    """
    labels = unpack(draft.labels)
    result = measured(
        ground,
        labels,
        (draft.least, draft.most),
        communities_stay=draft.community_least is None,
        stations=metres_of(draft.stations),
    )
    there = {row.number: row for row in DraftGrid.objects.filter(draft=draft)}
    if known is None:
        known = {number: _named(row) for number, row in there.items()}
    names = named(ground, labels, known=known, communities=communities)
    rows = []
    for place, number in enumerate(result.numbers.tolist()):
        row = _row(draft, result, place, names[number])
        old = there.get(number)
        row.miss = misses.get(number) if misses is not None else _same(old, row)
        rows.append(row)
    DraftGrid.objects.filter(draft=draft).delete()
    DraftGrid.objects.bulk_create(rows, batch_size=500)
    still_open = sum(_might_be(row, draft) for row in rows)
    draft.after = kept(result.figures, limits or limits_of(draft.after), still_open)
    draft.version += 1
    draft.changed_at = now
    draft.save()
    return result


def _might_be(row: DraftGrid, draft: Draft) -> bool:
    """Tell whether a grid is not as asked for, though nothing enforces that."""
    amiss = not (row.within and row.connected)
    enforced = row.miss is not None and row.miss["reason"] != "shape"
    return amiss and not enforced and row.today_id not in draft.frozen


def _named(row: DraftGrid) -> Named:
    return Named(row.code, row.name, row.community_code, row.community_name, row.today_id)


def _same(old: DraftGrid | None, row: DraftGrid) -> Any:
    """Return the reason kept with a grid, as long as the grid is the same."""
    same = old is not None and (old.buildings, old.households, old.within, old.connected) == (
        row.buildings, row.households, row.within, row.connected,
    )  # fmt: skip
    return old.miss if old is not None and same else None


def _row(draft: Draft, result: Measured, place: int, name: Named) -> DraftGrid:
    each, walks = result.each, result.served
    households = float(each.households[place])
    station, walk = "", np.inf
    if walks is not None:
        station = draft.stations["rows"][int(walks.station[place])]["name"]
        walk = float(walks.walk[place])
    return DraftGrid(
        draft=draft,
        number=int(result.numbers[place]),
        code=name.code,
        name=name.name,
        community_code=name.community_code,
        community_name=name.community_name,
        today_id=name.today,
        buildings=int(result.buildings[place]),
        households=round(households),
        cases=int(result.cases[place]),
        rms=float((each.inertia[place] / households) ** 0.5) if households else 0.0,
        compactness=float(each.compactness[place]),
        within=bool(each.within[place]),
        connected=bool(each.connected[place]),
        station=station[:_NAME],
        walk=walk if np.isfinite(walk) else None,
    )
