"""Plans and reports of done that the head of a unit approves: which need it, what was submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from onegrid.accounts.viewer import Viewer
from onegrid.cases import standing
from onegrid.cases.bounds import Bounds
from onegrid.cases.models import Case
from onegrid.cases.terms import AskKind, CaseClass
from onegrid.common.refusals import Conflict

#: Classes whose report of done needs approval, by the number of the rule `closure_approval`.
_CLOSURES: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({CaseClass.COMPLEX}),
    frozenset({CaseClass.COMPLEX, CaseClass.MAJOR}),
    frozenset(CaseClass.values),
)


@dataclass(frozen=True, slots=True)
class MilestoneGiven:
    """A dated part of a plan, as typed."""

    title: str
    due_on: date


@dataclass(frozen=True, slots=True)
class PlanGiven:
    """A plan as its author wrote it."""

    measures: str
    owner_name: str
    milestones: tuple[MilestoneGiven, ...]

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept while it waits for approval."""
        rows = [{"title": row.title, "due_on": row.due_on.isoformat()} for row in self.milestones]
        return {"measures": self.measures, "owner_name": self.owner_name, "milestones": rows}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> PlanGiven:
        """Return what was kept."""
        rows = kept["milestones"]
        stones = (MilestoneGiven(row["title"], date.fromisoformat(row["due_on"])) for row in rows)
        return cls(kept["measures"], kept["owner_name"], tuple(stones))


@dataclass(frozen=True, slots=True)
class ClosureGiven:
    """A report of done: the result, and an answer to each matter by its number."""

    result: str
    answers: Mapping[int, str]

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept while it waits for approval."""
        return {"result": self.result, "answers": {str(n): a for n, a in self.answers.items()}}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> ClosureGiven:
        """Return what was kept."""
        return cls(kept["result"], {int(n): answer for n, answer in kept["answers"].items()})


def needed(case_class: str, kind: AskKind, held: Bounds) -> bool:
    """Tell whether the rules of the county ask for approval of a plan or of a report of done."""
    if kind is AskKind.PLAN:
        return held.plan_approval
    return case_class in _CLOSURES[min(held.closure_approval, len(_CLOSURES) - 1)]


def released(
    case: Case, viewer: Viewer, kind: AskKind, held: Bounds, *, refusal: str = ""
) -> dict[str, Any]:
    """Return what a step without somebody else's approval says of it; nothing if none is needed.

    Args:
        refusal: code of the refusal; empty: the usual one of the kind.

    Raises:
        Conflict: approval is needed, and the viewer has no right to approve own work.
    """
    if not needed(case.case_class, kind, held):
        return {}
    if not standing.approves_itself(viewer, case):
        raise Conflict(refusal or f"approval.{kind.value}_needed")
    return {"self_approved": True}
