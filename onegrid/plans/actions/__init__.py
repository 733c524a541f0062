"""Everything that can be done to drafts and plans; one function is one verb."""

from onegrid.plans.actions.adopting import adopt, revoke
from onegrid.plans.actions.beginning import begin, due_adoptions, move_cases
from onegrid.plans.actions.doing import Doing
from onegrid.plans.actions.drafting import change_draft, create_draft
from onegrid.plans.actions.edits import (
    Broken,
    Edited,
    merge,
    paint,
    redo,
    rename,
    split,
    swap,
    undo,
)
from onegrid.plans.actions.handing import name_taker, sign
from onegrid.plans.actions.opinions import agree, approve, comment, send_back, submit, withdraw
from onegrid.plans.actions.runs import (
    cancel,
    fail,
    hear,
    start,
    take_up,
    take_up_silent,
    times_taken_up,
)
from onegrid.plans.actions.setup import set_band
from onegrid.plans.ports import DraftWish

__all__ = [
    "Broken",
    "Doing",
    "DraftWish",
    "Edited",
    "adopt",
    "agree",
    "approve",
    "begin",
    "cancel",
    "change_draft",
    "comment",
    "create_draft",
    "due_adoptions",
    "fail",
    "hear",
    "merge",
    "move_cases",
    "name_taker",
    "paint",
    "redo",
    "rename",
    "revoke",
    "send_back",
    "set_band",
    "sign",
    "split",
    "start",
    "submit",
    "swap",
    "take_up",
    "take_up_silent",
    "times_taken_up",
    "undo",
    "withdraw",
]
