"""Everything that can be done to a case; one function is one verb and one transaction."""

from onegrid.cases.actions.assess import (
    answer_now,
    appeal,
    ask_info,
    classify,
    dispatch,
    reclassify,
    refuse,
    start_triage,
    supply_info,
)
from onegrid.cases.actions.feedback import (
    VerdictGiven,
    ask_reopen,
    decide_reopen,
    give_verdict,
    log_callback,
    note,
    remind,
    verify,
    withdraw,
)
from onegrid.cases.actions.files import Upload, attach, known_files
from onegrid.cases.actions.filters import delete_filter, save_filter
from onegrid.cases.actions.handle import (
    MilestoneGiven,
    accept,
    finish,
    handle_on_spot,
    publish_plan,
    report_milestone,
    start,
)
from onegrid.cases.actions.language import change_language
from onegrid.cases.actions.opening import Receipt, open_case
from onegrid.cases.actions.step import Doing
from onegrid.cases.actions.sweep import (
    due_case_ids,
    give_up_waiting,
    mark_case,
    waited_out_ids,
)
from onegrid.cases.request import Place, Reporter, Request

__all__ = [
    "Doing",
    "MilestoneGiven",
    "Place",
    "Receipt",
    "Reporter",
    "Request",
    "Upload",
    "VerdictGiven",
    "accept",
    "answer_now",
    "appeal",
    "ask_info",
    "ask_reopen",
    "attach",
    "change_language",
    "classify",
    "decide_reopen",
    "delete_filter",
    "dispatch",
    "due_case_ids",
    "finish",
    "give_up_waiting",
    "give_verdict",
    "handle_on_spot",
    "known_files",
    "log_callback",
    "mark_case",
    "note",
    "open_case",
    "publish_plan",
    "reclassify",
    "refuse",
    "remind",
    "report_milestone",
    "save_filter",
    "start",
    "start_triage",
    "supply_info",
    "verify",
    "waited_out_ids",
    "withdraw",
]
