"""An action on a case as the interface offers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from onegrid.api import schemas

Act = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """An action with the shape of its body.

    Attributes:
        act: called with ``case_id``, ``doing`` and what ``words`` returns.
        words: turns the body into the action's own arguments; left out: field by field.
    """

    name: str
    summary: str
    act: Act
    body: type[schemas.Shape] | None = None
    words: Callable[[Any], dict[str, Any]] = dict
