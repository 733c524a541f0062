"""The one way a call moves: lock, ask the table, write the event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from onegrid.calls import flow, standing
from onegrid.calls.flow import FINAL, Deed, Side, Stage
from onegrid.calls.models import Event, Summons
from onegrid.calls.terms import MAX_TEXT
from onegrid.cases.actions import Doing
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound, TooLarge


@dataclass(slots=True)
class Turn:
    """A locked way of a department whose next deed is legal; `done`: it was done before."""

    summons: Summons
    side: Side
    target: Stage
    done: bool = False


def begin(summons_id: UUID, doing: Doing, deed: Deed, *, words: str = "-") -> Turn:
    """Lock a department's way through a call and ask the table.

    Raises:
        NotFound: no such way, or out of the viewer's scope: the same answer.
        Conflict: not in this stage (somebody was faster), or the key belongs to another deed.
        Forbidden: not this side's turn.
        Invalid, TooLarge: words are missing or too many.
    """
    summons = locked(summons_id, doing)
    sides = standing.sides(doing.viewer, summons)
    earlier = Event.objects.filter(key=doing.key).first()
    if earlier is not None:
        same = (earlier.summons_id, earlier.deed, earlier.actor_id)
        if same != (summons.pk, deed, doing.viewer.user_id):
            raise Conflict("case.key_used", field="key")
        return Turn(summons, Side(earlier.side), Stage(summons.stage), done=True)
    if len(words) > MAX_TEXT:
        raise TooLarge("call.too_long", field="text", most=MAX_TEXT)
    try:
        target = flow.check(stage=Stage(summons.stage), deed=deed, sides=sides, words=words)
    except flow.NotNow as error:
        raise Conflict("call.not_now", stage=summons.get_stage_display()) from error
    except flow.NotTheirs as error:
        raise Forbidden("call.not_yours") from error
    except flow.WordsMissing as error:
        raise Invalid("call.words", field="text") from error
    side = next(side for side in Side if side in sides & flow.TABLE[deed].sides)
    return Turn(summons, side, target)


def locked(summons_id: UUID, doing: Doing) -> Summons:
    """Return a department's way, locked, if the viewer may know of it.

    Raises:
        NotFound: there is none in the viewer's scope.
    """
    row = (
        Summons.objects.select_for_update(of=("self",))
        .select_related("call__case")
        .filter(pk=summons_id)
        .first()
    )
    if row is None or not (standing.sides(doing.viewer, row) or standing.oversees(doing.viewer)):
        raise NotFound("call.not_found")
    return row


def write(
    turn: Turn,
    doing: Doing,
    deed: Deed,
    *,
    text: str = "",
    data: dict[str, Any] | None = None,
    **changes: object,
) -> Summons:
    """Move the way and write the event.

    Args:
        changes: columns of the way.
    """
    summons = turn.summons
    summons.stage = turn.target
    for name, value in changes.items():
        setattr(summons, name, value)
    if turn.target in FINAL and summons.ended_at is None:
        summons.ended_at = doing.now
    if turn.target not in {Stage.CALLED, Stage.REPORTED}:
        summons.look_at = None
    summons.save()
    insert(
        Event(
            call_id=summons.call_id,
            summons_id=summons.pk,
            at=doing.now,
            deed=deed,
            side=turn.side,
            actor_id=doing.viewer.user_id,
            actor_name="" if turn.side is Side.SYSTEM else doing.viewer.name,
            text=text.strip(),
            data=data or {},
            key=doing.key,
        )
    )
    return summons


def insert(event: Event) -> None:
    """Write an event.

    Raises:
        Conflict: its key was used for something else.
    """
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError as error:
        if "callevent_key_uq" not in str(error):
            raise
        raise Conflict("case.key_used", field="key") from error
