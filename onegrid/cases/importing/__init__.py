"""Bring requests of a table in through the product's own actions."""

from onegrid.cases.importing import problems as _problems  # noqa: F401 - registers its texts
from onegrid.cases.importing.batches import (
    BatchRow,
    Outcome,
    batches,
    bring_in,
    check_places,
    undo,
)
from onegrid.cases.importing.table import COLUMNS, RequestRow, Table, read, template
from onegrid.common.tables import Problem

__all__ = [
    "COLUMNS",
    "BatchRow",
    "Outcome",
    "Problem",
    "RequestRow",
    "Table",
    "batches",
    "bring_in",
    "check_places",
    "read",
    "template",
    "undo",
]
