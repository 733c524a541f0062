"""An action on a case as the interface offers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from onegrid.api import schemas
from onegrid.api.endpoints import answer
from onegrid.core.flow import Action

Act = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """An action with the shape of its body.

    Attributes:
        act: called with ``case_id``, ``doing`` and what ``words`` returns.
        words: turns the body into the action's own arguments; left out: field by field.
        steps: what it may write into the flow, as a case lists it under ``actions``; left out: the
            step of the deed's own name.
        when: when it can be done, where that is not what the case lists.
    """

    name: str
    summary: str
    act: Act
    body: type[schemas.Shape] | None = None
    words: Callable[[Any], dict[str, Any]] = dict
    steps: tuple[Action, ...] = ()
    when: str = ""

    @property
    def takes(self) -> tuple[Action, ...]:
        """Return the steps of the flow that it may write."""
        return self.steps or (Action(self.name),)


def about(summary: str, takes: tuple[Action, ...], when: str = "") -> str:
    """Return the description of a deed in the interface."""
    listed = " or ".join(f"`{step}`" for step in takes)
    time = when or f"while the case lists {listed} under `actions`"
    return f"{summary}, {time}. The same key again changes nothing and shows the case."


def done(case: Any) -> HttpResponse:
    """Answer how a case stands after an action."""
    return answer(schemas.Done.model_construct(**standing(case)))


def standing(case: Any) -> dict[str, Any]:
    """Return the fields of `schemas.Done`."""
    return {
        "number": case.number,
        "state": str(case.state),
        "round": case.round,
        "changed_at": case.changed_at,
        "due_at": case.due_at,
    }
