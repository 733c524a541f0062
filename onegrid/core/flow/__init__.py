"""The flow of a case: its one table, and how it is asked.

This package knows nothing of databases or clocks.
"""

from __future__ import annotations

from collections.abc import Iterator

from onegrid.core.flow.lines import Transition
from onegrid.core.flow.table import BY_ACTION, TABLE
from onegrid.core.flow.terms import FINAL, OPEN, Action, Actor, Evidence, State

__all__ = [
    "BY_ACTION",
    "FINAL",
    "OPEN",
    "TABLE",
    "Action",
    "Actor",
    "Evidence",
    "EvidenceMissing",
    "IllegalTransition",
    "NotTheirTurn",
    "State",
    "Transition",
    "check",
    "mermaid",
    "possible",
]


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
