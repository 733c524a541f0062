"""What a case is tied to: merged and divided cases, what came back, people who joined, calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from onegrid.accounts.viewer import Viewer
from onegrid.cases import standing
from onegrid.cases.models import Case, Joiner, Link, Part
from onegrid.cases.queries.detail import CaseView, StepView, case_id_of
from onegrid.cases.queries.offers import people_of
from onegrid.cases.queries.similar import Alike, alike_cases
from onegrid.cases.terms import LinkKind
from onegrid.common.refusals import Invalid, NotFound
from onegrid.core.flow import Action, Actor

_WAYS = {
    LinkKind.MERGED: ("merged_into", "merged"),
    LinkKind.CHILD: ("parent", "child"),
    LinkKind.RECURRENCE: ("recurs", "came_back"),
    LinkKind.RELATED: ("related", "related"),
}


@dataclass(frozen=True, slots=True)
class TiedRow:
    """A case tied to another one, as its page shows it.

    Attributes:
        way: ``merged_into``, ``merged``, ``parent``, ``child``, ``recurs``, ``came_back`` or
            ``related``: what the row is to the case of the page.
        ended: the tie is over, kept for the record.
        title: empty where the viewer may not open it.
        parts: numbers of the matters it answers, or was split off for.
    """

    case_id: UUID
    number: str
    title: str
    state: str
    way: str
    ended: bool
    may_open: bool
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class JoinedRow:
    """What somebody who joined had to say; who it was is not shown."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call to 110, 119, 120 or 122."""

    line: str
    called_by: str
    called_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Ties:
    """Everything a desk shows of what a case is tied to."""

    rows: tuple[TiedRow, ...]
    alike: tuple[Alike, ...]
    joined: tuple[JoinedRow, ...]
    calls: tuple[CallRow, ...]
    people: int
    repeated: int

    def __bool__(self) -> bool:
        return bool(self.rows or self.alike or self.calls or self.people > 1 or self.repeated)


def ties(viewer: Viewer, *, view: CaseView, now: datetime) -> Ties:
    """Return what a case of the viewer's desk is tied to, with like ones while it is assessed."""
    assesses = bool(view.relations & {Actor.TRIAGE, Actor.DISPATCH})
    wanted = assesses and Action.MERGE in view.actions
    people = people_of([view.case.pk])[view.case.pk]
    return Ties(
        rows=tuple(tied_rows(viewer, view.case)),
        alike=tuple(alike_cases(viewer, case=view.case, now=now)) if wanted else (),
        joined=tuple(_joined(view.case)) if people > 1 else (),
        calls=tuple(_call(step) for step in view.steps if step.action == Action.EMERGENCY),
        people=people,
        repeated=sum(step.action == Action.REPEAT for step in view.steps),
    )


def _joined(case: Case) -> list[JoinedRow]:
    rows = Joiner.objects.filter(case_id=case.pk).exclude(text="").order_by("at")
    return [JoinedRow(*row) for row in rows.values_list("at", "text")[:50]]


def _call(step: StepView) -> CallRow:
    data = step.data
    return CallRow(
        line=str(data["line"]),
        called_by=str(data["called_by"]),
        called_at=datetime.fromisoformat(str(data["called_at"])),
        text=step.text,
    )


def tied_rows(viewer: Viewer, case: Case) -> list[TiedRow]:
    """Return the cases a case is tied to, without titles of those the viewer may not open."""
    links = Link.objects.filter(Q(case_id=case.pk) | Q(other_id=case.pk))
    rows: list[TiedRow] = []
    found = list(links.select_related("case", "other").order_by("at", "id"))
    parts = _parts(case) if found else {}
    for link in found:
        mine = link.case_id == case.pk
        other = link.other if mine else link.case
        may_open = standing.reaches(viewer, other)
        rows.append(
            TiedRow(
                case_id=other.pk,
                number=other.number,
                title=other.title if may_open else "",
                state=other.state,
                way=_WAYS[LinkKind(link.kind)][0 if mine else 1],
                ended=link.ended_at is not None,
                may_open=may_open,
                parts=parts.get(other.pk, ()),
            )
        )
    return rows


def _parts(case: Case) -> dict[UUID, tuple[int, ...]]:
    found: dict[UUID, tuple[int, ...]] = {}
    both = Q(case_id=case.pk, child__isnull=False) | Q(child_id=case.pk)
    for parent, child, n in Part.objects.filter(both).values_list("case_id", "child_id", "n"):
        other = child if parent == case.pk else parent
        found[other] = (*found.get(other, ()), n)
    return found


def own_rows(view: CaseView) -> list[TiedRow]:
    """Return what a reporter's case was divided from or into; the reporter is the same."""
    links = Link.objects.filter(
        Q(case_id=view.case.pk) | Q(other_id=view.case.pk), kind=LinkKind.CHILD
    )
    parts = _parts(view.case)
    rows = []
    for link in links.select_related("case", "other").order_by("at", "id"):
        mine = link.case_id == view.case.pk
        other = link.other if mine else link.case
        rows.append(
            TiedRow(
                case_id=other.pk,
                number=other.number,
                title=other.title,
                state=other.state,
                way="parent" if mine else "child",
                ended=link.ended_at is not None,
                may_open=True,
                parts=parts.get(other.pk, ()),
            )
        )
    return rows


def divided_with(case_id: UUID) -> set[UUID]:
    """Return the parent and the children of a case: whoever may read it may read them."""
    links = Link.objects.filter(Q(case_id=case_id) | Q(other_id=case_id), kind=LinkKind.CHILD)
    pairs = links.values_list("case_id", "other_id")
    return {one for pair in pairs for one in pair} - {case_id}


def case_named(number: str) -> UUID:
    """Return the id of the case that somebody names to merge into.

    Raises:
        Invalid: there is none; the same answer as for one out of scope.
    """
    try:
        return case_id_of(number)
    except NotFound as error:
        raise Invalid("case.merge_unknown", field="into") from error
