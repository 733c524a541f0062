"""Bring streets, communities and grids of a table in, and take a batch back."""

from onegrid.grids.importing import problems as _problems  # noqa: F401 - registers its texts
from onegrid.grids.importing.batches import BATCHES, BatchRow, batches, bring_in, undo
from onegrid.grids.importing.rows import PlaceRow
from onegrid.grids.importing.table import COLUMNS, Table, read, template

__all__ = [
    "BATCHES",
    "COLUMNS",
    "BatchRow",
    "PlaceRow",
    "Table",
    "batches",
    "bring_in",
    "read",
    "template",
    "undo",
]
