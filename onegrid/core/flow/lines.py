"""What a line of the table says."""

from __future__ import annotations

from dataclasses import dataclass

from onegrid.core.flow.terms import Action, Actor, Evidence, State


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


def line(
    action: Action,
    sources: frozenset[State] | set[State],
    target: State | None,
    actors: frozenset[Actor] | set[Actor],
    *evidence: Evidence,
    resumes: bool = False,
) -> Transition:
    """Return a line of the table; arguments as the attributes of `Transition`."""
    return Transition(
        action, frozenset(sources), target, frozenset(actors), frozenset(evidence), resumes
    )
