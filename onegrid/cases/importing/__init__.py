"""Bring requests of a table in through the product's own actions."""

from onegrid.cases.importing.batches import (
    BatchRow,
    Outcome,
    batches,
    bring_in,
    check_places,
    undo,
)
from onegrid.cases.importing.problems import Problem
from onegrid.cases.importing.table import COLUMNS, RequestRow, Table, read, template

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
