"""The one way a case moves: lock, ask the table, write the step, recompute the clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from onegrid.accounts.viewer import Viewer
from onegrid.cases import clocks, joint, oversight, standing, watching
from onegrid.cases.models import Case, Step
from onegrid.cases.terms import Channel
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.core import flow
from onegrid.core.flow import Action, Actor, Evidence, State


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does what, when, and under which idempotency key."""

    viewer: Viewer
    now: datetime
    key: UUID
    channel: str = Channel.WEB
    #: set for a reporter without an account, who has shown number and query code
    as_reporter: bool = False
    #: number of steps the actor has seen; None: whatever happened meanwhile, go on
    seen: int | None = None
    #: the source knows no time or person of its own for this step; the step says so
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """What a step brings along; ``changes`` are columns of the case row."""

    action: Action
    text: str = ""
    evidence: frozenset[Evidence] = frozenset()
    data: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    shown: bool = True
    #: relations granted by the action itself (handling on the spot)
    lent: frozenset[Actor] = frozenset()


@dataclass(frozen=True, slots=True)
class Later:
    """A move that depends on the locked case; ``build`` runs if the table allows the action."""

    action: Action
    build: Callable[[Case], Move | None]
    lent: frozenset[Actor] = frozenset()


def locked(case_id: UUID, doing: Doing) -> Case:
    """Return the case row, locked, if the viewer may know of it.

    Raises:
        NotFound: no such case, or out of the viewer's scope: the same answer.
    """
    row = Case.objects.select_for_update().filter(pk=case_id).first()
    if row is None or not may_know(row, doing):
        raise NotFound("case.not_found")
    return row


def may_know(case: Case, doing: Doing) -> bool:
    """Tell whether the actor may know that the case exists."""
    viewer = doing.viewer
    return (
        doing.as_reporter
        or viewer.is_system
        or (viewer.user_id is not None and viewer.user_id == case.reporter_id)
        or standing.reaches(viewer, case)
    )


def take(case_id: UUID, doing: Doing, *moves: Move | Later) -> Case:
    """Do one or several moves on a case, unless the key says they were done before.

    `core.flow` is asked whether the step is legal and whose turn it is before anything is written.

    Raises:
        NotFound: out of scope.
        Conflict: the table has no such step now (somebody else was faster), or the case has moved
            on since the actor looked at it (``doing.seen``).
        Forbidden: not this viewer's turn.
        Invalid: evidence is missing.
    """
    held = _held.get()
    if held is not None and held.case.pk == case_id:
        if not may_know(held.case, doing):
            raise NotFound("case.not_found")
        return _go(held, doing, moves)
    case = locked(case_id, doing)
    work = _Work(case, _past(case))
    _go(work, doing, moves)
    _finish(work)
    return case


@dataclass(slots=True)
class _Work:
    """A locked case, its steps so far, and those that are to be written."""

    case: Case
    past: list[Step]
    written: list[Step] = field(default_factory=list)


_held: ContextVar[_Work | None] = ContextVar("onegrid_held_case", default=None)


@contextmanager
def together(case_id: UUID, doing: Doing) -> Iterator[None]:
    """Let several actions on one case share its lock; its steps and clocks are written at the end.

    For bringing in what is over: nobody waits for one of the actions alone, and either all of them
    are written or none.

    Raises:
        NotFound: no such case, or out of the actor's scope.
    """
    case = locked(case_id, doing)
    work = _Work(case, _past(case))
    token = _held.set(work)
    try:
        yield
    finally:
        _held.reset(token)
    _finish(work)


def _go(work: _Work, doing: Doing, moves: tuple[Move | Later, ...]) -> Case:
    """Do the moves in memory."""
    case, past = work.case, [*work.past, *work.written]
    if any(step.key == doing.key for step in past):
        _check_same_actor(past, doing)
        return case
    _check_seen(past, doing, moves[0].action)
    handlers = standing.handlers_among(past, case)
    for index, moving in enumerate(moves):
        actors = _actors(case, doing, moving.lent, handlers)
        move = moving if isinstance(moving, Move) else _build(case, moving, actors)
        if move is not None:
            key = doing.key if index == 0 else None
            work.written.append(_apply(case, doing, move, actors, key=key))
    return case


def _finish(work: _Work) -> None:
    """Write the new steps, what they say of the clocks, and the case."""
    if work.written:
        _write(work.written)
        events = clocks.events_among([*work.past, *work.written])
        found = clocks.refresh(work.case, events, now=work.case.changed_at)
        joint.follow(work.case, work.written, found)
        work.written += oversight.follow(
            work.case, past=[*work.past, *work.written], written=work.written, found=found
        )
        standing.check_not_accused(work.case)
        work.case.save()
        watching.tell(work.case, work.written)


def _past(case: Case) -> list[Step]:
    """Return the steps so far, read once for everything that asks them; their texts stay behind."""
    return list(Step.objects.filter(case_id=case.pk).defer("text").order_by("seq"))


def _check_same_actor(past: list[Step], doing: Doing) -> None:
    """Refuse a key that somebody else has used."""
    earlier = next(step for step in past if step.key == doing.key)
    if earlier.actor_id != doing.viewer.user_id:
        raise Conflict("case.key_used", field="key")


def _write(steps: list[Step]) -> None:
    """Write the steps.

    Two tries with one key on one case wait for each other at the locked row; a key of another case
    is caught by the unique constraint.
    """
    try:
        Step.objects.bulk_create(steps)
    except IntegrityError as error:
        if "step_key_uq" not in str(error):
            raise
        raise Conflict("case.key_used", field="key") from error


#: Steps that change nothing for whoever acts next.
_HARMLESS = frozenset(
    {
        Action.NOTE,
        Action.ATTACH,
        Action.REMIND,
        Action.MARK_DUE_SOON,
        Action.MARK_OVERDUE,
        Action.ESCALATE,
        Action.LINK,
        Action.JOIN,
        Action.PUBLISH,
        Action.EXTERNAL_NEWS,
        Action.PARTY_ANSWERED,
    }
)


def _check_seen(past: list[Step], doing: Doing, action: Action) -> None:
    if doing.seen is None or action in _HARMLESS:
        return
    if any(step.seq > doing.seen and step.action not in _HARMLESS for step in past):
        raise Conflict("case.moved_on", action=action.value)


def _actors(
    case: Case, doing: Doing, lent: frozenset[Actor], handlers: frozenset[UUID]
) -> frozenset[Actor]:
    actors = standing.relations(doing.viewer, case, handlers=handlers) | lent
    return actors | {Actor.REPORTER} if doing.as_reporter else actors


def _build(case: Case, later: Later, actors: frozenset[Actor]) -> Move | None:
    _ask_table(case, Move(later.action, evidence=frozenset(Evidence), text="-"), actors)
    return later.build(case)


def _apply(
    case: Case, doing: Doing, move: Move, actors: frozenset[Actor], *, key: UUID | None
) -> Step:
    """Move the case and return the step that says so, not yet written."""
    before = State(case.state)
    after = _ask_table(case, move, actors)
    _check_supervised(case, after)
    for name, value in move.changes.items():
        setattr(case, name, value)
    case.changed_at = max(doing.now, case.changed_at)
    _set_state(case, before, after)
    relation = _relation(move.action, move.lent & actors or actors)
    by_itself = relation is Actor.SYSTEM
    case.step_count += 1
    return Step(
        case_id=case.pk,
        seq=case.step_count,
        at=case.changed_at,
        action=move.action,
        from_state=before,
        to_state=after,
        actor_id=None if by_itself else doing.viewer.user_id,
        actor_name="" if by_itself or relation is Actor.REPORTER else doing.viewer.name,
        actor_role="system" if by_itself or doing.replayed else _role(doing.viewer),
        relation=relation,
        channel=doing.channel,
        text=move.text,
        data={
            **move.data,
            "round": case.round,
            **({"replayed": True} if doing.replayed else {}),
        },
        key=key,
        shown_to_reporter=move.shown,
    )


def _ask_table(case: Case, move: Move, actors: frozenset[Actor]) -> State:
    evidence = move.evidence | ({Evidence.TEXT} if move.text.strip() else set())
    try:
        return flow.check(
            state=State(case.state),
            action=move.action,
            actors=actors,
            evidence=frozenset(evidence),
            before=_state_before(case),
        )
    except flow.IllegalTransition as error:
        raise Conflict(
            "case.illegal_transition", action=move.action.value, state=case.state
        ) from error
    except flow.NotTheirTurn as error:
        raise Forbidden("case.not_your_turn", action=move.action.value) from error
    except flow.EvidenceMissing as error:
        first = error.missing[0]
        raise Invalid(f"case.missing.{first}", field=str(first)) from error


def _check_supervised(case: Case, after: State) -> None:
    """Nothing ends while a supervision is open; only its reporter may take a case back."""
    if case.supervised and after in {State.CLOSED, State.NOT_ACCEPTED}:
        raise Conflict("supervision.keeps_open")


def _state_before(case: Case) -> State | None:
    before = case.before_merge if case.state == State.MERGED else case.before_wait
    return State(before) if before else None


#: States that end where they began; a case may be merged while it waits.
_WAITS = frozenset({State.INFO_WAIT, State.ON_HOLD})


def _set_state(case: Case, before: State, after: State) -> None:
    if after is State.MERGED:
        case.before_merge = before
    elif before is State.MERGED:
        case.before_merge = ""
    elif after in _WAITS:
        case.before_wait = before
    elif before in _WAITS:
        case.before_wait = ""
    case.state = after
    if after in flow.FINAL and case.closed_at is None:
        case.closed_at = case.changed_at
    elif after not in flow.FINAL:
        case.closed_at = None


def _relation(action: Action, actors: frozenset[Actor]) -> Actor:
    """Return the relation in which the step was taken: the first that the table allows."""
    allowed = flow.BY_ACTION[action].actors & actors
    return next(actor for actor in Actor if actor in allowed)


def _role(viewer: Viewer) -> str:
    return "system" if viewer.is_system else next(iter(sorted(viewer.roles)), "")
