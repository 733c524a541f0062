"""The further questions of the county's categories, kept in memory for a few seconds (E6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.timezone import get_default_timezone
from django.utils.translation import get_language

from onegrid.cases.models import CategoryQuestion
from onegrid.cases.reference import CategoryRow, category_by_code
from onegrid.common.refusals import Invalid
from onegrid.common.tenant_cache import TenantCache
from onegrid.core.questions import BadAnswer, Choice, Datatype, Question, read_all

#: What the name of a form field begins with, before the code of its question.
FIELD = "q-"


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question with its row."""

    id: UUID
    category_id: UUID
    asked: Question

    def label(self, language: str) -> str:
        """Return the question in a language; Chinese unless English is asked for."""
        return self.asked.text_en if language.startswith("en") else self.asked.text

    def told(self, language: str) -> str:
        """Return how to answer."""
        return self.asked.hint_en if language.startswith("en") else self.asked.hint

    def options(self, language: str) -> list[tuple[str, str]]:
        """Return keys and names of the answers to choose from."""
        english = language.startswith("en")
        return [
            (choice.key, choice.name_en if english and choice.name_en else choice.name)
            for choice in self.asked.choices
        ]


def row_of(row: CategoryQuestion) -> QuestionRow:
    """Return a question as forms and rules need it."""
    asked = Question(
        code=row.code,
        datatype=Datatype(row.datatype),
        text=row.text,
        text_en=row.text_en,
        hint=row.hint,
        hint_en=row.hint_en,
        required=row.required,
        asks=row.asks,
        choices=tuple(Choice(**choice) for choice in row.choices),
    )
    return QuestionRow(row.id, row.category_id, asked)


def _load() -> dict[UUID, tuple[QuestionRow, ...]]:
    found: dict[UUID, tuple[QuestionRow, ...]] = {}
    rows = CategoryQuestion.objects.filter(is_active=True).order_by("position", "code")
    for row in rows:
        found[row.category_id] = (*found.get(row.category_id, ()), row_of(row))
    return found


questions: TenantCache[dict[UUID, tuple[QuestionRow, ...]]] = TenantCache(_load)


def questions_of(category: CategoryRow | None) -> tuple[QuestionRow, ...]:
    """Return what a category asks: what its group asks first, then its own."""
    if category is None:
        return ()
    found = questions.get()
    above = found.get(category.parent_id, ()) if category.parent_id else ()
    own = found.get(category.id, ())
    codes = {row.asked.code for row in own}
    return (*(row for row in above if row.asked.code not in codes), *own)


def questions_by_code(code: str) -> tuple[QuestionRow, ...]:
    """Return what an active category asks; nothing for a code nobody knows."""
    return questions_of(category_by_code(code))


def read(
    category: CategoryRow | None, given: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Return the answers to the questions of a category as they are kept.

    Raises:
        Invalid: an answer does not fit; ``field`` is the field of its question.
    """
    rows = questions_of(category)
    try:
        return read_all([row.asked for row in rows], given, zone=get_default_timezone())
    except BadAnswer as error:
        labels = {row.asked.code: row.label(get_language() or "") for row in rows}
        question = labels.get(error.code, error.code)[:60]
        field = f"{FIELD}{error.code}"
        raise Invalid(f"question.{error.misfit}", field=field, question=question) from error
