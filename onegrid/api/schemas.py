"""Shapes of the interface, version 1; the OpenAPI description is made from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from onegrid.cases.terms import (
    CaseClass,
    Channel,
    ClockMark,
    Kind,
)
from onegrid.core.flow import State


def _storable(value: str) -> str:
    """Refuse what a database cannot keep: NUL and halves of surrogate pairs."""
    if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise PydanticCustomError("string_not_storable", "NUL or a lone surrogate")
    return value


Text = Annotated[str, AfterValidator(_storable)]
Words = Annotated[str, Field(max_length=10_000), AfterValidator(_storable)]
Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class Shape(BaseModel):
    """Base: a field nobody knows is an error, not silence."""

    model_config = ConfigDict(extra="forbid", use_enum_values=True)


class PlaceIn(Shape):
    """Where it is: a point, a building, an area, or words."""

    address: Text = Field("", description="Words, at most 200 characters.")
    lon: Degrees | None = Field(None, description="Degrees, in `system`.")
    lat: Degrees | None = Field(None, description="Degrees, in `system`.")
    system: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    building_id: UUID | None = None
    area_id: UUID | None = Field(None, description="Street, community or grid; without a point.")


class ReporterIn(Shape):
    """Who asks; left out: anonymous, followed by number and query token."""

    name: Text = Field(default="", max_length=40)
    phone: Text = ""
    wants_reply: bool = True


class OpenCase(Shape):
    """A request as a resident says it."""

    text: Text = Field(description="At most 10,000 characters.")
    place: PlaceIn
    title: Text = Field("", description="At most 120 characters; left out: made from the text.")
    parts: list[Text] = Field(
        default_factory=list, max_length=20, description="Up to 5 matters, each answered by itself."
    )
    category: Text = Field("", description="A code out of GET /categories.")
    kind: Kind = Kind.HELP
    reporter: ReporterIn = ReporterIn()
    on_behalf: bool = Field(False, description="Entered by staff for somebody else.")
    confidential: bool = False
    language: Literal["zh-hans", "zh-hant", "en"] = Field(
        "zh-hans", description="Language of the notices to the reporter."
    )


class Opened(Shape):
    """The receipt."""

    number: str = Field(description="Receipt number with check digit.")
    query_token: str = Field(
        description="With the number it shows the case. Empty when a receipt is asked for again "
        "after the signing key of the installation has changed."
    )
    due: datetime | None = Field(description="Earliest promised time.")


class CaseRow(Shape):
    """A case in a list; nothing personal."""

    number: str
    title: str
    state: State
    case_class: CaseClass
    class_confirmed: bool
    category: str = Field(description="Name of the category.")
    community: str
    grid: str
    unit: str
    address: str
    channel: Channel
    safety: bool = Field(description="A word in it may mean danger to life.")
    round: int
    mark: ClockMark
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    lon: float | None = Field(description="WGS 84 degrees.")
    lat: float | None = Field(description="WGS 84 degrees.")


class CasePage(Shape):
    """A page of cases."""

    rows: list[CaseRow]
    total: int = Field(description="Counted up to 10,000; see `total_is_capped`.")
    total_is_capped: bool
    page: int
    pages: int


class MineRow(Shape):
    """One of the caller's own cases."""

    number: str
    title: str
    state: State
    case_class: CaseClass
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    mark: ClockMark


class MinePage(Shape):
    """A page of the caller's own cases, newest first."""

    rows: list[MineRow]
    total: int
    page: int
    pages: int


class PartOut(Shape):
    """One matter of a request and its answer."""

    n: int
    text: str
    answer: str
    answered_at: datetime | None


class StepOut(Shape):
    """One event of a case."""

    seq: int
    at: datetime
    action: str
    from_state: str
    to_state: str
    actor_name: str
    actor_role: str
    channel: str
    text: str


class ClockOut(Shape):
    """A promise and how it stands."""

    kind: str
    basis: str = Field(description="Law article or promise it rests on.")
    calendar: str = Field(description="Duty hours in which its time counts.")
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    state: str
    overdue: bool
    spent_seconds: int = Field(description="Time counted so far, in the calendar.")


class MilestoneOut(Shape):
    """A dated part of a plan."""

    n: int
    title: str
    due_on: date
    done_at: datetime | None


class PlanOut(Shape):
    """The plan of a complex case."""

    measures: str
    owner_name: str
    published_at: datetime
    milestones: list[MilestoneOut]


class CaseOut(Shape):
    """A case in full; who reported it is not part of it."""

    number: str
    title: str
    text: str
    kind: Kind
    channel: Channel
    state: State
    phase: str
    case_class: CaseClass
    class_confirmed: bool
    category: str
    category_code: str
    community: str
    grid: str
    unit: str
    address: str
    lon: float | None
    lat: float | None
    safety: bool
    round: int
    result: str
    mark: ClockMark
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    parts: list[PartOut]
    steps: list[StepOut]
    clocks: list[ClockOut]
    plan: PlanOut | None
    actions: list[str] = Field(description="What the caller may do now.")


class Done(Shape):
    """How a case stands after an action."""

    number: str
    state: State
    round: int
    changed_at: datetime
    due_at: datetime | None


class CategoryOut(Shape):
    """A category of the county."""

    code: str
    parent: str | None
    name: str
    default_class: str


class UnitOut(Shape):
    """A unit that cases can be given to."""

    code: str
    kind: str
    name: str


class PlaceOut(Shape):
    """What lies at a point; community and grid are empty outside the planned town."""

    lon: float
    lat: float
    label: str
    street_code: str
    street: str
    community_code: str
    community: str
    grid_code: str
    grid: str


class Problem(BaseModel):
    """RFC 9457; `code` is stable, `detail` is in the language of Accept-Language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None
    errors: list[dict[str, str]] | None = None


class DeskQuery(Shape):
    """The filters of a desk."""

    which: Literal["turn", "open", "closed", "all"] = Field(
        "turn", description="`turn`: what waits for the caller."
    )
    state: list[State] = Field(default_factory=list)
    case_class: list[CaseClass] = Field(default_factory=list)
    category: Text = ""
    unit: Text = Field("", description="Code of a unit, see GET /units.")
    community: UUID | None = None
    mark: list[ClockMark] = Field(default_factory=list)
    channel: Channel | Literal[""] = ""
    words: Text = Field("", max_length=100, description="In number, title or address.")
    opened_from: AwareDatetime | None = None
    opened_to: AwareDatetime | None = None
    order: Literal[
        "due", "-due", "opened", "-opened", "changed", "-changed", "number", "-number"
    ] = "due"
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=200)


class PageQuery(Shape):
    """Which page."""

    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(20, ge=1, le=200)


class PointQuery(Shape):
    """A point."""

    lon: Degrees
    lat: Degrees
    system: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
