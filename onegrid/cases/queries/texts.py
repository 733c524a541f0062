"""Standard texts for an action and a category, with a preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language_info

from onegrid.accounts.viewer import Viewer
from onegrid.cases.models import Case, StandardText
from onegrid.organisation.queries import units

#: Where a text does not exist in a language, what its reader is likely to understand best.
_NEAREST: Mapping[str, tuple[str, ...]] = {
    "zh-hant": ("zh-hans", "en"),
    "zh-hans": ("zh-hant", "en"),
    "en": ("zh-hans", "zh-hant"),
}


@dataclass(frozen=True, slots=True)
class TextRow:
    """A standard text with its placeholders filled for one case.

    Attributes:
        title: in the language of whoever chooses it; names the language of the body where that
            is another one.
        body: in the language of the reporter, or the nearest there is.
        language: of the body.
    """

    code: str
    title: str
    body: str
    language: str


def standard_texts(viewer: Viewer, *, case: Case, action: str) -> list[TextRow]:
    """Return the prepared texts for an action on a case, in the language of the reporter."""
    return list(texts_by_action(viewer, case=case).get(action, ()))


def texts_by_action(viewer: Viewer, *, case: Case) -> dict[str, tuple[TextRow, ...]]:
    """Return all prepared texts for a case by action, those of its category first."""
    rows = StandardText.objects.filter(
        Q(category_id=case.category_id) | Q(category__isnull=True), is_active=True
    )
    by_code: dict[str, dict[str, StandardText]] = {}
    for row in rows:
        by_code.setdefault(row.code, {})[row.language] = row
    chosen = [_chosen(found, viewer, case) for found in by_code.values()]
    found: dict[str, tuple[TextRow, ...]] = {}
    for row, filled in sorted(chosen, key=_order):
        found[row.action] = (*found.get(row.action, ()), filled)
    return found


def _order(pair: tuple[StandardText, TextRow]) -> tuple[bool, str, str]:
    return pair[0].category_id is None, pair[1].title, pair[1].code


def _chosen(
    found: Mapping[str, StandardText], viewer: Viewer, case: Case
) -> tuple[StandardText, TextRow]:
    row = _in(found, case.language)
    title = _in(found, viewer.language).title
    if row.language != viewer.language:
        title = f"{title} ({get_language_info(row.language)['name_local']})"
    body = preview(row.body, case=case, viewer=viewer)
    return row, TextRow(row.code, title, body, row.language)


def _in(found: Mapping[str, StandardText], language: str) -> StandardText:
    """Return a text in a language, or in the nearest one."""
    wanted: Iterable[str] = (language, *_NEAREST.get(language, ()), *found)
    return next(found[name] for name in wanted if name in found)


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
