"""What units share of a case: what they ask for, who helps, meetings, other bodies, rulings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases import joint, standing
from onegrid.cases.approval import ClosureGiven, PlanGiven
from onegrid.cases.clocks import promised_clock
from onegrid.cases.models import Ask, Case, CoUnit, Meeting
from onegrid.cases.queries.detail import CaseView, StepView, case_seen
from onegrid.cases.terms import APPROVALS, AskKind, AskState
from onegrid.core.clock import Reading
from onegrid.core.flow import Action, State
from onegrid.organisation.queries import UnitRow, units

RULINGS = 5


@dataclass(frozen=True, slots=True)
class AskView:
    """What a unit asked for, and what was decided.

    Attributes:
        reason: code of a hold's reason; else empty.
        proposed, ruled: names of units, for returns.
        minutes: of an extension.
        asked_by: account; None when the case was brought in.
        plan, closure: what was submitted for approval.
    """

    kind: str
    state: str
    round: int
    unit: str
    unit_id: UUID | None
    ruled_id: UUID | None
    asked_at: datetime
    text: str
    reason: str
    item: str
    proposed: str
    ruled: str
    until: datetime | None
    ended_at: datetime | None
    minutes: int | None
    decided_at: datetime | None
    ruling: str
    asked_by: UUID | None = None
    plan: PlanGiven | None = None
    closure: ClosureGiven | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether somebody has to decide."""
        return self.state == AskState.OPEN

    @property
    def runs(self) -> bool:
        """Tell whether it is a hold that is on."""
        return self.kind == AskKind.HOLD and self.state == AskState.GRANTED and not self.ended_at


@dataclass(frozen=True, slots=True)
class CoUnitView:
    """A helping unit with its task, sub-deadline and report."""

    unit_id: UUID
    unit: str
    code: str
    round: int
    task: str
    due_at: datetime | None
    reported_at: datetime | None
    report: str
    released_at: datetime | None

    @property
    def awaited(self) -> bool:
        """Tell whether its report is awaited."""
        return self.reported_at is None and self.released_at is None


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting over a case."""

    kind: str
    held_at: datetime
    units: tuple[str, ...]
    minutes: str
    ruling: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The body outside the county that has the case now, and its number there."""

    at: datetime
    body: str
    reference: str


@dataclass(frozen=True, slots=True)
class Sharing:
    """Everything that units share of a case; empty for most cases."""

    asks: tuple[AskView, ...] = ()
    co_units: tuple[CoUnitView, ...] = ()
    meetings: tuple[MeetingView, ...] = ()
    external: HandedOver | None = None

    def __bool__(self) -> bool:
        return bool(self.asks or self.co_units or self.meetings or self.external)

    def open_ask(self, kind: AskKind) -> AskView | None:
        """Return what waits for a decision."""
        return next((ask for ask in self.asks if ask.kind == kind and ask.is_open), None)

    def of_round(self, kind: AskKind, round_: int) -> tuple[AskView, ...]:
        """Return what was asked for in a round, newest first."""
        return tuple(ask for ask in self.asks if ask.kind == kind and ask.round == round_)

    def owed_by(self, viewer: Viewer, case: Case) -> tuple[CoUnitView, ...]:
        """Return the helping units of a viewer whose report is awaited."""
        mine = standing.helping_units(viewer, case)
        return tuple(row for row in self.co_units if row.awaited and row.unit_id in mine)

    @property
    def hold(self) -> AskView | None:
        """Return the hold that is on."""
        return next((ask for ask in self.asks if ask.runs), None)


#: Steps after which one of the tables here has rows; a case without them is not asked about.
_SHARED = frozenset(
    {
        Action.ASK_RETURN,
        Action.ASK_HOLD,
        Action.ASK_EXTENSION,
        Action.ASK_ENDING,
        Action.ASK_PLAN,
        Action.ASK_CLOSURE,
        Action.ADD_UNIT,
        Action.MEET,
        Action.HAND_OVER,
    }
)


def sharing(view: CaseView) -> Sharing:
    """Return what units share of a case that was read already; what is inside only for staff."""
    known = {step.action for step in view.steps}
    helped = any(step.action == Action.DISPATCH and "units" in step.data for step in view.steps)
    if not (helped or known & _SHARED):
        return Sharing()
    names = {unit_id: unit.name for unit_id, unit in units().items()}
    inside = bool(view.relations - {"reporter"})
    return Sharing(
        asks=_asks(view.case, names, inside=inside),
        co_units=_co_units(view.case),
        meetings=_meetings(view.case, names, inside=inside),
        external=_external(view),
    )


def _asks(case: Case, names: dict[UUID, str], *, inside: bool) -> tuple[AskView, ...]:
    """Return what was asked for; plans and reports that are not approved stay within the unit."""
    rows = Ask.objects.filter(case_id=case.pk).order_by("-asked_at", "-id")
    rows = rows if inside else rows.exclude(kind__in=APPROVALS)
    return tuple(_ask(row, names) for row in rows)


def _ask(row: Ask, names: dict[UUID, str]) -> AskView:
    def name(unit_id: UUID | None) -> str:
        return names.get(unit_id, "") if unit_id else ""

    return AskView(
        kind=row.kind,
        state=row.state,
        round=row.round,
        unit=name(row.unit_id),
        unit_id=row.unit_id,
        ruled_id=row.ruled_unit_id,
        asked_at=row.asked_at,
        text=row.text,
        reason=row.reason,
        item=row.item,
        proposed=name(row.proposed_unit_id),
        ruled=name(row.ruled_unit_id),
        until=row.until,
        ended_at=row.ended_at,
        minutes=row.minutes,
        decided_at=row.decided_at,
        ruling=row.ruling,
        asked_by=row.asked_by,
        plan=PlanGiven.of(row.given) if row.given and row.kind == AskKind.PLAN else None,
        closure=ClosureGiven.of(row.given) if row.given and row.kind == AskKind.CLOSURE else None,
    )


def _co_units(case: Case) -> tuple[CoUnitView, ...]:
    rows = CoUnit.objects.filter(case_id=case.pk).order_by("round", "added_at", "id")
    names = ("unit_id", "unit__name", "unit__code", "round", "task", "due_at", "reported_at")
    return tuple(CoUnitView(*row) for row in rows.values_list(*names, "report", "released_at"))


def _meetings(case: Case, names: dict[UUID, str], *, inside: bool) -> tuple[MeetingView, ...]:
    return tuple(
        MeetingView(
            kind=row.kind,
            held_at=row.held_at,
            units=tuple(names[unit_id] for unit_id in row.unit_ids if unit_id in names),
            minutes=row.minutes if inside else "",
            ruling=row.ruling,
        )
        for row in Meeting.objects.filter(case_id=case.pk).order_by("held_at", "id")
    )


def _external(view: CaseView) -> HandedOver | None:
    if view.state is not State.EXTERNAL:
        return None
    step = _latest(view.steps, Action.HAND_OVER)
    if step is None:
        return None
    data = step.data
    return HandedOver(step.at, str(data.get("body", "")), str(data.get("reference", "")))


def return_until(view: CaseView, shared: Sharing, *, now: datetime) -> datetime | None:
    """Return until when the leading unit may ask to return a case; None: not in this round."""
    case = view.case
    asks = shared.of_round(AskKind.RETURN, case.round)
    held = joint.held_to(case, now=now)
    asked = sum(ask.unit_id == case.lead_unit_id for ask in asks)
    if asked >= held.returns or any(ask.ruled_id == case.lead_unit_id for ask in asks):
        return None
    sent = _latest(view.steps, Action.DISPATCH)
    if sent is None:
        return None
    return joint.return_until(case, _promised(view), dispatched=sent.at, held=held)


def extension_minutes(view: CaseView, shared: Sharing, *, now: datetime) -> int:
    """Return the longest extension that can still be asked for, in duty minutes; 0: none."""
    promised = _promised(view)
    if shared.of_round(AskKind.EXTENSION, view.case.round):
        return 0
    if promised is None or promised.budget is None or promised.overdue:
        return 0
    return joint.most_minutes(promised, joint.held_to(view.case, now=now))


class Approval(StrEnum):
    """How an ending without a solution stands with its approval (Weifang regulation Art. 21)."""

    NEEDED = "needed"
    GIVEN = "given"
    WAIVED = "waived"


def ending_approval(view: CaseView, shared: Sharing, *, now: datetime) -> Approval:
    """Tell whether an ending without a solution is approved, or the county's rules waive that."""
    asks = shared.of_round(AskKind.ENDING, view.case.round)
    if any(ask.state == AskState.GRANTED for ask in asks):
        return Approval.GIVEN
    needed = joint.held_to(view.case, now=now).ending_approval
    return Approval.NEEDED if needed else Approval.WAIVED


def hold_over_cap(view: CaseView, *, until: datetime, now: datetime) -> bool:
    """Tell whether a hold would lengthen all pauses of a case beyond the limit."""
    return joint.over_cap(_promised(view), joint.held_to(view.case, now=now), now=now, until=until)


def _promised(view: CaseView) -> Reading | None:
    kind = promised_clock(view.case)
    readings = (clock.reading for clock in view.clocks)
    return next((one for one in readings if one.kind is kind and one.ended is None), None)


def _latest(steps: Sequence[StepView], action: Action) -> StepView | None:
    return next((step for step in reversed(steps) if step.action == action), None)


@dataclass(frozen=True, slots=True)
class RulingRow:
    """How an earlier return on a like case was decided; the case itself is not shown."""

    at: datetime
    unit: str
    proposed: str
    ruled: str
    item: str
    ruling: str
    upheld: bool


def past_rulings(viewer: Viewer, *, case_id: UUID) -> tuple[RulingRow, ...]:
    """Return the newest rulings on returns of the same category, newest first.

    Raises:
        NotFound: no such case, or out of scope.
    """
    case = case_seen(viewer, case_id=case_id)
    found = Ask.objects.filter(
        kind=AskKind.RETURN,
        state__in=[AskState.GRANTED, AskState.REFUSED],
        case__category=case.category_id,
    ).exclude(case_id=case.pk)
    names = {unit_id: unit.name for unit_id, unit in units().items()}
    return tuple(_ruling(row, names) for row in found.order_by("-decided_at")[:RULINGS])


def _ruling(row: Ask, names: dict[UUID, str]) -> RulingRow:
    ask = _ask(row, names)
    assert ask.decided_at is not None
    return RulingRow(
        at=ask.decided_at,
        unit=ask.unit,
        proposed=ask.proposed,
        ruled=ask.ruled,
        item=ask.item,
        ruling=ask.ruling,
        upheld=ask.state == AskState.GRANTED,
    )


def proposed_on_return(case: Case) -> UnitRow | None:
    """Return the unit that an upheld return proposed, while the case waits to be dispatched."""
    if case.state != State.CLASSIFIED:
        return None
    upheld: Iterable[UUID | None] = (
        Ask.objects.filter(
            case_id=case.pk, round=case.round, kind=AskKind.RETURN, state=AskState.GRANTED
        )
        .order_by("-decided_at")
        .values_list("proposed_unit_id", flat=True)[:1]
    )
    return next((units().get(unit_id) for unit_id in upheld if unit_id), None)
