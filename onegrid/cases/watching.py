"""Who hears of every step, inside the transaction that writes it.

Apps above this one register a watcher when they start. What a watcher writes and the step that it
heard of are one: both stay, or neither does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onegrid.cases.models import Case, Step


@dataclass(frozen=True, slots=True)
class Heard:
    """One step; ``text`` is empty where the reporter does not see it."""

    seq: int
    at: datetime
    action: str
    from_state: str
    to_state: str
    text: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Happening:
    """Steps of one case that were written together, and the case after them."""

    case_id: UUID
    number: str
    state: str
    channel: str
    batch: str
    confidential: bool
    case_class: str
    category_id: UUID | None
    due_at: datetime | None
    steps: tuple[Heard, ...]


Watcher = Callable[[Happening], None]

_watchers: dict[str, Watcher] = {}


def watch(name: str, watcher: Watcher) -> None:
    """Let a watcher hear of every step from now on; a name is registered once."""
    _watchers[name] = watcher


def tell(case: Case, steps: Iterable[Step]) -> None:
    """Tell every watcher what was written."""
    happening = Happening(
        case_id=case.pk,
        number=case.number,
        state=case.state,
        channel=case.channel,
        batch=case.batch,
        confidential=case.confidential,
        case_class=case.case_class,
        category_id=case.category_id,
        due_at=case.due_at,
        steps=tuple(_heard(step) for step in steps),
    )
    for watcher in _watchers.values():
        watcher(happening)


def _heard(step: Step) -> Heard:
    return Heard(
        seq=step.seq,
        at=step.at,
        action=step.action,
        from_state=step.from_state,
        to_state=step.to_state,
        text=step.text if step.shown_to_reporter else "",
        data=dict(step.data),
    )
