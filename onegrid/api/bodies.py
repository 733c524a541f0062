"""Bodies of the actions on a case, interface version 1."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from onegrid.api.bodies_joint import CoUnitIn
from onegrid.api.schemas import Shape, Text, Words
from onegrid.cases.terms import CaseClass, RefusalReason, Result, Satisfied, Solved


class WithText(Shape):
    """An action that says something."""

    text: Words


class MaybeText(Shape):
    """An action that may say something."""

    text: Words = ""


class Refuse(Shape):
    """Not accepted: one of five reasons, and the right way."""

    reason: RefusalReason
    text: Words


class Answers(Shape):
    """An answer to each matter, by its number."""

    answers: dict[int, Words] = Field(max_length=20)


class OnSpot(Answers):
    """A general matter that a grid worker has solved already."""

    category: Text
    item: Text = Field("", description="Code of a duty, see GET /duties; empty: no item.")


class Classify(Shape):
    """Class and category."""

    case_class: CaseClass
    category: Text
    text: Words = ""
    item: Text | None = Field(
        None, description="Code of a duty, see GET /duties; empty: no item; left out: as before."
    )


class Dispatch(Shape):
    """The unit that shall handle it."""

    unit: Text = Field(description="Code of a unit, see GET /units.")
    text: Words = ""
    pushed_item: Text = Field(
        "",
        description="The community's own matter that justifies giving it a duty of a department "
        "or street.",
    )
    co_units: list[CoUnitIn] = Field(default_factory=list, max_length=20)


class MilestoneIn(Shape):
    """A dated part of a plan."""

    title: Text = Field(max_length=120)
    due_on: date


class PublishPlan(Shape):
    """Measures, who answers for them, dated milestones."""

    measures: Words
    owner_name: Text = Field(max_length=64)
    milestones: list[MilestoneIn] = Field(max_length=50)


class Milestone(Shape):
    """A milestone reached."""

    n: int = Field(ge=1, le=50)
    text: Words


class Finish(Shape):
    """A result and an answer to each matter."""

    result: Result
    answers: dict[int, Words] = Field(max_length=20)


class YesNo(Shape):
    """A decision with its reason."""

    ok: bool
    text: Words


class CallBack(Shape):
    """A call nobody answered."""

    note: Words


class GiveVerdict(Shape):
    """The three verdicts; a bad one needs a reason."""

    answered: bool
    solved: Solved
    satisfied: Satisfied
    reason: Words = ""


class Note(Shape):
    """A note in the timeline."""

    text: Words
    shown: bool = Field(False, description="The reporter sees it too.")
