"""What of a case is compared with others, and which cases are never compared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from onegrid.cases import reference
from onegrid.cases.models import Case, Contact
from onegrid.cases.terms import REPLAYED, VOID, Kind
from onegrid.core import similar, triage
from onegrid.core.similar import Matter

#: So much of a text is compared.
COMPARED = 600


def private(*, kind: str, confidential: bool) -> bool:
    """Tell whether a request is never shown beside, joined or merged with another."""
    return confidential or kind == Kind.WHISTLE


def is_private(case: Case) -> bool:
    """Tell whether a case is never shown beside, joined or merged with another.

    A complaint that names whom it is about stays alone too: the other case may be theirs.
    """
    return private(kind=case.kind, confidential=case.confidential) or bool(case.excluded_ids)


def category_of(category_id: UUID | None, text: str) -> reference.CategoryRow | None:
    """Return the category of a request, or the one its words speak for most."""
    rows = reference.categories.get()
    if category_id is not None:
        return rows.get(category_id)
    rules = [triage.KeywordRule(row.code, row.words) for row in rows.values() if row.words]
    found = triage.suggest(text, rules)
    return reference.category_by_code(found[0].category) if found else None


def cell_of(case: Case, category: reference.CategoryRow | None = None) -> str:
    """Return under which key a case is found by like ones; empty when it never may be.

    Args:
        category: the one it is given now; left out: the one it has, or its words speak for.
    """
    if is_private(case) or case.batch.startswith((REPLAYED, VOID)):
        return ""
    if case.lon is None or case.lat is None:
        return ""
    row = category or category_of(case.category_id, case.text)
    return similar.cell(row.family, case.lon, case.lat) if row else ""


def matter(
    *,
    category: reference.CategoryRow | None,
    text: str,
    at: datetime,
    lon: float | None,
    lat: float | None,
    building_id: UUID | None,
    reporters: Iterable[str],
) -> Matter:
    """Return what is compared."""
    return Matter(
        family=category.family if category else "",
        grams=similar.bigrams(text[:COMPARED]),
        radius_m=float(category.radius_m if category else reference.USUAL_RADIUS_M),
        at=at,
        lon=lon,
        lat=lat,
        building=str(building_id or ""),
        reporters=frozenset(reporters),
    )


def matter_of(case: Case) -> Matter:
    """Return what is compared of a case."""
    return matter(
        category=category_of(case.category_id, case.text),
        text=case.text,
        at=case.opened_at,
        lon=case.lon,
        lat=case.lat,
        building_id=case.building_id,
        reporters=reporters_of(case.reporter_id, _phone(case)),
    )


def _phone(case: Case) -> str:
    rows = Contact.objects.filter(case_id=case.pk).values_list("phone", flat=True)
    return next(iter(rows), "")


def reporters_of(account_id: UUID | None, phone: str) -> frozenset[str]:
    """Return what a reporter can be known by; nothing for somebody anonymous."""
    return frozenset(
        [*([f"account:{account_id}"] if account_id else []), *([f"phone:{phone}"] if phone else [])]
    )


def same_person(one: Case, other: Case) -> bool:
    """Tell whether two cases are known to come from one person."""
    mine, theirs = (reporters_of(case.reporter_id, _phone(case)) for case in (one, other))
    return not mine.isdisjoint(theirs)


def personal(case: Case) -> bool:
    """Tell whether a case is about one person's own matter."""
    row = category_of(case.category_id, case.text)
    return row is not None and row.personal
