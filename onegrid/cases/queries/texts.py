"""Standard texts for an action and a category, with a preview."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from onegrid.accounts.viewer import Viewer
from onegrid.cases.models import Case, StandardText
from onegrid.organisation.queries import units


@dataclass(frozen=True, slots=True)
class TextRow:
    """A standard text with its placeholders filled for one case."""

    code: str
    title: str
    body: str


def standard_texts(viewer: Viewer, *, case: Case, action: str) -> list[TextRow]:
    """Return the prepared texts for an action on a case, in the language of the reporter."""
    rows = StandardText.objects.filter(
        Q(category_id=case.category_id) | Q(category__isnull=True),
        action=action,
        language=case.language,
        is_active=True,
    ).order_by("title")
    return [
        TextRow(row.code, row.title, preview(row.body, case=case, viewer=viewer)) for row in rows
    ]


def preview(body: str, *, case: Case, viewer: Viewer) -> str:
    """Fill ``{number}``, ``{address}``, ``{unit}``, ``{name}``; unknown braces stay as they are."""
    unit = units().get(case.lead_unit_id) if isinstance(case.lead_unit_id, UUID) else None
    values = {
        "{number}": case.number,
        "{address}": case.address,
        "{unit}": unit.name if unit else "",
        "{name}": viewer.name,
    }
    for mark, value in values.items():
        body = body.replace(mark, value)
    return body


def texts_by_action(viewer: Viewer, *, case: Case) -> dict[str, tuple[TextRow, ...]]:
    """Return all prepared texts for a case by action, in the language of the reporter."""
    rows = StandardText.objects.filter(
        Q(category_id=case.category_id) | Q(category__isnull=True),
        language=case.language,
        is_active=True,
    ).order_by("title", "code")
    found: dict[str, tuple[TextRow, ...]] = {}
    for row in rows:
        filled = TextRow(row.code, row.title, preview(row.body, case=case, viewer=viewer))
        found[row.action] = (*found.get(row.action, ()), filled)
    return found
