"""Every read of cases; the first argument is the viewer."""

from onegrid.cases.queries.approvals import Release, release, waiting
from onegrid.cases.queries.around import may_handle_on_spot, may_see_contact, neighbours, rows_by_id
from onegrid.cases.queries.board import Board, board
from onegrid.cases.queries.desk import DeskPage, DeskRow, Filters, desk_queue, turn_counts
from onegrid.cases.queries.detail import (
    CaseView,
    ClockView,
    FileView,
    StepView,
    case_by_number,
    case_by_receipt,
    case_detail,
    case_id_of,
    file_content,
    state_of,
    who_looked,
)
from onegrid.cases.queries.filters import FilterRow, saved_filters
from onegrid.cases.queries.joint import (
    Approval,
    AskView,
    CoUnitView,
    MeetingView,
    RulingRow,
    Sharing,
    ending_approval,
    extension_minutes,
    hold_over_cap,
    past_rulings,
    proposed_on_return,
    return_until,
    sharing,
)
from onegrid.cases.queries.mine import MineRow, my_cases
from onegrid.cases.queries.reaching import ContactView, contact
from onegrid.cases.queries.rows import PointRow, Sheet, export_rows, points
from onegrid.cases.queries.texts import TextRow, preview, standard_texts, texts_by_action

__all__ = [
    "Approval",
    "AskView",
    "Board",
    "CaseView",
    "ClockView",
    "CoUnitView",
    "ContactView",
    "DeskPage",
    "DeskRow",
    "FileView",
    "FilterRow",
    "Filters",
    "MeetingView",
    "MineRow",
    "PointRow",
    "Release",
    "RulingRow",
    "Sharing",
    "Sheet",
    "StepView",
    "TextRow",
    "board",
    "case_by_number",
    "case_by_receipt",
    "case_detail",
    "case_id_of",
    "contact",
    "desk_queue",
    "ending_approval",
    "export_rows",
    "extension_minutes",
    "file_content",
    "hold_over_cap",
    "may_handle_on_spot",
    "may_see_contact",
    "my_cases",
    "neighbours",
    "past_rulings",
    "points",
    "preview",
    "proposed_on_return",
    "release",
    "return_until",
    "rows_by_id",
    "saved_filters",
    "sharing",
    "standard_texts",
    "state_of",
    "texts_by_action",
    "turn_counts",
    "waiting",
    "who_looked",
]
