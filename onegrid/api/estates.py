"""The register of old estates by program: list, read, say something, take a step of the path."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Header, Query, Router
from pydantic import Field

from onegrid.accounts.terms import TokenScope
from onegrid.api.auth import ApiRequest, Bearer
from onegrid.api.endpoints import REFUSED, answer, only_known
from onegrid.api.schemas import Shape, Text
from onegrid.cases.actions import Doing
from onegrid.cases.terms import Channel
from onegrid.estates import actions, queries
from onegrid.estates.queries import EstateRow
from onegrid.estates.queries.detail import Said, StepRow
from onegrid.estates.queries.works import WorkRow
from onegrid.estates.terms import About, Form, PathStage, ServiceKind

router = Router()
KEY: Any = Header(..., alias="Idempotency-Key")  # type: ignore[type-arg]
_PAGE = 50


class EstateQuery(Shape):
    """Which estates."""

    search: Text = Field("", max_length=40)
    community_id: UUID | None = None
    stage: PathStage | None = None
    kind: ServiceKind | None = None
    which: Literal["all", "open", "overdue"] = Field("all", description="open: without service.")
    page: int = Field(1, ge=1, le=10_000)


class EstateOut(Shape):
    """An estate in a list."""

    id: UUID
    name: str
    community_id: UUID
    community: str
    address: str
    year_built: int | None
    kind: ServiceKind
    stage: PathStage
    stage_on: date
    next_stage: PathStage | None
    due_on: date | None
    person: str = Field(description="In charge of the next step.")
    served: bool
    overdue: bool
    buildings: int
    households: int
    lon: float | None = Field(description="Middle of its buildings, WGS 84.")
    lat: float | None


class EstatePage(Shape):
    """A page of estates."""

    rows: list[EstateOut]
    total: int
    page: int


class SaidOut(Shape):
    """What is said, since when, and who said so."""

    about: About
    value: str
    since: date | None
    source: str
    at: datetime
    by: str
    counts: bool = Field(description="The latest about this.")


class EstateStepOut(Shape):
    """A step of the path; the newest comes first."""

    deed: str
    stage: PathStage = Field(description="Where the estate stood after it.")
    day: date
    due_on: date | None
    person: str
    note: str
    reason: str
    at: datetime
    by: str


class WorkOut(Shape):
    """Something built or mended."""

    what: str
    state: str
    day: date


class BuildingOut(Shape):
    """A building of the estate."""

    id: UUID
    address: str
    households: int


class EstateDetail(EstateOut):
    """One estate with what was said, its steps, works and buildings."""

    may_edit: bool
    statements: list[SaidOut]
    steps: list[EstateStepOut]
    works: list[WorkOut]
    members: list[BuildingOut]


class SayOfEstate(Shape):
    """What is known now, and who says so."""

    about: About
    value: Text
    since: date | None = None
    source: Text


class Owners(Shape):
    """How the owners voted: in all, took part, in favour; owners and square metres."""

    owners: int
    owners_took: int
    owners_for: int
    area: int | None = Field(None, description="Left out when the minutes count owners only.")
    area_took: int | None = None
    area_for: int | None = None


class TakeStep(Shape):
    """A step to a stage: the next one, over others, back, or the same one with a new date."""

    stage: PathStage
    day: date
    due_on: date | None = None
    person_id: UUID | None = None
    note: Text = ""
    reason: Text = Field("", description="Why steps are left out, why back, why another date.")
    form: Form | Literal[""] = ""
    joined_ids: list[UUID] = Field(default_factory=list, max_length=50)
    agreement: Owners | None = None
    kind: ServiceKind | Literal[""] = ""


def _row(row: EstateRow) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in EstateOut.model_fields if hasattr(row, name)}
    return {**plain, **asdict(row.homes)}


def _said(about: str, one: Said, counts: bool) -> SaidOut:
    return SaidOut.model_construct(
        about=about, value=one.value, since=one.since, source=one.source, at=one.at,
        by=one.by_name, counts=counts,
    )  # fmt: skip


def _step(one: StepRow) -> EstateStepOut:
    return EstateStepOut.model_construct(
        deed=one.deed, stage=one.stage, day=one.day, due_on=one.due_on, person=one.person,
        note=one.note, reason=one.reason, at=one.at, by=one.by_name,
    )  # fmt: skip


def _work(one: WorkRow) -> WorkOut:
    return WorkOut.model_construct(what=one.what, state=one.state, day=one.day)


def _answer(request: ApiRequest, estate_id: UUID) -> HttpResponse:
    view = queries.estate(request.viewer, estate_id=estate_id, now=request.now)
    said = [
        _said(topic.about, one, one is topic.now)
        for topic in view.topics
        if topic.now
        for one in (topic.now, *topic.before)
    ]
    shape = EstateDetail.model_construct(
        **_row(view.row),
        may_edit=view.may_edit,
        statements=said,
        steps=[_step(one) for one in view.steps],
        works=[_work(one) for one in view.works],
        members=[
            BuildingOut.model_construct(id=one.id, address=one.address, households=one.households)
            for one in view.buildings
        ],
    )
    return answer(shape)


@router.get(
    "/estates",
    response={200: EstatePage, **REFUSED},
    auth=Bearer(TokenScope.READ),
    operation_id="list_estates",
    summary="List old estates",
    tags=["estates"],
)
def list_estates(request: ApiRequest, query: Query[EstateQuery]) -> HttpResponse:
    """Return a page of the estates that the account may see, by community and name."""
    only_known(request, EstateQuery)
    wanted = queries.Filters(
        words=query.search,
        community_id=query.community_id,
        stage=query.stage or "",
        kind=query.kind or "",
        which=query.which,
    )
    rows, total = queries.estates(
        request.viewer, wanted=wanted, now=request.now, page=query.page, size=_PAGE
    )
    found = [EstateOut.model_construct(**_row(row)) for row in rows]
    return answer(EstatePage.model_construct(rows=found, total=total, page=query.page))


@router.get(
    "/estates/{estate_id}",
    response={200: EstateDetail, **REFUSED},
    auth=Bearer(TokenScope.READ),
    operation_id="read_estate",
    summary="Read an old estate",
    tags=["estates"],
)
def read_estate(request: ApiRequest, estate_id: UUID) -> HttpResponse:
    """Return an estate; one outside of the account's area is 404."""
    return _answer(request, estate_id)


@router.post(
    "/estates/{estate_id}/statements",
    response={200: EstateDetail, **REFUSED},
    auth=Bearer(TokenScope.ACT),
    operation_id="say_of_estate",
    summary="Say something of an old estate",
    tags=["estates"],
)
def say_of_estate(
    request: ApiRequest, estate_id: UUID, body: SayOfEstate, key: UUID = KEY
) -> HttpResponse:
    """Write a statement with its source; the earlier ones stay and the latest counts."""
    doing = Doing(viewer=request.viewer, now=request.now, key=key, channel=Channel.API)
    actions.say(estate_id=estate_id, doing=doing, **dict(body))
    return _answer(request, estate_id)


@router.post(
    "/estates/{estate_id}/steps",
    response={200: EstateDetail, **REFUSED},
    auth=Bearer(TokenScope.ACT),
    operation_id="take_estate_step",
    summary="Take a step of the path of an old estate",
    tags=["estates"],
)
def take_estate_step(
    request: ApiRequest, estate_id: UUID, body: TakeStep, key: UUID = KEY
) -> HttpResponse:
    """Let an estate go on, leave steps out, go back, or get another date."""
    doing = Doing(viewer=request.viewer, now=request.now, key=key, channel=Channel.API)
    agreed = actions.Numbers(**dict(body.agreement)) if body.agreement else None
    given = actions.StepGiven(**{**dict(body), "agreement": agreed})
    actions.take_step(estate_id=estate_id, doing=doing, given=given)
    return _answer(request, estate_id)
