"""Checks each row of a table of places against the county and the rows above it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from onegrid.common.tables import Problem
from onegrid.common.tables.sources import OUTLINE
from onegrid.common.tenancy.context import current_tenant
from onegrid.grids import actions
from onegrid.grids.importing.rows import PlaceRow
from onegrid.grids.queries.plan import plan
from onegrid.grids.terms import AreaLevel

#: An outline must lie in the area above it by at least this share of its own size.
INSIDE = 0.5


@dataclass(frozen=True, slots=True)
class _Known:
    """An area that is there, or that comes with an earlier row."""

    level: str
    name: str
    parent: str
    outline: BaseGeometry | None
    since: datetime


class Judge:
    """Checks row after row, parents first; a good row is known to the later ones."""

    def __init__(self, now: datetime) -> None:
        found = plan()
        shapes = {
            row.id: shape
            for level in found.outlines.values()
            for row, shape in zip(level.rows, level.shapes, strict=True)
        }
        self._now = now
        self._known: dict[str, _Known] = {}
        self._levels = {str(current_tenant()): AreaLevel.COUNTY.value}
        for row in found.rows:
            if row.valid(now):
                above = found.by_id[row.parent_id].code if row.parent_id else ""
                known = _Known(row.level, row.name, above, shapes.get(row.id), row.valid_from)
                self._add(row.code, known)

    def _add(self, code: str, known: _Known) -> None:
        self._known[code] = known
        self._levels[code] = known.level

    def __call__(self, found: PlaceRow) -> Problem | None:
        """Return what is wrong with a row, or None."""
        column, code, params = self._fault(found) or ("", "", {})
        if code:
            return Problem(found.row, column, code, params)
        if found.code not in self._known:
            since = found.valid_from or self._now
            known = _Known(found.level, found.name, found.parent, found.outline, since)
            self._add(found.code, known)
        return None

    def _fault(self, found: PlaceRow) -> tuple[str, str, dict[str, object]] | None:
        there = self._known.get(found.code)
        if there is not None:
            same = (there.level, there.name, there.parent) == (
                found.level, found.name, found.parent,
            )  # fmt: skip
            return None if same else ("code", "area.taken", {"name": there.name})
        levels = self._levels
        if found.level == AreaLevel.COUNTY:
            levels = {}
        fault = actions.fault(found.given(), levels)
        if fault is not None:
            return fault[0], "area.bad", {"reason": fault[1]}
        above = self._known.get(found.parent)
        return self._fault_below(found, above) if above is not None else None

    def _fault_below(
        self, found: PlaceRow, above: _Known
    ) -> tuple[str, str, dict[str, object]] | None:
        if (found.valid_from or self._now) < above.since:
            return "valid_from", "area.early", {"name": above.name}
        share = _inside(found.outline, above.outline)
        if share < INSIDE:
            return OUTLINE, "area.outside", {"percent": round(share * 100), "name": above.name}
        return None


def _inside(shape: BaseGeometry | None, whole: BaseGeometry | None) -> float:
    """Return the share of a shape that lies in another one; 1 where one of them is not known."""
    if shape is None or whole is None or not shape.area:
        return 1.0
    return float(shape.intersection(whole).area / shape.area)
