"""The one transition table of a case: which action leads where, by whom, on what evidence.

Source: docs/methods/case-flow.md; the states follow the five phases of the article's closed loop
(发现、研判、分类、处置、反馈).
"""

from __future__ import annotations

from dataclasses import dataclass

from onegrid.core.flow.terms import OPEN, Action, Actor, Evidence, State

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
#: Whoever decides where a case belongs.
_RULING = {Actor.DISPATCH, Actor.ARBITER}
#: States in which helping units may still be at work on a case.
_SHARED = frozenset(
    {
        State.CLASSIFIED,
        State.DISPATCHED,
        State.RETURN_REQ,
        State.ARBITRATION,
        State.INFO_WAIT,
        State.ON_HOLD,
        State.EXTERNAL,
        *_WORKING,
    }
)


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
    _t(Action.RELEASE_UNIT, _SHARED, None, _RULING, Evidence.TEXT),
    _t(Action.CO_REPORT, _SHARED, None, {Actor.CO_HANDLER}, Evidence.TEXT),
    _t(
        Action.MEET,
        {
            State.TRIAGE,
            State.CLASSIFIED,
            State.DISPATCHED,
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
    _t(Action.GRANT_HOLD, _WORKING, State.ON_HOLD, {Actor.ARBITER}, Evidence.TEXT),
    _t(Action.REFUSE_HOLD, _WORKING, None, {Actor.ARBITER}, Evidence.TEXT),
    _t(
        Action.RESUME,
        {State.ON_HOLD},
        None,
        {Actor.HANDLER, Actor.DISPATCH, Actor.ARBITER, Actor.SYSTEM},
        resumes=True,
    ),
    _t(Action.ASK_EXTENSION, _WORKING, None, {Actor.HANDLER}, Evidence.TEXT),
    _t(Action.GRANT_EXTENSION, _WORKING, None, {Actor.ARBITER}, Evidence.TEXT),
    _t(Action.REFUSE_EXTENSION, _WORKING, None, {Actor.ARBITER}, Evidence.TEXT),
    _t(Action.ASK_ENDING, _WORKING, None, {Actor.HANDLER}, Evidence.TEXT),
    _t(Action.GRANT_ENDING, _WORKING, None, {Actor.ARBITER}, Evidence.TEXT),
    _t(Action.REFUSE_ENDING, _WORKING, None, {Actor.ARBITER}, Evidence.TEXT),
    _t(
        Action.HAND_OVER,
        {State.CLASSIFIED, State.DISPATCHED, State.ACCEPTED, State.IN_PROGRESS},
        State.EXTERNAL,
        _RULING,
        Evidence.TEXT,
    ),
    _t(
        Action.EXTERNAL_NEWS,
        OPEN,
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
        {Actor.CALLER, Actor.REPORTER, Actor.SYSTEM},
        Evidence.VERDICT,
    ),
    _t(
        Action.KEEP_VERDICT,
        {State.CALLBACK},
        None,
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
    _t(Action.LINK, frozenset(State) - {State.DRAFT}, None, {Actor.SYSTEM}),
    _t(Action.JOIN, OPEN, None, {Actor.SYSTEM}),
    _t(
        Action.EMERGENCY,
        OPEN,
        None,
        {Actor.TRIAGE, Actor.DISPATCH, Actor.HANDLER, Actor.CO_HANDLER, Actor.VERIFIER},
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
    _t(
        Action.CHANGE_KIND,
        {State.TRIAGE, State.CLASSIFIED, State.DISPATCHED, *_WORKING},
        None,
        {Actor.TRIAGE},
        Evidence.TEXT,
    ),
    _t(
        Action.NAME_SUBJECTS,
        {State.TRIAGE, State.CLASSIFIED, State.DISPATCHED, State.REOPENED, *_WORKING},
        None,
        {Actor.TRIAGE, Actor.SUPERVISOR},
        Evidence.TEXT,
    ),
    _t(Action.TAKE_AWAY, {State.DISPATCHED, *_WORKING}, State.CLASSIFIED, {Actor.SYSTEM}),
    _t(Action.WITHDRAW, OPEN, State.WITHDRAWN, {Actor.REPORTER}, Evidence.TEXT),
    _t(
        Action.NOTE,
        OPEN,
        None,
        frozenset(Actor) - {Actor.REPORTER},
        Evidence.TEXT,
    ),
    _t(
        Action.ATTACH,
        OPEN,
        None,
        {Actor.REPORTER, Actor.TRIAGE, Actor.HANDLER, Actor.CO_HANDLER, Actor.VERIFIER},
    ),
    _t(Action.REMIND, OPEN, None, {Actor.REPORTER}),
    _t(
        Action.REPEAT,
        OPEN,
        None,
        {Actor.REPORTER, Actor.TRIAGE, Actor.DISPATCH, Actor.HANDLER, Actor.CALLER, Actor.SYSTEM},
        Evidence.TEXT,
    ),
    _t(Action.MARK_DUE_SOON, OPEN, None, {Actor.SYSTEM}),
    _t(Action.MARK_OVERDUE, OPEN, None, {Actor.SYSTEM}),
)

BY_ACTION: dict[Action, Transition] = {line.action: line for line in TABLE}
