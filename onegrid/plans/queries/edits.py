"""The edits of a draft: which stand, which can be undone or done again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.plans.models import DraftEdit
from onegrid.plans.terms import EditKind


@dataclass(frozen=True, slots=True)
class EditRow:
    """An edit in the list; `buildings` says how many changed their grid."""

    seq: int
    kind: str
    label: str
    at: datetime
    by_name: str
    buildings: int
    of: int | None


def edits(draft_id: UUID) -> tuple[EditRow, ...]:
    """Return the edits of a draft, newest first."""
    rows = DraftEdit.objects.filter(draft_id=draft_id).order_by("-seq")
    return tuple(
        EditRow(
            row.seq,
            row.kind,
            row.get_kind_display(),
            row.at,
            row.by_name,
            len(row.data.get("rows", ())),
            row.of,
        )
        for row in rows
    )


def to_undo(draft_id: UUID) -> DraftEdit | None:
    """Return the newest edit that stands; a run of the planner ends the list."""
    done, _ = _stacks(draft_id)
    return DraftEdit.objects.get(draft_id=draft_id, seq=done[-1]) if done else None


def to_redo(draft_id: UUID) -> DraftEdit | None:
    """Return the edit that was undone last, unless something was changed since."""
    _, undone = _stacks(draft_id)
    return DraftEdit.objects.get(draft_id=draft_id, seq=undone[-1]) if undone else None


def _stacks(draft_id: UUID) -> tuple[list[int], list[int]]:
    done: list[int] = []
    undone: list[int] = []
    rows = DraftEdit.objects.filter(draft_id=draft_id).order_by("seq")
    for seq, kind in rows.values_list("seq", "kind"):
        if kind == EditKind.PLAN:
            done, undone = [], []
        elif kind == EditKind.UNDO:
            undone.append(done.pop())
        elif kind == EditKind.REDO:
            done.append(undone.pop())
        else:
            done.append(seq)
            undone = []
    return done, undone
