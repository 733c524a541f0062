"""Lines of the table on approval: a plan or a report of done waits for the head of the unit.

What is asked for changes no state: nothing is published or done before somebody else says so.
"""

from __future__ import annotations

from onegrid.core.flow.lines import Transition, line
from onegrid.core.flow.terms import Action, Actor, Evidence, State

_REPORTED = {State.IN_PROGRESS, State.PLANNED}

APPROVAL: tuple[Transition, ...] = (
    line(Action.ASK_PLAN, {State.IN_PROGRESS}, None, {Actor.HANDLER}, Evidence.PLAN),
    line(Action.GRANT_PLAN, {State.IN_PROGRESS}, None, {Actor.HEAD}, Evidence.TEXT),
    line(Action.REFUSE_PLAN, {State.IN_PROGRESS}, None, {Actor.HEAD}, Evidence.TEXT),
    line(
        Action.ASK_CLOSURE,
        _REPORTED,
        None,
        {Actor.HANDLER},
        Evidence.RESULT,
        Evidence.PART_ANSWERS,
    ),
    line(Action.GRANT_CLOSURE, _REPORTED, None, {Actor.HEAD}, Evidence.TEXT),
    line(Action.REFUSE_CLOSURE, _REPORTED, None, {Actor.HEAD}, Evidence.TEXT),
    line(
        Action.RECALL_ASK,
        _REPORTED | {State.INFO_WAIT, State.ON_HOLD},
        None,
        {Actor.HANDLER},
    ),
)
