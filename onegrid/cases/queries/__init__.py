"""Every read of cases; the first argument is the viewer."""

from onegrid.cases.queries.board import Board, board
from onegrid.cases.queries.desk import DeskPage, DeskRow, Filters, desk_queue, turn_counts
from onegrid.cases.queries.detail import (
    CaseView,
    ClockView,
    ContactView,
    FileView,
    StepView,
    case_by_receipt,
    case_detail,
    contact,
    file_content,
    who_looked,
)
from onegrid.cases.queries.mine import MineRow, my_cases
from onegrid.cases.queries.texts import TextRow, preview, standard_texts

__all__ = [
    "Board",
    "CaseView",
    "ClockView",
    "ContactView",
    "DeskPage",
    "DeskRow",
    "FileView",
    "Filters",
    "MineRow",
    "StepView",
    "TextRow",
    "board",
    "case_by_receipt",
    "case_detail",
    "contact",
    "desk_queue",
    "file_content",
    "my_cases",
    "preview",
    "standard_texts",
    "turn_counts",
    "who_looked",
]
