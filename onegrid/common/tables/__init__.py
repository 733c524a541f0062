"""Tables that people hand over (CSV, Excel, GeoJSON): read as a whole, every problem named."""

from onegrid.common.tables.problems import Bad, Problem
from onegrid.common.tables.table import (
    Outcome,
    Say,
    Spec,
    Table,
    batch_name,
    read,
    read_records,
    template,
)

__all__ = [
    "Bad",
    "Outcome",
    "Problem",
    "Say",
    "Spec",
    "Table",
    "batch_name",
    "read",
    "read_records",
    "template",
]
