"""Everything that can be done to a case; one function is one verb and one transaction."""

from onegrid.cases.actions.alarms import check_case, settle_alarm, to_check_ids
from onegrid.cases.actions.approvals import (
    ask_closure,
    ask_plan,
    decide_closure,
    decide_plan,
    recall_ask,
)
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
from onegrid.cases.actions.emergency import emergency
from onegrid.cases.actions.extensions import (
    ask_ending,
    ask_extension,
    decide_ending,
    decide_extension,
)
from onegrid.cases.actions.external import (
    external_done,
    external_news,
    hand_over,
    take_back,
)
from onegrid.cases.actions.feedback import (
    VerdictGiven,
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
    accept,
    finish,
    handle_on_spot,
    publish_plan,
    report_milestone,
    start,
)
from onegrid.cases.actions.helping import CoUnitGiven, add_unit, co_report, release_unit
from onegrid.cases.actions.holds import ask_hold, decide_hold, end_hold, hold_over_ids, resume
from onegrid.cases.actions.joining import join, repeat
from onegrid.cases.actions.language import change_language
from onegrid.cases.actions.meetings import record_meeting
from onegrid.cases.actions.merging import merge, unmerge
from onegrid.cases.actions.opening import Receipt, open_case
from onegrid.cases.actions.recurring import note_recurrence
from onegrid.cases.actions.reopening import ask_reopen, decide_reopen
from onegrid.cases.actions.returns import ask_return, decide_return, designate, put_to_ruling
from onegrid.cases.actions.splitting import Matters, split
from onegrid.cases.actions.step import Doing
from onegrid.cases.actions.subjects import change_kind, name_subjects
from onegrid.cases.actions.supervision import (
    reject_reply,
    reply_supervision,
    settle_supervision,
    supervise,
)
from onegrid.cases.actions.sweep import (
    due_case_ids,
    give_up_waiting,
    mark_case,
    mark_cases,
    waited_out_ids,
)
from onegrid.cases.approval import MilestoneGiven
from onegrid.cases.request import Place, Reporter, Request

__all__ = [
    "CoUnitGiven",
    "Doing",
    "Matters",
    "MilestoneGiven",
    "Place",
    "Receipt",
    "Reporter",
    "Request",
    "Upload",
    "VerdictGiven",
    "accept",
    "add_unit",
    "answer_now",
    "appeal",
    "ask_closure",
    "ask_ending",
    "ask_extension",
    "ask_hold",
    "ask_info",
    "ask_plan",
    "ask_reopen",
    "ask_return",
    "attach",
    "change_kind",
    "change_language",
    "check_case",
    "classify",
    "co_report",
    "decide_closure",
    "decide_ending",
    "decide_extension",
    "decide_hold",
    "decide_plan",
    "decide_reopen",
    "decide_return",
    "delete_filter",
    "designate",
    "dispatch",
    "due_case_ids",
    "emergency",
    "end_hold",
    "external_done",
    "external_news",
    "finish",
    "give_up_waiting",
    "give_verdict",
    "hand_over",
    "handle_on_spot",
    "hold_over_ids",
    "join",
    "known_files",
    "log_callback",
    "mark_case",
    "mark_cases",
    "merge",
    "name_subjects",
    "note",
    "note_recurrence",
    "open_case",
    "publish_plan",
    "put_to_ruling",
    "recall_ask",
    "reclassify",
    "record_meeting",
    "refuse",
    "reject_reply",
    "release_unit",
    "remind",
    "repeat",
    "reply_supervision",
    "report_milestone",
    "resume",
    "save_filter",
    "settle_alarm",
    "settle_supervision",
    "split",
    "start",
    "start_triage",
    "supervise",
    "supply_info",
    "take_back",
    "to_check_ids",
    "unmerge",
    "verify",
    "waited_out_ids",
    "withdraw",
]
