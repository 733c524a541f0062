"""What the reporter of a case answered to the further questions of its category."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from onegrid.accounts.viewer import Viewer
from onegrid.cases import questions
from onegrid.cases.models import QuestionAnswer
from onegrid.cases.queries.detail import CaseView
from onegrid.core.questions import Datatype


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A question and its answer, in the reader's language."""

    question: str
    answer: str
    #: where the answer leads to, if it is an address
    href: str = ""


def answers(viewer: Viewer, *, view: CaseView) -> tuple[AnswerRow, ...]:
    """Return questions and answers of a case the viewer has been shown, in their order."""
    rows = QuestionAnswer.objects.filter(case_id=view.case.pk).select_related("question")
    listed = [_row(viewer, row) for row in rows.order_by("question__position", "question__code")]
    return (*listed, *_picture(view))


def _picture(view: CaseView) -> list[AnswerRow]:
    """Return the address of a picture that another application named; it is never fetched."""
    url = str(view.steps[0].data.get("media_url", "")) if view.steps else ""
    return [AnswerRow(_("Picture elsewhere"), url, href=url)] if url else []


def _row(viewer: Viewer, row: QuestionAnswer) -> AnswerRow:
    asked = questions.row_of(row.question)
    names = dict(asked.options(viewer.language))
    said = "、".join(_words(asked.asked.datatype, value, names) for value in row.given)
    return AnswerRow(asked.label(viewer.language), said)


def _words(datatype: Datatype, value: str, names: dict[str, str]) -> str:
    if datatype is Datatype.DATETIME:
        return f"{localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    return names.get(value, value)
