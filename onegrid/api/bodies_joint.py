"""Bodies and answers on shared cases, interface version 1."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import AwareDatetime, Field

from onegrid.api.schemas import Shape, Text, Words
from onegrid.cases.terms import AskKind, AskState, HoldReason, MeetingKind, Result

_UNIT = "Code of a unit, see GET /units."


class AskReturn(Shape):
    """Not our duty: why, by which item, whose it is."""

    text: Words
    item: Text = Field(max_length=64, description="Item of the list of duties.")
    unit: Text = Field(description=_UNIT)


class UnitAndText(Shape):
    """A unit with its task, a ruling or a reason."""

    unit: Text = Field(description=_UNIT)
    text: Words


class CoReport(Shape):
    """What a helping unit has done."""

    text: Words
    unit: Text = Field("", description="Needed by whoever stands for several helping units.")


class CoUnitIn(Shape):
    """A unit that helps the leading one."""

    unit: Text = Field(description=_UNIT)
    task: Words


class AskHold(Shape):
    """A reason of the closed list, and the end."""

    reason: HoldReason
    until: AwareDatetime
    text: Words


class AskExtension(Shape):
    """Duty minutes on top of the promise, at most as many as were promised."""

    minutes: int = Field(ge=1, le=1_000_000)
    text: Words


class Meeting(Shape):
    """Who sat together, when, what was said and ruled."""

    kind: MeetingKind
    held_at: AwareDatetime
    units: list[Text] = Field(min_length=1, max_length=50, description="Codes of units.")
    minutes: Words
    ruling: Words


class HandOver(Shape):
    """Another body and its reference."""

    body: Text = Field(max_length=60)
    reference: Text = Field("", max_length=64)
    text: Words


class MilestoneAsked(Shape):
    """A dated part of a plan that waits for approval."""

    title: str
    due_on: date


class PlanAsked(Shape):
    """A plan that was submitted for approval."""

    measures: str
    owner_name: str
    milestones: list[MilestoneAsked]


class ClosureAsked(Shape):
    """A report of done that was submitted for approval."""

    result: Result
    answers: dict[int, str]


class AskOut(Shape):
    """What a unit asked for and how it was decided."""

    kind: AskKind
    state: AskState
    round: int
    unit: str
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
    plan: PlanAsked | None = Field(description="Submitted for approval; for staff only.")
    closure: ClosureAsked | None = Field(description="Submitted for approval; for staff only.")


class CoUnitOut(Shape):
    """A helping unit with its sub-deadline."""

    unit: str
    code: str
    round: int
    task: str
    due_at: datetime | None
    reported_at: datetime | None
    report: str
    released_at: datetime | None


class MeetingOut(Shape):
    """A meeting; minutes for staff only."""

    kind: MeetingKind
    held_at: datetime
    units: tuple[str, ...]
    minutes: str
    ruling: str


class ExternalOut(Shape):
    """The body that has the case now."""

    at: datetime
    body: str
    reference: str


class RulingOut(Shape):
    """An earlier ruling on a return of the same category."""

    at: datetime
    unit: str
    proposed: str
    ruled: str
    item: str
    ruling: str
    upheld: bool


class SharingOut(Shape):
    """Everything that units share of a case."""

    asks: list[AskOut]
    co_units: list[CoUnitOut]
    meetings: list[MeetingOut]
    external: ExternalOut | None
    past_rulings: list[RulingOut] = Field(description="For staff only.")
