"""A row of a table of places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from onegrid.grids.ports import AreaInput
from onegrid.grids.terms import AreaLevel

#: Parents before children.
ORDER = {level: number for number, level in enumerate(AreaLevel.values)}


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A good row.

    Attributes:
        row: its row in the table, the header being row 1.
        outline: in WGS 84 degrees; None when it is not known.
        valid_from: aware; None: since the import.
    """

    row: int
    level: str
    code: str
    name: str
    parent: str
    households: int | None
    outline: BaseGeometry | None
    system: str
    valid_from: datetime | None

    def given(self) -> AreaInput:
        """Return the row as the actions take it."""
        return AreaInput(
            self.level, self.code, self.name, self.parent, self.households, self.outline
        )
