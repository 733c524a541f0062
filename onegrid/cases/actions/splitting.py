"""Divide a case: some of its matters become cases of their own (分件)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from django.db.models import F, Max
from django.utils.timezone import localtime

from onegrid.cases import alike, clocks, notify, watching
from onegrid.cases.actions.assess import class_move
from onegrid.cases.actions.opening import MAX_PARTS, _title, _token, _turn
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Attachment, Case, Contact, Link, Part, Step
from onegrid.cases.terms import FilePhase, LinkKind
from onegrid.common.ids import uuid7
from onegrid.common.refusals import Invalid
from onegrid.common.tenancy.context import current_tenant
from onegrid.core import numbers, triage
from onegrid.core.clock import Event
from onegrid.core.flow import FINAL, Action, Actor, Evidence, State
from onegrid.organisation.queries import units

SYSTEM = frozenset({Actor.SYSTEM})
_ASSESSOR = frozenset({Actor.TRIAGE, Actor.DISPATCH})
_REPORTER = frozenset({Actor.REPORTER})
#: What a child has from its parent.
_INHERITED = (
    "channel", "kind", "language", "confidential", "excluded_ids", "reporter_id", "entered_by",
    "lon", "lat", "input_system", "address", "building_id", "grid_id", "community_id", "street_id",
    "opened_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matters:
    """What is split off.

    Attributes:
        parts: numbers of matters that the request names already.
        text: a further matter in the words of the clerk; the request did not name it apart.
        unit_id: who shall handle it; left out, the new case waits to be dispatched.
    """

    case_class: str
    category_code: str
    parts: tuple[int, ...] = ()
    text: str = ""
    unit_id: UUID | None = None


def split(*, case_id: UUID, doing: Doing, matters: Matters) -> Case:
    """Make a case of some matters of another; the other waits for its answer.

    The new case has the reporter and the time of the first report, so that no promise gets longer.

    Returns:
        The parent.

    Raises:
        Invalid: no matter is named, all are, or one is unknown, answered or divided already; the
            class, the category or the unit cannot be used.
    """
    if matters.unit_id is not None and matters.unit_id not in units():
        raise Invalid("case.unit_unknown", field="unit")
    made: list[Case] = []

    def move(parent: Case) -> Move:
        rows = _chosen(parent, matters)
        child = _child(parent, rows, doing)
        made.append(child)
        words = "\n".join(row.text for row in rows)
        data = {"child": child.number, "parts": [row.n for row in rows]}
        return Move(Action.SPLIT, text=words, data=data)

    parent = take(case_id, doing, Later(Action.SPLIT, move))
    for child in made:
        _set_going(child, matters, replace(doing, key=uuid5(doing.key, "child"), seen=None))
        notify.tell(
            parent, "case_divided", now=doing.now, child=child.number, token=_token(child.pk)
        )
    return parent


def _chosen(parent: Case, matters: Matters) -> list[Part]:
    """Return the parts to split off; a matter in words becomes one more."""
    rows = {row.n: row for row in Part.objects.filter(case_id=parent.pk)}
    unknown = [n for n in matters.parts if n not in rows]
    if unknown:
        raise Invalid("case.split_unknown", field="parts", n=unknown[0])
    chosen = [rows[n] for n in dict.fromkeys(matters.parts)]
    taken = next((row.n for row in chosen if row.child_id or row.answered_at), None)
    if taken is not None:
        raise Invalid("case.split_taken", field="parts", n=taken)
    words = matters.text.strip()
    if words:
        if len(rows) >= MAX_PARTS * 2:
            raise Invalid("case.parts", field="text", most=MAX_PARTS * 2)
        last = Part.objects.filter(case_id=parent.pk).aggregate(n=Max("n"))["n"] or 0
        chosen.append(Part.objects.create(case_id=parent.pk, n=last + 1, text=words))
    if not chosen:
        raise Invalid("case.split_nothing", field="parts")
    left = [row for row in rows.values() if row.child_id is None and row not in chosen]
    if not left:
        raise Invalid("case.split_all", field="parts")
    return chosen


def _child(parent: Case, rows: list[Part], doing: Doing) -> Case:
    """Write the new case with its first step, at the time of the first report."""
    child_id, text = uuid7(), "\n\n".join(row.text for row in rows)
    serial = _turn(uuid5(doing.key, "number"))
    child = Case(
        id=child_id,
        number=numbers.make(current_tenant(), localtime(doing.now).date(), serial),
        token_hash=numbers.token_hash(_token(child_id)),
        state=State.REGISTERED,
        title=_title(text),
        text=text,
        category_id=parent.category_id,
        case_class=parent.case_class,
        safety=bool(triage.safety_words(text)),
        changed_at=parent.opened_at,
        **{name: getattr(parent, name) for name in _INHERITED},
    )
    child.cell = alike.cell_of(child)
    readings = clocks.readings(
        child, [Event(child.opened_at, Action.OPEN, State.REGISTERED)], now=doing.now
    )
    clocks.project(child, readings)
    child.save(force_insert=True)
    clocks.store(child, readings)
    _belongings(parent, child, rows)
    Link.objects.create(case_id=child.pk, other_id=parent.pk, kind=LinkKind.CHILD, at=doing.now)
    first = Step.objects.create(
        case_id=child.pk,
        seq=1,
        at=child.opened_at,
        action=Action.OPEN,
        to_state=State.REGISTERED,
        relation=Actor.SYSTEM,
        actor_role="system",
        channel=child.channel,
        data={"round": 1, "parent": parent.number},
    )
    watching.tell(child, [first])
    return child


def _belongings(parent: Case, child: Case, rows: list[Part]) -> None:
    """Give the child its matters, the way to its reporter and the photos of the report."""
    Part.objects.bulk_create(
        Part(case_id=child.pk, n=n, text=row.text) for n, row in enumerate(rows, start=1)
    )
    Part.objects.filter(pk__in=[row.pk for row in rows]).update(child_id=child.pk)
    copies: list[Contact | Attachment] = list(Contact.objects.filter(case_id=parent.pk))
    copies += Attachment.objects.filter(case_id=parent.pk, phase=FilePhase.REPORT)
    for row in copies:
        row.pk, row.case_id = uuid7(), child.pk
        row.save(force_insert=True)


def _set_going(child: Case, matters: Matters, doing: Doing) -> None:
    """Assess, classify and, where a unit is named, dispatch the new case."""

    def classified(case: Case) -> Move:
        return class_move(Action.CLASSIFY, case, matters.case_class, matters.category_code, "")

    moves: list[Move | Later] = [
        Move(Action.START_TRIAGE, lent=_ASSESSOR),
        Later(Action.CLASSIFY, classified, lent=_ASSESSOR),
    ]
    unit = units().get(matters.unit_id) if matters.unit_id else None
    if unit is not None:
        moves.append(
            Move(
                Action.DISPATCH,
                evidence=frozenset({Evidence.UNIT}),
                data={"unit": unit.name},
                changes={"lead_unit_id": unit.id},
                lent=_ASSESSOR,
            )
        )
    take(child.pk, doing, *moves)


def answer_parent(child: Case, words: str, doing: Doing) -> None:
    """Answer the parent's matters with what their own case says; a finished parent stays as is."""
    rows = Part.objects.filter(child_id=child.pk, case__state__in=_waiting())
    parents = list(rows.values_list("case_id", flat=True).distinct())
    answer = words or "\n".join(
        Part.objects.filter(case_id=child.pk).order_by("n").values_list("answer", flat=True)
    )
    for parent_id in parents:
        rows.filter(case_id=parent_id).update(answer=answer, answered_at=doing.now)
        data = {"child": child.number}
        take(parent_id, doing, Move(Action.CHILD_ANSWERED, text=answer, data=data))


def open_parent(child: Case) -> None:
    """Take back the answer of a child that was reopened, from a parent that is not over."""
    rows = Part.objects.filter(child_id=child.pk, case__state__in=_waiting())
    rows.update(answer="", answered_at=None)


def withdraw_children(parent: Case, doing: Doing) -> None:
    """Withdraw the open cases of a request that its reporter has withdrawn as a whole."""
    links = Link.objects.filter(other_id=parent.pk, kind=LinkKind.CHILD, ended_at__isnull=True)
    open_ones = links.exclude(case__state__in=FINAL).order_by(F("at"), F("case_id"))
    for child_id in open_ones.values_list("case_id", flat=True):
        own = replace(doing, key=uuid7())
        take(child_id, own, Move(Action.WITHDRAW, text=parent.number, lent=_REPORTER))


def _waiting() -> list[str]:
    return [state.value for state in State if state not in FINAL and state is not State.DRAFT]
