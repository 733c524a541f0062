"""The published words of cases, for other applications."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from onegrid.outreach.models import PublicCase


@dataclass(frozen=True, slots=True)
class PublishedWords:
    """What a clerk has published of a case: request and official answer, both moderated."""

    title: str
    text: str
    answer: str


def published_words(case_ids: Collection[UUID]) -> dict[UUID, PublishedWords]:
    """Return the published words of those cases that have any now."""
    rows = PublicCase.objects.filter(case_id__in=case_ids, shown=True)
    found = rows.values_list("case_id", "title", "text", "answer")
    return {case_id: PublishedWords(*words) for case_id, *words in found}
