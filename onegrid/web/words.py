"""Words of the pages for the codes of the core: clocks, their lines, actions, states, phases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onegrid.cases.terms import STATE_LABELS
from onegrid.core.clock import PHASES, ClockKind, ClockState, LineCode, Phase
from onegrid.core.flow import FINAL, Action, State

CLOCK_LABELS = {
    ClockKind.RESPONSE: _("First contact"),
    ClockKind.SOLUTION: _("Solution"),
    ClockKind.PLAN: _("Plan for the solution"),
    ClockKind.LEGAL: _("Legal limit"),
    ClockKind.SIGN: _("Signing for the case"),
    ClockKind.CALLBACK: _("Call-back"),
}

CLOCK_STATES = {
    ClockState.RUNNING: _("running"),
    ClockState.PAUSED: _("paused"),
    ClockState.OVERDUE: _("overdue"),
    ClockState.MET: _("kept"),
    ClockState.LATE_MET: _("done, but late"),
    ClockState.DROPPED: _("ended by withdrawal"),
}

LINE_LABELS = {
    LineCode.STARTED: _("The clock starts"),
    LineCode.COUNTED: _("Duty time, counted"),
    LineCode.COUNTED_WALL: _("Every hour counts"),
    LineCode.COUNTED_DAYS: _("Working days, counted"),
    LineCode.OUTSIDE_HOURS: _("Outside duty hours, not counted"),
    LineCode.DAY_OFF: _("Day off, not counted"),
    LineCode.HOLIDAY: _("Public holiday, not counted"),
    LineCode.MAKEUP_DAY: _("Make-up working day"),
    LineCode.PAUSED: _("Paused, not counted"),
    LineCode.PAUSE_UNDONE: _("The pause was not justified and counts"),
    LineCode.ENDED: _("The clock stops"),
    LineCode.EXTENDED: _("More time was granted"),
    LineCode.DUE: _("Due"),
    LineCode.DUE_IF_RESUMED: _("Due if it went on now"),
    LineCode.OVERDUE: _("Overdue since"),
}

#: Short names of the phases under the dots of the progress line.
PHASE_NAMES = {
    Phase.DISCOVER: pgettext_lazy("phase of a case", "Found"),
    Phase.ASSESS: pgettext_lazy("phase of a case", "Assessed"),
    Phase.CLASSIFY: pgettext_lazy("phase of a case", "Sorted"),
    Phase.DISPOSE: pgettext_lazy("phase of a case", "Handled"),
    Phase.FEEDBACK: pgettext_lazy("phase of a case", "Answered"),
}

_STEP_LOOKS = {
    Action.OPEN: "inbox",
    Action.START_TRIAGE: "search",
    Action.ASK_INFO: "message-circle-question-mark",
    Action.SUPPLY_INFO: "reply",
    Action.REFUSE: "ban",
    Action.ANSWER_NOW: "message-square-text",
    Action.CLASSIFY: "tag",
    Action.RECLASSIFY: "tag",
    Action.DISPATCH: "send",
    Action.ASK_RETURN: "undo-2",
    Action.UPHOLD_RETURN: "undo-2",
    Action.REFUSE_RETURN: "ban",
    Action.TO_ARBITRATION: "scale",
    Action.DESIGNATE: "scale",
    Action.ADD_UNIT: "handshake",
    Action.RELEASE_UNIT: "minus",
    Action.CO_REPORT: "handshake",
    Action.MEET: "users",
    Action.ASK_HOLD: "pause",
    Action.GRANT_HOLD: "pause",
    Action.REFUSE_HOLD: "ban",
    Action.RESUME: "play",
    Action.ASK_EXTENSION: "timer",
    Action.GRANT_EXTENSION: "timer",
    Action.REFUSE_EXTENSION: "ban",
    Action.ASK_ENDING: "file-text",
    Action.GRANT_ENDING: "file-text",
    Action.REFUSE_ENDING: "ban",
    Action.HAND_OVER: "external-link",
    Action.EXTERNAL_NEWS: "external-link",
    Action.TAKE_BACK: "undo-2",
    Action.EXTERNAL_DONE: "message-square-text",
    Action.ACCEPT: "clipboard-check",
    Action.START: "phone-call",
    Action.ASK_PLAN: "clipboard-list",
    Action.GRANT_PLAN: "clipboard-check",
    Action.REFUSE_PLAN: "undo-2",
    Action.ASK_CLOSURE: "clipboard-list",
    Action.GRANT_CLOSURE: "clipboard-check",
    Action.REFUSE_CLOSURE: "undo-2",
    Action.RECALL_ASK: "undo-2",
    Action.PUBLISH_PLAN: "calendar-days",
    Action.REPORT_MILESTONE: "flag",
    Action.FINISH: "check",
    Action.VERIFY_OK: "shield-check",
    Action.VERIFY_FAIL: "undo-2",
    Action.LOG_CALLBACK: "phone",
    Action.CLOSE: "circle-check",
    Action.ASK_REOPEN: "rotate-ccw",
    Action.REOPEN: "rotate-ccw",
    Action.WITHDRAW: "undo-2",
    Action.MERGE: "workflow",
    Action.UNMERGE: "undo-2",
    Action.FOLLOW: "workflow",
    Action.SPLIT: "route",
    Action.CHILD_ANSWERED: "route",
    Action.LINK: "paperclip",
    Action.JOIN: "users",
    Action.REPEAT: "phone-call",
    Action.EMERGENCY: "siren",
    Action.ATTACH: "paperclip",
    Action.APPEAL: "scale",
    Action.SUPERVISE: "scale",
    Action.REPLY_SUPERVISION: "reply",
    Action.SETTLE_SUPERVISION: "check",
    Action.REJECT_REPLY: "undo-2",
    Action.ESCALATE: "bell",
    Action.ASK_PARTY: "message-circle-question-mark",
    Action.PARTY_ANSWERED: "reply",
    Action.CALL_UNITS: "megaphone",
    Action.PUBLISH: "eye",
    Action.CHANGE_KIND: "tag",
    Action.NAME_SUBJECTS: "shield",
    Action.NOTE: "sticky-note",
    Action.REMIND: "bell",
    Action.MARK_DUE_SOON: "hourglass",
    Action.MARK_OVERDUE: "triangle-alert",
}


class Stepped(Protocol):
    """What the progress line needs of a step."""

    @property
    def at(self) -> datetime: ...
    @property
    def to_state(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PhaseMark:
    """One dot of the progress line.

    Attributes:
        status: ``done``, ``now``, ``todo`` or ``stop``.
        at: when the case first came into this phase.
        note: the state the case is in, under the present phase.
    """

    phase: str
    label: object
    status: str
    at: datetime | None = None
    note: object = ""


def phase_marks(steps: Sequence[Stepped], state: str) -> tuple[PhaseMark, ...]:
    """Return the five dots of a case from its steps.

    Args:
        steps: steps of the case in order of time.
        state: where the case stands now.
    """
    return tuple(_marks(steps, State(state)))


def _marks(steps: Sequence[Stepped], state: State) -> Iterator[PhaseMark]:
    first: dict[Phase, datetime] = {}
    for step in steps:
        if step.to_state:
            first.setdefault(PHASES[State(step.to_state)], step.at)
    order = list(Phase)
    present = order.index(PHASES[state])
    for position, phase in enumerate(order):
        status = "done" if position < present else "todo"
        if position == present:
            status = _present(state)
        reached = first.get(phase) if position <= present else None
        note = STATE_LABELS[state] if position == present else ""
        yield PhaseMark(phase.value, PHASE_NAMES[phase], status, reached, note)


def _present(state: State) -> str:
    if state not in FINAL:
        return "now"
    return "done" if state is State.CLOSED else "stop"


def step_icon(action: str) -> str:
    """Return the icon of an action in the timeline."""
    return _STEP_LOOKS.get(Action(action), "circle-dot")
