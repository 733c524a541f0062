"""The one transition table of a case: which action leads where, by whom, on what evidence.

Source: docs/methods/case-flow.md; the states follow the five phases of the article's closed loop
(发现、研判、分类、处置、反馈). This module knows nothing of databases or clocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    REGISTERED = "registered"
    TRIAGE = "triage"
    INFO_WAIT = "info_wait"
    NOT_ACCEPTED = "not_accepted"
    CLASSIFIED = "classified"
    DISPATCHED = "dispatched"
    RETURN_REQ = "return_req"
    ARBITRATION = "arbitration"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    PLANNED = "planned"
    ON_HOLD = "on_hold"
    EXTERNAL = "external"
    DONE = "done"
    VERIFY = "verify"
    CALLBACK = "callback"
    CLOSED = "closed"
    REOPEN_REQ = "reopen_req"
    REOPENED = "reopened"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What somebody does to a case; one action is one step row."""

    OPEN = "open"
    SUBMIT = "submit"
    START_TRIAGE = "start_triage"
    ASK_INFO = "ask_info"
    SUPPLY_INFO = "supply_info"
    GIVE_UP_WAITING = "give_up_waiting"
    REFUSE = "refuse"
    APPEAL = "appeal"
    ANSWER_NOW = "answer_now"
    CLASSIFY = "classify"
    RECLASSIFY = "reclassify"
    DISPATCH = "dispatch"
    ASK_RETURN = "ask_return"
    UPHOLD_RETURN = "uphold_return"
    REFUSE_RETURN = "refuse_return"
    TO_ARBITRATION = "to_arbitration"
    DESIGNATE = "designate"
    ADD_UNIT = "add_unit"
    RELEASE_UNIT = "release_unit"
    CO_REPORT = "co_report"
    MEET = "meet"
    ACCEPT = "accept"
    START = "start"
    PUBLISH_PLAN = "publish_plan"
    REPORT_MILESTONE = "report_milestone"
    ASK_HOLD = "ask_hold"
    GRANT_HOLD = "grant_hold"
    REFUSE_HOLD = "refuse_hold"
    RESUME = "resume"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    ASK_ENDING = "ask_ending"
    GRANT_ENDING = "grant_ending"
    REFUSE_ENDING = "refuse_ending"
    HAND_OVER = "hand_over"
    EXTERNAL_NEWS = "external_news"
    EXTERNAL_DONE = "external_done"
    TAKE_BACK = "take_back"
    FINISH = "finish"
    SEND_TO_VERIFY = "send_to_verify"
    SKIP_VERIFY = "skip_verify"
    VERIFY_OK = "verify_ok"
    VERIFY_FAIL = "verify_fail"
    LOG_CALLBACK = "log_callback"
    CLOSE = "close"
    ASK_REOPEN = "ask_reopen"
    REOPEN = "reopen"
    REFUSE_REOPEN = "refuse_reopen"
    MERGE = "merge"
    UNMERGE = "unmerge"
    FOLLOW = "follow"
    SPLIT = "split"
    CHILD_ANSWERED = "child_answered"
    LINK = "link"
    JOIN = "join"
    EMERGENCY = "emergency"
    SUPERVISE = "supervise"
    REPLY_SUPERVISION = "reply_supervision"
    SETTLE_SUPERVISION = "settle_supervision"
    REJECT_REPLY = "reject_reply"
    ESCALATE = "escalate"
    ASK_PARTY = "ask_party"
    PARTY_ANSWERED = "party_answered"
    CALL_UNITS = "call_units"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    NOTE = "note"
    ATTACH = "attach"
    REMIND = "remind"
    MARK_DUE_SOON = "mark_due_soon"
    MARK_OVERDUE = "mark_overdue"


class Actor(StrEnum):
    """In which relation to the case somebody acts; pages map roles and scope to these."""

    REPORTER = "reporter"
    TRIAGE = "triage"
    DISPATCH = "dispatch"
    HANDLER = "handler"
    CO_HANDLER = "co_handler"
    ARBITER = "arbiter"
    VERIFIER = "verifier"
    CALLER = "caller"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"


class Evidence(StrEnum):
    """What an action must bring along."""

    TEXT = "text"
    CLASS = "class"
    CATEGORY = "category"
    UNIT = "unit"
    REASON_CODE = "reason_code"
    PLAN = "plan"
    MILESTONE = "milestone"
    PART_ANSWERS = "part_answers"
    VERDICT = "verdict"
    RESULT = "result"
    PHOTO = "photo"
    ITEM = "item"
    CASE = "case"


#: States in which nothing more is expected of anybody.
FINAL = frozenset({State.NOT_ACCEPTED, State.CLOSED, State.WITHDRAWN})
#: States in which somebody still owes work; a reporter may withdraw from any of them.
OPEN = frozenset(State) - FINAL - {State.DRAFT}
_WORKING = frozenset({State.ACCEPTED, State.IN_PROGRESS, State.PLANNED})
#: Work that has not been given a result yet: it may be joined to another case or divided.
_UNANSWERED = frozenset(
    {
        State.REGISTERED,
        State.TRIAGE,
        State.INFO_WAIT,
        State.CLASSIFIED,
        State.DISPATCHED,
        State.ACCEPTED,
        State.IN_PROGRESS,
        State.REOPENED,
    }
)
#: Whoever decides what a unit asks for.
_RULING = {Actor.DISPATCH, Actor.ARBITER}


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table.

    Attributes:
        target: state after the action; None keeps the state.
        resumes: the target is the state before the wait instead.
        evidence: what must come along; checked by `check`.
    """

    action: Action
    sources: frozenset[State]
    target: State | None
    actors: frozenset[Actor]
    evidence: frozenset[Evidence] = frozenset()
    resumes: bool = False


def _t(
    action: Action,
    sources: frozenset[State] | set[State],
    target: State | None,
    actors: frozenset[Actor] | set[Actor],
    *evidence: Evidence,
    resumes: bool = False,
) -> Transition:
    return Transition(
        action, frozenset(sources), target, frozenset(actors), frozenset(evidence), resumes
    )


TABLE: tuple[Transition, ...] = (
    _t(Action.SUBMIT, {State.DRAFT}, State.REGISTERED, {Actor.REPORTER}, Evidence.TEXT),
    _t(Action.START_TRIAGE, {State.REGISTERED}, State.TRIAGE, {Actor.TRIAGE, Actor.SYSTEM}),
    _t(
        Action.ASK_INFO,
        {State.TRIAGE, State.ACCEPTED, State.IN_PROGRESS},
        State.INFO_WAIT,
        {Actor.TRIAGE, Actor.HANDLER},
        Evidence.TEXT,
    ),
    _t(
        Action.SUPPLY_INFO,
        {State.INFO_WAIT},
        None,
        {Actor.REPORTER, Actor.TRIAGE, Actor.HANDLER},
        Evidence.TEXT,
        resumes=True,
    ),
    _t(Action.GIVE_UP_WAITING, {State.INFO_WAIT}, None, {Actor.SYSTEM}, resumes=True),
    _t(
        Action.REFUSE,
        {State.TRIAGE},
        State.NOT_ACCEPTED,
        {Actor.TRIAGE},
        Evidence.REASON_CODE,
        Evidence.TEXT,
    ),
    _t(Action.APPEAL, {State.NOT_ACCEPTED}, State.TRIAGE, {Actor.REPORTER}, Evidence.TEXT),
    _t(Action.ANSWER_NOW, {State.TRIAGE}, State.CALLBACK, {Actor.TRIAGE}, Evidence.PART_ANSWERS),
    _t(
        Action.CLASSIFY,
        {State.TRIAGE},
        State.CLASSIFIED,
        {Actor.TRIAGE},
        Evidence.CLASS,
        Evidence.CATEGORY,
    ),
    _t(
        Action.RECLASSIFY,
        {State.CLASSIFIED, State.DISPATCHED, *_WORKING},
        None,
        {Actor.TRIAGE},
        Evidence.CLASS,
        Evidence.CATEGORY,
        Evidence.TEXT,
    ),
    _t(
        Action.DISPATCH,
        {State.CLASSIFIED, State.REOPENED},
        State.DISPATCHED,
        {Actor.TRIAGE, Actor.DISPATCH},
        Evidence.UNIT,
    ),
    _t(
        Action.ASK_RETURN,
        {State.DISPATCHED, State.ACCEPTED},
        State.RETURN_REQ,
        {Actor.HANDLER},
        Evidence.TEXT,
        Evidence.ITEM,
        Evidence.UNIT,
    ),
    _t(Action.UPHOLD_RETURN, {State.RETURN_REQ}, State.CLASSIFIED, _RULING, Evidence.TEXT),
    _t(Action.REFUSE_RETURN, {State.RETURN_REQ}, State.ACCEPTED, _RULING, Evidence.TEXT),
    _t(
        Action.TO_ARBITRATION,
        {State.RETURN_REQ},
        State.ARBITRATION,
        {*_RULING, Actor.SYSTEM},
        Evidence.TEXT,
    ),
    _t(
        Action.DESIGNATE,
        {State.ARBITRATION},
        State.DISPATCHED,
        {Actor.ARBITER},
        Evidence.UNIT,
        Evidence.TEXT,
    ),
    _t(
        Action.ADD_UNIT,
        {State.DISPATCHED, *_WORKING},
        None,
        _RULING,
        Evidence.UNIT,
        Evidence.TEXT,
    ),
    _t(
        Action.RELEASE_UNIT,
        {State.DISPATCHED, State.ON_HOLD, *_WORKING},
        None,
        _RULING,
        Evidence.TEXT,
    ),
    _t(
        Action.CO_REPORT,
        {State.DISPATCHED, State.ON_HOLD, *_WORKING},
        None,
        {Actor.CO_HANDLER},
        Evidence.TEXT,
    ),
    _t(
        Action.MEET,
        {
            State.TRIAGE,
            State.CLASSIFIED,
            State.RETURN_REQ,
            State.ARBITRATION,
            State.ON_HOLD,
            State.REOPEN_REQ,
            State.REOPENED,
            *_WORKING,
        },
        None,
        {Actor.DISPATCH, Actor.ARBITER, Actor.LEADER},
        Evidence.TEXT,
    ),
    _t(Action.ACCEPT, {State.DISPATCHED}, State.ACCEPTED, {Actor.HANDLER}),
    _t(Action.START, {State.ACCEPTED}, State.IN_PROGRESS, {Actor.HANDLER}, Evidence.TEXT),
    _t(
        Action.PUBLISH_PLAN,
        {State.IN_PROGRESS},
        State.PLANNED,
        {Actor.HANDLER},
        Evidence.PLAN,
    ),
    _t(
        Action.REPORT_MILESTONE,
        {State.PLANNED, State.IN_PROGRESS},
        None,
        {Actor.HANDLER},
        Evidence.MILESTONE,
        Evidence.TEXT,
    ),
    _t(
        Action.ASK_HOLD,
        _WORKING,
        None,
        {Actor.HANDLER},
        Evidence.REASON_CODE,
        Evidence.TEXT,
    ),
    _t(Action.GRANT_HOLD, _WORKING, State.ON_HOLD, _RULING, Evidence.TEXT),
    _t(Action.REFUSE_HOLD, _WORKING, None, _RULING, Evidence.TEXT),
    _t(
        Action.RESUME,
        {State.ON_HOLD},
        None,
        {Actor.HANDLER, Actor.DISPATCH, Actor.ARBITER, Actor.SYSTEM},
        Evidence.TEXT,
        resumes=True,
    ),
    _t(Action.ASK_EXTENSION, _WORKING, None, {Actor.HANDLER}, Evidence.TEXT),
    _t(Action.GRANT_EXTENSION, _WORKING, None, _RULING, Evidence.TEXT),
    _t(Action.REFUSE_EXTENSION, _WORKING, None, _RULING, Evidence.TEXT),
    _t(Action.ASK_ENDING, _WORKING, None, {Actor.HANDLER}, Evidence.TEXT),
    _t(Action.GRANT_ENDING, _WORKING, None, _RULING, Evidence.TEXT),
    _t(Action.REFUSE_ENDING, _WORKING, None, _RULING, Evidence.TEXT),
    _t(
        Action.HAND_OVER,
        {State.CLASSIFIED, State.DISPATCHED, State.ACCEPTED, State.IN_PROGRESS},
        State.EXTERNAL,
        _RULING,
        Evidence.TEXT,
    ),
    _t(
        Action.EXTERNAL_NEWS,
        {State.EXTERNAL},
        None,
        {*_RULING, Actor.SYSTEM},
        Evidence.TEXT,
    ),
    _t(
        Action.TAKE_BACK,
        {State.EXTERNAL},
        State.CLASSIFIED,
        {*_RULING, Actor.SYSTEM},
        Evidence.TEXT,
    ),
    _t(
        Action.EXTERNAL_DONE,
        {State.EXTERNAL},
        State.CALLBACK,
        {*_RULING, Actor.SYSTEM},
        Evidence.RESULT,
        Evidence.PART_ANSWERS,
    ),
    _t(
        Action.FINISH,
        {State.IN_PROGRESS, State.PLANNED},
        State.DONE,
        {Actor.HANDLER},
        Evidence.RESULT,
        Evidence.PART_ANSWERS,
    ),
    _t(Action.SEND_TO_VERIFY, {State.DONE}, State.VERIFY, {Actor.SYSTEM}),
    _t(Action.SKIP_VERIFY, {State.DONE}, State.CALLBACK, {Actor.SYSTEM}),
    _t(Action.VERIFY_OK, {State.VERIFY}, State.CALLBACK, {Actor.VERIFIER}, Evidence.TEXT),
    _t(Action.VERIFY_FAIL, {State.VERIFY}, State.IN_PROGRESS, {Actor.VERIFIER}, Evidence.TEXT),
    _t(Action.LOG_CALLBACK, {State.CALLBACK}, None, {Actor.CALLER}, Evidence.VERDICT),
    _t(
        Action.CLOSE,
        {State.CALLBACK},
        State.CLOSED,
        {Actor.CALLER, Actor.REPORTER},
        Evidence.VERDICT,
    ),
    _t(
        Action.ASK_REOPEN,
        {State.CALLBACK, State.CLOSED},
        State.REOPEN_REQ,
        {Actor.CALLER, Actor.REPORTER},
        Evidence.TEXT,
    ),
    _t(Action.REOPEN, {State.REOPEN_REQ}, State.REOPENED, {Actor.LEADER}, Evidence.TEXT),
    _t(Action.REFUSE_REOPEN, {State.REOPEN_REQ}, State.CLOSED, {Actor.LEADER}, Evidence.TEXT),
    _t(
        Action.MERGE,
        _UNANSWERED,
        State.MERGED,
        {Actor.TRIAGE, Actor.DISPATCH},
        Evidence.CASE,
    ),
    _t(
        Action.UNMERGE,
        {State.MERGED},
        None,
        {Actor.TRIAGE, Actor.DISPATCH, Actor.SYSTEM},
        Evidence.TEXT,
        resumes=True,
    ),
    _t(
        Action.FOLLOW,
        {State.MERGED},
        State.CALLBACK,
        {Actor.SYSTEM},
        Evidence.RESULT,
        Evidence.PART_ANSWERS,
    ),
    _t(
        Action.SPLIT,
        _UNANSWERED - {State.REGISTERED, State.INFO_WAIT},
        None,
        {Actor.TRIAGE, Actor.DISPATCH},
        Evidence.TEXT,
    ),
    _t(Action.CHILD_ANSWERED, OPEN, None, {Actor.SYSTEM}, Evidence.TEXT),
    _t(Action.LINK, frozenset(State) - {State.DRAFT}, None, {Actor.TRIAGE, Actor.SYSTEM}),
    _t(Action.JOIN, OPEN, None, {Actor.SYSTEM}),
    _t(
        Action.EMERGENCY,
        _UNANSWERED,
        None,
        {Actor.TRIAGE, Actor.DISPATCH, Actor.HANDLER},
        Evidence.TEXT,
    ),
    _t(Action.SUPERVISE, OPEN, None, {Actor.SUPERVISOR, Actor.SYSTEM}, Evidence.TEXT),
    _t(Action.REPLY_SUPERVISION, OPEN, None, {Actor.HANDLER, Actor.LEADER}, Evidence.TEXT),
    _t(Action.SETTLE_SUPERVISION, OPEN, None, {Actor.SUPERVISOR}, Evidence.TEXT),
    _t(Action.REJECT_REPLY, OPEN, None, {Actor.SUPERVISOR}, Evidence.TEXT),
    _t(Action.ESCALATE, OPEN, None, {Actor.SYSTEM}),
    _t(
        Action.ASK_PARTY,
        OPEN - {State.MERGED, State.EXTERNAL},
        None,
        {Actor.TRIAGE, Actor.DISPATCH, Actor.HANDLER},
        Evidence.TEXT,
    ),
    _t(Action.PARTY_ANSWERED, OPEN, None, {Actor.SYSTEM}, Evidence.TEXT),
    _t(
        Action.CALL_UNITS,
        OPEN,
        None,
        {Actor.TRIAGE, Actor.DISPATCH, Actor.HANDLER, Actor.LEADER},
        Evidence.TEXT,
    ),
    _t(
        Action.PUBLISH,
        frozenset(State) - {State.DRAFT},
        None,
        {Actor.TRIAGE, Actor.DISPATCH},
    ),
    _t(Action.WITHDRAW, OPEN, State.WITHDRAWN, {Actor.REPORTER}, Evidence.TEXT),
    _t(
        Action.NOTE,
        OPEN,
        None,
        frozenset(Actor) - {Actor.REPORTER, Actor.SYSTEM},
        Evidence.TEXT,
    ),
    _t(
        Action.ATTACH,
        OPEN,
        None,
        {Actor.REPORTER, Actor.TRIAGE, Actor.HANDLER, Actor.CO_HANDLER, Actor.VERIFIER},
    ),
    _t(Action.REMIND, OPEN, None, {Actor.REPORTER}),
    _t(Action.MARK_DUE_SOON, OPEN, None, {Actor.SYSTEM}),
    _t(Action.MARK_OVERDUE, OPEN, None, {Actor.SYSTEM}),
)

BY_ACTION: dict[Action, Transition] = {line.action: line for line in TABLE}


class IllegalTransition(ValueError):
    """Raised when the table does not have the step."""

    def __init__(self, *, action: Action, state: State) -> None:
        super().__init__(f"{action} is not possible in state {state}")
        self.action = action
        self.state = state


class NotTheirTurn(PermissionError):
    """Raised when the step exists but not for this actor."""


class EvidenceMissing(ValueError):
    """Raised when a step lacks what it must bring; ``missing`` is sorted."""

    def __init__(self, missing: frozenset[Evidence]) -> None:
        self.missing = tuple(sorted(missing))
        super().__init__(f"missing: {', '.join(self.missing)}")


def check(
    *,
    state: State,
    action: Action,
    actors: frozenset[Actor],
    evidence: frozenset[Evidence],
    before: State | None = None,
) -> State:
    """Return the state after the action.

    Args:
        state: where the case stands.
        actors: every relation in which the person stands to the case.
        evidence: what the action brings along.
        before: state that a wait, a hold or an undone merger resumes.

    Raises:
        IllegalTransition: the table has no such step in this state.
        NotTheirTurn: nobody of ``actors`` may take it.
        EvidenceMissing: something is lacking.
    """
    line = BY_ACTION.get(action)
    if line is None or state not in line.sources:
        raise IllegalTransition(action=action, state=state)
    if line.actors.isdisjoint(actors):
        raise NotTheirTurn(action)
    missing = line.evidence - evidence
    if missing:
        raise EvidenceMissing(missing)
    if line.resumes:
        return before or State.TRIAGE
    return line.target or state


def possible(*, state: State, actors: frozenset[Actor]) -> tuple[Action, ...]:
    """Return the actions open to somebody in a state, in the order of the table."""
    return tuple(
        line.action
        for line in TABLE
        if state in line.sources and not line.actors.isdisjoint(actors)
    )


def mermaid() -> str:
    """Return the table as a Mermaid state diagram (docs/methods/case-flow.md is made from it)."""
    return "\n".join(["stateDiagram-v2", *_mermaid_lines()]) + "\n"


def _mermaid_lines() -> Iterator[str]:
    yield f"    [*] --> {State.REGISTERED}: {Action.OPEN}"
    for line in TABLE:
        if line.target is None and not line.resumes:
            continue
        if line.action is Action.WITHDRAW:
            yield f"    open_states --> {State.WITHDRAWN}: {line.action}"
            continue
        for source in sorted(line.sources):
            yield f"    {source} --> {line.target or 'state_before'}: {line.action}"
    for state in sorted(FINAL):
        yield f"    {state} --> [*]"
