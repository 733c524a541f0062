"""Cases like another one or like a request that is not sent yet: few rows by the index, scored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from onegrid.accounts.viewer import Viewer
from onegrid.cases import alike, reference, standing
from onegrid.cases.models import Case, Contact
from onegrid.cases.terms import Kind
from onegrid.common.tenancy.context import current_tenant
from onegrid.core import similar
from onegrid.core.flow import FINAL, State
from onegrid.core.similar import Likeness, Matter

#: The newest cases of one cell, or of one reporter, that are compared.
PER_CELL = 25
#: Open cases older than this are not compared any more.
LOOK_BACK = timedelta(days=180)
MOST = 5

_OPEN = (
    "SELECT id, number, state, opened_at, category_id, community_id, lon, lat, building_id, "
    "reporter_id, cell, CASE WHEN category_id IS NULL THEN text ELSE left(text, %(compared)s) END "
    "FROM cases_case WHERE tenant_id = %(tenant)s "
    "AND NOT state = ANY (%(final)s) AND opened_at > %(since)s "
    "AND NOT confidential AND excluded_ids = '{}' AND kind <> %(whistle)s AND state <> %(merged)s "
)
_NEWEST = "ORDER BY opened_at DESC LIMIT %(most)s"
#: Cell by cell, so that each is read from its newest case on, and the box by the index alone.
_NEAR = (
    "SELECT near.* FROM unnest(%(cells)s::text[]) AS around (cell) CROSS JOIN LATERAL ("  # noqa: S608
    f"{_OPEN} AND cell = around.cell AND cell > '' "
    "AND lon BETWEEN %(west)s AND %(east)s AND lat BETWEEN %(south)s AND %(north)s "
    f"{_NEWEST}) AS near"
)
_MINE = f"({_OPEN} AND reporter_id = %(account)s {_NEWEST})"


class Near(NamedTuple):
    """What is read of a case that may be like another; nothing private is.

    Attributes:
        text: so much as is compared; all of it where no category was given and its words tell one.
    """

    id: UUID
    number: str
    state: str
    opened_at: datetime
    category_id: UUID | None
    community_id: UUID | None
    lon: float | None
    lat: float | None
    building_id: UUID | None
    reporter_id: UUID | None
    cell: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A case and how much it is like the one that was asked about."""

    case: Near
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
    rows = [row for row in _candidates(wanted, now) if row.id != leave_out]
    phones = _phones(wanted, [row.id for row in rows])
    scored = [(row, similar.likeness(wanted, _matter(row, phones))) for row in rows]
    full = (
        Found(row, _with_words(found, wanted, row.text))
        for row, found in scored
        if found.may_be_suggested
    )
    best = sorted(
        (found for found in full if found.likeness.suggested),
        key=lambda found: (-found.likeness.score, found.likeness.days, found.case.id),
    )
    return best[:MOST]


def _candidates(wanted: Matter, now: datetime) -> list[Near]:
    """Return the few rows that may reach the score, each read by an index, in one statement."""
    account = _account(wanted)
    values: dict[str, Any] = {
        "tenant": current_tenant(),
        "final": sorted(FINAL),
        "since": now - LOOK_BACK,
        "whistle": Kind.WHISTLE,
        "merged": State.MERGED,
        "compared": alike.COMPARED,
        "most": PER_CELL,
        "account": account,
    }
    parts = [_MINE] if account is not None else []
    if wanted.family and wanted.lon is not None and wanted.lat is not None:
        parts.append(_NEAR)
        values |= _around(wanted.family, wanted.lon, wanted.lat, wanted.radius_m)
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        found = map(Near._make, cursor.fetchall())
    return list({row.id: row for row in found}.values())


def _around(family: str, lon: float, lat: float, radius_m: float) -> dict[str, Any]:
    """Return the cells that a circle may touch and the box around it, in degrees."""
    across, up = similar.reach(lat, radius_m)
    return {
        "cells": list(similar.cells_around(family, lon, lat, radius_m)),
        "west": lon - across,
        "east": lon + across,
        "south": lat - up,
        "north": lat + up,
    }


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


def _matter(row: Near, phones: dict[UUID, str]) -> Matter:
    """Return what is compared of a case but its words, which cost most."""
    category = reference.categories.get().get(row.category_id) if row.category_id else None
    made = alike.matter(
        category=category,
        text="",
        at=row.opened_at,
        lon=row.lon,
        lat=row.lat,
        building_id=row.building_id,
        reporters=alike.reporters_of(row.reporter_id, phones.get(row.id, "")),
    )
    return made if made.family else replace(made, family=row.cell.partition(":")[0])


def _with_words(found: Likeness, wanted: Matter, text: str) -> Likeness:
    grams = similar.bigrams(text[: alike.COMPARED])
    return replace(found, words=similar.word_likeness(wanted.grams, grams))


def alike_cases(viewer: Viewer, *, case: Case, now: datetime) -> list[Alike]:
    """Return open cases of the viewer's scope that are like one of them, with the reasons."""
    if alike.is_private(case) or case.state in FINAL or case.state == State.MERGED:
        return []
    found = found_like(alike.matter_of(case), now=now, leave_out=case.pk)
    rows = Case.objects.in_bulk([item.case.id for item in found])
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
        if (row := rows.get(item.case.id)) is not None and standing.reaches(viewer, row)
    ]
