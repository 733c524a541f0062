"""One case in full: what happened, what its clocks say, what the viewer may do now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from onegrid.accounts.viewer import Viewer
from onegrid.audit.queries import LookRow, looks_at
from onegrid.cases import clocks, reference, standing
from onegrid.cases.models import Attachment, Case, Contact, Milestone, Part, Plan, Step, Verdict
from onegrid.cases.queries.reaching import hides, mask
from onegrid.cases.terms import FileKind
from onegrid.common.files import default_store
from onegrid.common.refusals import NotFound
from onegrid.common.tenancy.context import current_tenant
from onegrid.core import flow, numbers
from onegrid.core.clock import Line, Phase, Reading, explain, time_per_phase
from onegrid.core.clock.terms import PHASES
from onegrid.core.flow import Action, Actor, State
from onegrid.grids.queries import area_names
from onegrid.organisation.queries import units


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as shown in the timeline."""

    seq: int
    at: datetime
    action: str
    from_state: str
    to_state: str
    actor_name: str
    actor_role: str
    relation: str
    channel: str
    text: str
    data: Mapping[str, object]
    shown_to_reporter: bool


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock with the promise it keeps and the lines that explain its figure."""

    kind: str
    basis: str
    calendar: str
    reading: Reading
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a case; its bytes are served by id."""

    id: UUID
    kind: str
    phase: str
    mime: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class PartView:
    """One matter of a request and its answer."""

    n: int
    text: str
    answer: str
    answered_at: datetime | None
    #: number of the case that was divided off for it and answers it
    child: str | None = None


@dataclass(frozen=True, slots=True)
class MilestoneView:
    """A dated part of the plan."""

    n: int
    title: str
    due_on: object
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanView:
    """The published plan; ``round`` is the round of the case it belongs to."""

    round: int
    measures: str
    owner_name: str
    published_at: datetime
    milestones: tuple[MilestoneView, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as a page needs it; personal data only as ``has_contact`` and a masked phone."""

    case: Case
    state: State
    category: str
    category_code: str
    community: str
    grid: str
    unit: str
    parts: tuple[PartView, ...]
    steps: tuple[StepView, ...]
    clocks: tuple[ClockView, ...]
    files: tuple[FileView, ...]
    plan: PlanView | None
    phases: Mapping[Phase, timedelta]
    phase: Phase
    actions: tuple[Action, ...]
    relations: frozenset[Actor]
    has_contact: bool
    masked_phone: str
    verdicts: tuple[Verdict, ...]
    is_mine: bool


_OPTIONS = ("id", "kind", "phase", "mime", "width", "height")


def case_detail(viewer: Viewer, *, case_id: UUID, now: datetime) -> CaseView:
    """Return a case of the viewer's desk, or the viewer's own.

    Raises:
        NotFound: no such case, or out of scope: the same answer.
    """
    return _seen(viewer, Case.objects.filter(pk=case_id), now=now)


def _seen(viewer: Viewer, wanted: QuerySet[Case], *, now: datetime) -> CaseView:
    case = next(iter(wanted[:1]), None)
    if case is None or not _may_see(viewer, case):
        raise NotFound("case.not_found")
    own = viewer.user_id is not None and viewer.user_id == case.reporter_id
    return _view(viewer, case, now=now, as_reporter=own)


def state_of(viewer: Viewer, *, case_id: UUID) -> State:
    """Return only where a case of the viewer's scope stands.

    Raises:
        NotFound: no such case, or out of scope.
    """
    return State(case_seen(viewer, case_id=case_id).state)


def case_seen(viewer: Viewer, *, case_id: UUID) -> Case:
    """Return the row of a case of the viewer's scope.

    Raises:
        NotFound: no such case, or out of scope.
    """
    case = Case.objects.filter(pk=case_id).first()
    if case is None or not _may_see(viewer, case):
        raise NotFound("case.not_found")
    return case


def case_by_receipt(viewer: Viewer, *, number: str, token: str, now: datetime) -> CaseView:
    """Return a case to whoever shows its number and query code.

    Raises:
        NotFound: the pair is wrong; which half is not said.
    """
    try:
        written = str(numbers.parse(number))
        given = numbers.normalise_token(token)
    except ValueError as error:
        raise NotFound("receipt.not_found") from error
    case = Case.objects.filter(number=written).first()
    if case is None or not numbers.token_matches(given, case.token_hash):
        raise NotFound("receipt.not_found")
    return _view(viewer, case, now=now, as_reporter=True)


def case_by_number(viewer: Viewer, *, number: str, now: datetime) -> CaseView:
    """Return a case of the viewer's desk, or the viewer's own, by its receipt number.

    Raises:
        NotFound: no such case, or out of scope: the same answer.
    """
    return _seen(viewer, Case.objects.filter(number=_written(number)), now=now)


def case_id_of(number: str) -> UUID:
    """Return the id of a case; whether somebody may know of it is decided where it is used.

    Raises:
        NotFound: no case has this number.
    """
    for found in Case.objects.filter(number=_written(number)).values_list("id", flat=True):
        return found
    raise NotFound("case.not_found")


def _written(number: str) -> str:
    try:
        return str(numbers.parse(number))
    except ValueError as error:
        raise NotFound("case.not_found") from error


def _may_see(viewer: Viewer, case: Case) -> bool:
    if viewer.is_system or (viewer.user_id is not None and viewer.user_id == case.reporter_id):
        return True
    return standing.reaches(viewer, case)


def _view(viewer: Viewer, case: Case, *, now: datetime, as_reporter: bool) -> CaseView:
    steps = _steps(case)
    actors = standing.relations(viewer, case, handlers=standing.handlers_among(steps, case))
    if as_reporter:
        actors |= {Actor.REPORTER}
    been = {step.to_state for step in steps}
    events = clocks.events_among(steps)
    found = clocks.readings(case, events, now=now)
    clocks.project(case, found)
    staff = bool(actors - {Actor.REPORTER})
    category = reference.categories.get().get(case.category_id) if case.category_id else None
    names, unit = area_names(), units().get(case.lead_unit_id) if case.lead_unit_id else None
    phone = Contact.objects.filter(case_id=case.pk).values_list("phone", flat=True).first()
    state = State(case.state)
    return CaseView(
        case=case,
        state=state,
        category=category.label(viewer.language) if category else "",
        category_code=category.code if category else "",
        community=names.get(case.community_id, "") if case.community_id else "",
        grid=names.get(case.grid_id, "") if case.grid_id else "",
        unit=unit.name if unit else "",
        parts=_parts(case),
        steps=tuple(_step_view(step) for step in steps if staff or step.shown_to_reporter),
        clocks=tuple(_clock_view(item) for item in found),
        files=tuple(FileView(*row) for row in _files(case).values_list(*_OPTIONS)),
        plan=_plan(case) if State.PLANNED in been else None,
        phases=time_per_phase(events, now),
        phase=_phase(state),
        actions=flow.possible(state=state, actors=actors),
        relations=actors,
        has_contact=phone is not None,
        masked_phone=mask(phone or "") if as_reporter or not hides(viewer, case) else "",
        verdicts=_verdicts(case) if State.CALLBACK in been and actors else (),
        is_mine=as_reporter,
    )


def _verdicts(case: Case) -> tuple[Verdict, ...]:
    return tuple(Verdict.objects.filter(case_id=case.pk).order_by("at"))


def _phase(state: State) -> Phase:
    return PHASES.get(state, Phase.DISPOSE)


def _steps(case: Case) -> list[Step]:
    return list(Step.objects.filter(case_id=case.pk).order_by("seq"))


def _step_view(step: Step) -> StepView:
    return StepView(
        seq=step.seq,
        at=step.at,
        action=step.action,
        from_state=step.from_state,
        to_state=step.to_state,
        actor_name=step.actor_name,
        actor_role=step.actor_role,
        relation=step.relation,
        channel=step.channel,
        text=step.text,
        data=step.data,
        shown_to_reporter=step.shown_to_reporter,
    )


def _clock_view(item: clocks.ClockReading) -> ClockView:
    return ClockView(
        kind=item.reading.kind,
        basis=item.policy.basis,
        calendar=item.reading.target.calendar.name,
        reading=item.reading,
        lines=explain(item.reading),
    )


_OF_PART = ("n", "text", "answer", "answered_at", "child__number")


def _parts(case: Case) -> tuple[PartView, ...]:
    rows = Part.objects.filter(case_id=case.pk).order_by("n")
    return tuple(PartView(*row) for row in rows.values_list(*_OF_PART))


def _files(case: Case) -> QuerySet[Attachment]:
    return Attachment.objects.filter(case_id=case.pk).order_by("at", "id")


def _plan(case: Case) -> PlanView | None:
    plan = Plan.objects.filter(case_id=case.pk).order_by("-round").first()
    if plan is None:
        return None
    rows = Milestone.objects.filter(plan_id=plan.pk).order_by("n")
    return PlanView(
        round=plan.round,
        measures=plan.measures,
        owner_name=plan.owner_name,
        published_at=plan.published_at,
        milestones=tuple(
            MilestoneView(*row) for row in rows.values_list("n", "title", "due_on", "done_at")
        ),
    )


def who_looked(view: CaseView) -> list[LookRow]:
    """Return who looked at the contact data of one's own case.

    Raises:
        NotFound: the case is somebody else's.
    """
    if not view.is_mine:
        raise NotFound("case.not_found")
    return looks_at(subject_kind="case_contact", subject_id=view.case.pk)


def file_content(
    viewer: Viewer, *, file_id: UUID, thumb: bool, as_reporter_of: UUID | None = None
) -> tuple[bytes, str]:
    """Return bytes and type of a file to somebody who may see its case.

    Args:
        as_reporter_of: a case whose number and query code this session has shown.

    Raises:
        NotFound: no such file, or out of scope.
    """
    row = Attachment.objects.filter(pk=file_id).select_related("case").first()
    if row is None or not (_may_see(viewer, row.case) or row.case_id == as_reporter_of):
        raise NotFound("file.not_found")
    sha256 = row.thumb_sha256 if thumb and row.kind == FileKind.PHOTO else row.sha256
    return default_store().read(tenant_id=current_tenant(), sha256=sha256), row.mime
