"""Write the further questions of categories, and what reporters answered to them (E6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from onegrid.cases import questions, reference
from onegrid.cases.models import Case, Category, CategoryQuestion, QuestionAnswer
from onegrid.common.refusals import Invalid
from onegrid.core.questions import LISTS, Choice, Datatype, Question

_CODE_MAX, _TEXT_MAX, _CHOICES_MAX = 24, 120, 60


def define_question(*, category: str, question: Question, position: int = 0) -> UUID:
    """Add or change a question; category and code are its identity.

    Raises:
        Invalid: no such category, no code or words, or a list without choices (or the reverse).
    """
    parent = Category.objects.filter(code=category).first()
    if parent is None:
        raise Invalid("question.no_category", field="category", code=category)
    _check(question)
    row, _ = CategoryQuestion.objects.update_or_create(
        category=parent,
        code=question.code,
        defaults={
            "datatype": question.datatype,
            "text": question.text,
            "text_en": question.text_en or question.text,
            "hint": question.hint,
            "hint_en": question.hint_en or question.hint,
            "required": question.required,
            "asks": question.asks,
            "choices": [_choice(choice) for choice in question.choices],
            "position": position,
            "is_active": True,
        },
    )
    questions.questions.clear()
    return row.id


def retire_question(*, category: str, code: str) -> None:
    """Ask a question no longer; what was answered to it stays."""
    CategoryQuestion.objects.filter(category__code=category, code=code).update(is_active=False)
    questions.questions.clear()


def _check(question: Question) -> None:
    plain = question.code.replace("_", "").replace("-", "")
    if not (plain.isascii() and plain.isalnum() and len(question.code) <= _CODE_MAX):
        raise Invalid("question.code", field="code", most=_CODE_MAX)
    if not 1 <= len(question.text.strip()) <= _TEXT_MAX:
        raise Invalid("question.text", field="text", most=_TEXT_MAX)
    keys = [choice.key for choice in question.choices]
    fits = bool(keys) == (question.datatype in LISTS)
    if not fits or len(set(keys)) < len(keys) or len(keys) > _CHOICES_MAX or "" in keys:
        raise Invalid("question.choices", field="choices", most=_CHOICES_MAX)


def _choice(choice: Choice) -> dict[str, str]:
    return {"key": choice.key, "name": choice.name, "name_en": choice.name_en}


def keep_answers(
    case: Case, category: reference.CategoryRow | None, given: Mapping[str, Sequence[str]]
) -> None:
    """Keep what the reporter of a new case answered.

    Raises:
        Invalid: an answer does not fit, or a needed one is missing.
    """
    read = questions.read(category, given)
    rows = {row.asked.code: row.id for row in questions.questions_of(category)}
    QuestionAnswer.objects.bulk_create(
        QuestionAnswer(case_id=case.pk, question_id=rows[code], given=list(values))
        for code, values in read.items()
    )


def choices_from(text: str) -> tuple[Choice, ...]:
    """Read choices written as ``key=名称|English; …``, as in tables of questions."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        key, _, names = part.partition("=")
        name, _, english = names.partition("|")
        found.append(Choice(key.strip(), name.strip(), english.strip()))
    return tuple(found)


def question_from(row: Mapping[str, str]) -> Question:
    """Read a question from a row of a table.

    Raises:
        Invalid: the data type is not one of the six.
    """
    if row["datatype"] not in set(Datatype):
        raise Invalid("question.datatype", field="datatype", known=", ".join(Datatype))
    return Question(
        code=row["code"],
        datatype=Datatype(row["datatype"]),
        text=row["text"],
        text_en=row["text_en"],
        hint=row["hint"],
        hint_en=row["hint_en"],
        required=row["required"] == "yes",
        asks=row["asks"] != "no",
        choices=choices_from(row["choices"]),
    )
