"""One estate: entry, statements with their evidence, steps, works, buildings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise

from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import NotFound
from onegrid.estates import path, standing
from onegrid.estates.models import Agreement, Estate, Statement, Step
from onegrid.estates.path import Numbers
from onegrid.estates.queries.homes import buildings_of
from onegrid.estates.queries.lists import EstateRow, rows_of
from onegrid.estates.queries.works import WorkRow, works_of
from onegrid.estates.terms import COMMITTEE, About, Deed, Form, PathStage, ServiceKind
from onegrid.grids.queries import BuildingRow


@dataclass(frozen=True, slots=True)
class Said:
    """What is said, since when, who said so and who wrote it down."""

    value: str
    words: str | Promise
    since: date | None
    source: str
    at: datetime
    by_name: str


@dataclass(frozen=True, slots=True)
class Topic:
    """What is said about one thing: the latest, and what was said before, newest first."""

    about: str
    label: str | Promise
    now: Said | None
    before: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as the page shows it."""

    deed: str
    deed_label: str | Promise
    stage: str
    stage_label: str | Promise
    before_label: str | Promise
    day: date
    due_on: date | None
    person: str
    note: str
    reason: str
    form_label: str | Promise
    joined: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]
    agreement: Numbers | None
    at: datetime
    by_name: str


@dataclass(frozen=True, slots=True)
class EstateView:
    """One estate as a viewer sees it; steps newest first."""

    row: EstateRow
    may_edit: bool
    topics: tuple[Topic, ...]
    steps: tuple[StepRow, ...]
    works: tuple[WorkRow, ...]
    buildings: tuple[BuildingRow, ...]
    #: what the residents chose last, for the kind of service that begins
    form: str

    @property
    def ahead(self) -> tuple[PathStage, ...]:
        """Return the stages behind the next one: they are reached by leaving steps out."""
        return path.ORDER[path.ORDER.index(PathStage(self.row.stage)) + 2 :]

    @property
    def behind(self) -> tuple[PathStage, ...]:
        """Return the stages to which it may go back."""
        return path.ORDER[: path.ORDER.index(PathStage(self.row.stage))]


def estate(viewer: Viewer, *, estate_id: UUID, now: datetime) -> EstateView:
    """Return one estate.

    Raises:
        NotFound: there is none in the viewer's scope.
    """
    found = Estate.objects.filter(standing.visible(viewer), pk=estate_id).first()
    if found is None:
        raise NotFound("estate.not_found")
    steps = list(Step.objects.filter(estate=found).order_by("-at", "-id"))
    return EstateView(
        row=rows_of([found], now=now)[0],
        may_edit=standing.may_edit(viewer, found.community_id),
        topics=_topics(found),
        steps=_steps(steps),
        works=works_of(found.id),
        buildings=buildings_of(found.id, on=now),
        form=next((step.form for step in steps if step.form), ""),
    )


def _topics(found: Estate) -> tuple[Topic, ...]:
    said: dict[str, list[Said]] = {}
    for row in Statement.objects.filter(estate=found).order_by("-at", "-id"):
        words = _words(row.about, row.value)
        said.setdefault(row.about, []).append(
            Said(row.value, words, row.since, row.source, row.at, row.by_name)
        )
    rows = ((about, said.get(about, [])) for about in About)
    return tuple(
        Topic(about.value, about.label, *((own[0], tuple(own[1:])) if own else (None, ())))
        for about, own in rows
    )


def _words(about: str, value: str) -> str | Promise:
    if about == About.KIND:
        return ServiceKind(value).label
    return COMMITTEE.get(value, value) if about == About.COMMITTEE else value


def _steps(rows: list[Step]) -> tuple[StepRow, ...]:
    ids = {one for row in rows for one in row.joined_ids}
    names = dict(Estate.objects.filter(pk__in=ids).values_list("id", "name")) if ids else {}
    agreed = {row.step_id: row for row in Agreement.objects.filter(step__in=rows)}
    return tuple(
        StepRow(
            deed=row.deed,
            deed_label=Deed(row.deed).label,
            stage=row.stage,
            stage_label=PathStage(row.stage).label,
            before_label=PathStage(row.before).label if row.before else "",
            day=row.day,
            due_on=row.due_on,
            person=row.person_name,
            note=row.note,
            reason=row.reason,
            form_label=Form(row.form).label if row.form else "",
            joined=tuple(names[one] for one in row.joined_ids if one in names),
            changes=tuple(
                (name, _plain(old), _plain(new)) for name, (old, new) in row.changes.items()
            ),
            agreement=_agreement(agreed.get(row.id)),
            at=row.at,
            by_name=row.by_name,
        )
        for row in rows
    )


def _plain(value: object) -> str:
    return "–" if value in {None, ""} else str(value)


def _agreement(row: Agreement | None) -> Numbers | None:
    if row is None:
        return None
    names = ("owners", "owners_took", "owners_for", "area", "area_took", "area_for")
    return Numbers(*(getattr(row, name) for name in names))
