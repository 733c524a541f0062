"""Read what is public: the list, one page, the map, the feed; and what a clerk edits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from onegrid.accounts.viewer import Viewer
from onegrid.cases import reference
from onegrid.cases.queries import CaseView
from onegrid.cases.queries.telling import names_of
from onegrid.cases.terms import Kind
from onegrid.common.refusals import NotFound
from onegrid.core.flow import Action, State
from onegrid.core.redaction import Finding, findings, redacted
from onegrid.grids.queries import area_names
from onegrid.outreach.models import Edition, PublicCase
from onegrid.outreach.terms import ANSWERED, FEED, PAGE

_MOST_POINTS = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is asked for; everything is optional."""

    words: str = ""
    category: str = ""
    area: UUID | None = None


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A published case as everybody sees it; the place is blurred."""

    id: UUID
    title: str
    text: str
    answer: str
    category: str
    place: str
    lon: float | None
    lat: float | None
    first_at: datetime
    changed_at: datetime
    edition: int
    #: answered, and then taken up again
    again: bool


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A page of the list."""

    rows: tuple[PublicRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition, for those who publish."""

    n: int
    at: datetime
    by_name: str
    shown: bool
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a clerk starts from: the case's own words with what looks personal blacked out."""

    public_id: UUID | None
    shown: bool
    #: may be published now, or published anew
    offered: bool
    title: str
    text: str
    answer: str
    found: tuple[Finding, ...]
    editions: tuple[EditionRow, ...]


def _shown() -> QuerySet[PublicCase]:
    return PublicCase.objects.filter(shown=True).select_related("case")


def _filtered(wanted: Wanted) -> QuerySet[PublicCase]:
    found = _shown()
    for word in wanted.words.split()[:5]:
        found = found.filter(
            Q(title__icontains=word) | Q(text__icontains=word) | Q(answer__icontains=word)
        )
    if wanted.category:
        found = found.filter(category_id__in=category_ids(wanted.category))
    if wanted.area:
        found = found.filter(Q(community_id=wanted.area) | Q(street_id=wanted.area))
    return found


def category_ids(code: str) -> list[UUID]:
    """Return the ids of a category and of those below it; none for an unknown one."""
    row = reference.category_by_code(code)
    if row is None:
        return []
    below = [item.id for item in reference.categories.get().values() if item.parent_id == row.id]
    return [row.id, *below]


def public_list(*, wanted: Wanted, page: int, language: str) -> PublicPage:
    """Return a page of what is public, newest first; beyond the end the last page."""
    found = _filtered(wanted)
    total = found.count()
    pages = max(1, -(-total // PAGE))
    page = max(1, min(page, pages))
    rows = found.order_by("-first_at", "-id")[(page - 1) * PAGE : page * PAGE]
    return PublicPage(_rows(rows, language), total, page, pages)


def newest(*, wanted: Wanted, language: str) -> tuple[PublicRow, ...]:
    """Return what a feed carries."""
    return _rows(_filtered(wanted).order_by("-first_at", "-id")[:FEED], language)


def points(*, wanted: Wanted, language: str) -> tuple[PublicRow, ...]:
    """Return what the map shows: only what has a place."""
    found = _filtered(wanted).filter(lon__isnull=False).order_by("-first_at", "-id")
    return _rows(found[:_MOST_POINTS], language)


def public_case(*, public_id: UUID, language: str) -> PublicRow:
    """Return one public case.

    Raises:
        NotFound: there is none, or it was taken down.
    """
    rows = _rows(_shown().filter(pk=public_id)[:1], language)
    if not rows:
        raise NotFound("public.not_found")
    return rows[0]


def by_case(*, case_id: UUID) -> UUID | None:
    """Return the id of the public page of a case, if there is one now."""
    return (
        PublicCase.objects.filter(case_id=case_id, shown=True).values_list("id", flat=True).first()
    )


def proposal(viewer: Viewer, *, view: CaseView) -> Proposal | None:
    """Return what somebody who may publish a case starts from; None for everybody else."""
    case = view.case
    row = PublicCase.objects.filter(case_id=case.pk).first()
    barred = case.confidential or case.kind == Kind.WHISTLE or view.state not in ANSWERED
    if Action.PUBLISH not in view.actions or (barred and row is None):
        return None
    names = names_of(case)
    answers = "\n".join(part.answer for part in view.parts if part.answer)
    live = row if row is not None and row.shown else None
    return Proposal(
        public_id=row.pk if row else None,
        shown=live is not None,
        offered=not barred,
        title=live.title if live else redacted(case.title, names),
        text=live.text if live else redacted(case.text, names),
        answer=live.answer if live else redacted(answers, names),
        found=findings(f"{case.title}\n{case.text}\n{answers}", names),
        editions=_editions(row),
    )


def _editions(row: PublicCase | None) -> tuple[EditionRow, ...]:
    if row is None:
        return ()
    names = ("n", "at", "by_name", "shown", "title", "reason")
    found = Edition.objects.filter(public_id=row.pk).order_by("-n")
    return tuple(EditionRow(*values) for values in found.values_list(*names))


def _rows(found: Iterable[PublicCase], language: str) -> tuple[PublicRow, ...]:
    known, named = reference.categories.get(), area_names()
    return tuple(_row(row, known, named, language) for row in found)


def _row(
    row: PublicCase,
    known: dict[UUID, reference.CategoryRow],
    named: dict[UUID, str],
    language: str,
) -> PublicRow:
    category = known.get(row.category_id) if row.category_id else None
    areas = (row.street_id, row.community_id)
    return PublicRow(
        id=row.pk,
        title=row.title,
        text=row.text,
        answer=row.answer,
        category=category.label(language) if category else "",
        place=" ".join(named[area] for area in areas if area in named),
        lon=row.lon,
        lat=row.lat,
        first_at=row.first_at,
        changed_at=row.changed_at,
        edition=row.edition,
        again=State(row.case.state) not in ANSWERED,
    )
