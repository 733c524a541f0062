"""Publish an answered case in moderated words, and take it down again (E15).

What is published is a copy that a person has edited; the case itself is never changed by it, and
every edition is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from onegrid.cases.actions import Doing
from onegrid.cases.actions.step import Later, Move, take
from onegrid.cases.models import Case
from onegrid.cases.queries.telling import names_of
from onegrid.cases.terms import Kind
from onegrid.common.refusals import Conflict, Invalid
from onegrid.core import geo
from onegrid.core.flow import Action, State
from onegrid.core.redaction import findings
from onegrid.outreach.models import Edition, PublicCase
from onegrid.outreach.terms import ANSWERED, MAX_PUBLIC_TEXT, SORT_LABELS

MAX_TITLE = 120


@dataclass(frozen=True, slots=True)
class Page:
    """What everybody shall read.

    Attributes:
        checked: a person says that what still looks personal is not.
    """

    title: str
    text: str
    answer: str
    checked: bool = False


def publish(*, case_id: UUID, doing: Doing, page: Page) -> Case:
    """Publish a case, or a new edition of it; the same key publishes once.

    Raises:
        NotFound, Forbidden: as `cases.actions.step.take`.
        Conflict: confidential, a report of wrongdoing, or not answered yet.
        Invalid: words are missing or too long, or something in them looks personal.
    """
    wanted = _checked(page)

    def build(case: Case) -> Move:
        _check_case(case)
        _check_words(case, wanted)
        return Move(Action.PUBLISH, data={"edition": _write(case, doing, wanted)})

    return take(case_id, doing, Later(Action.PUBLISH, build))


def take_down(*, case_id: UUID, doing: Doing, reason: str) -> Case:
    """Take a public page down; its editions stay.

    Raises:
        NotFound, Forbidden: as `cases.actions.step.take`.
        Conflict: it is not public.
        Invalid: no reason.
    """
    why = reason.strip()
    if not why:
        raise Invalid("public.reason", field="reason")

    def build(case: Case) -> Move:
        row = PublicCase.objects.filter(case_id=case.pk, shown=True).first()
        if row is None:
            raise Conflict("public.not_published")
        row.edition, row.shown, row.changed_at = row.edition + 1, False, doing.now
        row.save(update_fields=["edition", "shown", "changed_at"])
        _keep(row, doing, reason=why)
        return Move(
            Action.PUBLISH, text=why, data={"edition": row.edition, "down": True}, shown=False
        )

    return take(case_id, doing, Later(Action.PUBLISH, build))


def _checked(page: Page) -> Page:
    given = {
        name: getattr(page, name).replace("\r\n", "\n").strip()
        for name in ("title", "text", "answer")
    }
    limits = {"title": MAX_TITLE, "text": MAX_PUBLIC_TEXT, "answer": MAX_PUBLIC_TEXT}
    for name, most in limits.items():
        if not 0 < len(given[name]) <= most:
            raise Invalid(f"public.{name}", field=name, most=most)
    return Page(**given, checked=page.checked)


def _check_case(case: Case) -> None:
    if case.confidential:
        raise Conflict("public.confidential")
    if case.kind == Kind.WHISTLE:
        raise Conflict("public.whistle")
    if State(case.state) not in ANSWERED:
        raise Conflict("public.not_ended")


def _check_words(case: Case, page: Page) -> None:
    """Refuse words that still look personal; the refusal names their sorts, not the words."""
    if page.checked:
        return
    names = names_of(case)
    for field in ("title", "text", "answer"):
        sorts = {one.sort: None for one in findings(getattr(page, field), names)}
        if sorts:
            told = "、".join(str(SORT_LABELS[sort]) for sort in sorts)
            raise Invalid("public.still_personal", field=field, sorts=told)


def _write(case: Case, doing: Doing, page: Page) -> int:
    """Write the current page and keep the edition; return its number."""
    row = PublicCase.objects.filter(case_id=case.pk).first()
    if row is None:
        row = PublicCase(case_id=case.pk, edition=0, first_at=doing.now)
    row.edition, row.shown, row.changed_at = row.edition + 1, True, doing.now
    row.title, row.text, row.answer = page.title, page.text, page.answer
    row.category_id = case.category_id
    row.community_id, row.street_id = case.community_id, case.street_id
    if case.lon is not None and case.lat is not None:
        row.lon, row.lat = geo.coarse(case.lon, case.lat)
    row.save()
    _keep(row, doing)
    return row.edition


def _keep(row: PublicCase, doing: Doing, reason: str = "") -> None:
    Edition.objects.create(
        public=row,
        n=row.edition,
        at=doing.now,
        by_id=doing.viewer.user_id,
        by_name=doing.viewer.name,
        shown=row.shown,
        title=row.title,
        text=row.text,
        answer=row.answer,
        reason=reason,
    )
