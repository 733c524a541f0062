"""Cases like another one or like a request that is not sent yet: few rows by the index, scored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from onegrid.accounts.viewer import Viewer
from onegrid.cases import alike, reference, standing
from onegrid.cases.models import Case, Contact
from onegrid.cases.terms import Kind
from onegrid.core import similar
from onegrid.core.flow import FINAL, State
from onegrid.core.similar import Likeness, Matter

#: The newest cases of one cell that are compared, and of one reporter.
PER_CELL, PER_REPORTER = 25, 10
#: Open cases older than this are not compared any more.
LOOK_BACK = timedelta(days=180)
MOST = 5
_OPEN = ~Q(state__in=FINAL)
_SHOWABLE = Q(confidential=False, excluded_ids=[]) & ~Q(kind=Kind.WHISTLE) & ~Q(state=State.MERGED)
_COLUMNS = (
    "id", "opened_at", "category_id", "lon", "lat", "building_id", "reporter_id", "cell",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A case and how much it is like the one that was asked about."""

    case_id: UUID
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Alike:
    """A case beside another on a desk, with the reasons."""

    number: str
    title: str
    state: str
    opened_at: datetime
    earlier: bool
    likeness: Likeness


def found_like(wanted: Matter, *, now: datetime, leave_out: UUID | None = None) -> list[Found]:
    """Return open cases that are like a matter, the most alike first, at most `MOST`."""
    rows = [row for row in _candidates(wanted, now) if row[0] != leave_out]
    phones = _phones(wanted, [row[0] for row in rows])
    scored = [(row, similar.likeness(wanted, _matter(row, phones))) for row in rows]
    hopeful = [(row, found) for row, found in scored if _may_reach(found)]
    texts = _texts([row[0] for row, _ in hopeful])
    full = (
        Found(row[0], _with_words(found, wanted, texts.get(row[0], ""))) for row, found in hopeful
    )
    best = sorted(
        (found for found in full if found.likeness.suggested),
        key=lambda found: (-found.likeness.score, found.likeness.days, found.case_id),
    )
    return best[:MOST]


def _candidates(wanted: Matter, now: datetime) -> list[tuple[Any, ...]]:
    """Return the few rows that may reach the score, each read by an index."""
    parts: list[QuerySet[Case, tuple[Any, ...]]] = []
    recent = Case.objects.filter(_OPEN, opened_at__gt=now - LOOK_BACK)
    if wanted.family and wanted.lon is not None and wanted.lat is not None:
        near = recent.filter(_box(wanted.lon, wanted.lat, wanted.radius_m))
        cells = similar.cells_around(wanted.family, wanted.lon, wanted.lat, wanted.radius_m)
        parts += [
            near.filter(cell=cell, cell__gt="").order_by("-opened_at").values_list(*_COLUMNS)
            for cell in cells
        ]
    account = _account(wanted)
    if account is not None:
        mine = recent.filter(_SHOWABLE, reporter_id=account).order_by("-opened_at")
        parts.append(mine.values_list(*_COLUMNS))
    if not parts:
        return []
    cut = [part[:PER_CELL] for part in parts]
    rows = cut[0].union(*cut[1:], all=True) if len(cut) > 1 else cut[0]
    return list({row[0]: row for row in rows}.values())


def _box(lon: float, lat: float, radius_m: float) -> Q:
    across, up = similar.reach(lat, radius_m)
    return Q(lon__range=(lon - across, lon + across), lat__range=(lat - up, lat + up))


def _account(wanted: Matter) -> UUID | None:
    marks = (mark for mark in wanted.reporters if mark.startswith("account:"))
    return next((UUID(mark.removeprefix("account:")) for mark in marks), None)


def _phones(wanted: Matter, ids: list[UUID]) -> dict[UUID, str]:
    """Return which of the cases carry the reporter's phone number."""
    phone = next((m.removeprefix("phone:") for m in wanted.reporters if m.startswith("phone:")), "")
    if not phone or not ids:
        return {}
    rows = Contact.objects.filter(case_id__in=ids, phone=phone)
    return dict(rows.values_list("case_id", "phone"))


def _matter(row: tuple[Any, ...], phones: dict[UUID, str]) -> Matter:
    case_id, opened_at, category_id, lon, lat, building_id, reporter_id, cell = row
    category = reference.categories.get().get(category_id) if category_id else None
    made = alike.matter(
        category=category,
        text="",
        at=opened_at,
        lon=lon,
        lat=lat,
        building_id=building_id,
        reporters=alike.reporters_of(reporter_id, phones.get(case_id, "")),
    )
    return made if made.family else replace(made, family=cell.partition(":")[0])


def _may_reach(found: Likeness) -> bool:
    """Tell whether the score is reached if every word is the same."""
    return replace(found, words=1.0).suggested


def _texts(ids: list[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    rows = Case.objects.filter(_SHOWABLE, pk__in=ids)
    return dict(rows.values_list("id", Left("text", alike.COMPARED)))


def _with_words(found: Likeness, wanted: Matter, text: str) -> Likeness:
    if not text:
        return replace(found, family=0.0, place=0.0, time=0.0, reporter=0.0)
    return replace(found, words=similar.word_likeness(wanted.grams, similar.bigrams(text)))


def alike_cases(viewer: Viewer, *, case: Case, now: datetime) -> list[Alike]:
    """Return open cases of the viewer's scope that are like one of them, with the reasons."""
    if alike.is_private(case) or case.state in FINAL or case.state == State.MERGED:
        return []
    found = found_like(alike.matter_of(case), now=now, leave_out=case.pk)
    rows = Case.objects.in_bulk([item.case_id for item in found])
    return [
        Alike(
            number=row.number,
            title=row.title,
            state=row.state,
            opened_at=row.opened_at,
            earlier=row.opened_at <= case.opened_at,
            likeness=item.likeness,
        )
        for item in found
        if (row := rows.get(item.case_id)) is not None and standing.reaches(viewer, row)
    ]
