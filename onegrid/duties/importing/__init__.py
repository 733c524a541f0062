"""Bring lists of duties in as new versions, and take a batch back."""

from onegrid.duties.importing.batches import BATCHES, bring_in, undo
from onegrid.duties.importing.rows import COLUMNS, DutyRow, Table, read, template

__all__ = ["BATCHES", "COLUMNS", "DutyRow", "Table", "bring_in", "read", "template", "undo"]
