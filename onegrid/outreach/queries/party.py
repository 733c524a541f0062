"""Read questions by link: what whoever holds the link sees, and what the desk sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases.models import Case
from onegrid.cases.queries import CaseView
from onegrid.cases.queries.reaching import mask
from onegrid.common.refusals import Conflict, NotFound
from onegrid.core import numbers
from onegrid.core.flow import FINAL, Actor
from onegrid.outreach.models import PartyRequest
from onegrid.outreach.terms import Way


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """All that the page of the link shows."""

    asker: str
    question: str
    disclosed: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A question as the desk sees it; ``reached`` is masked."""

    whom: str
    to_whom: str
    way: str
    reached: str
    question: str
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    answer: str
    answered_by: str


def open_request(*, code: str, now: datetime, lock: bool = False) -> PartyRequest:
    """Return the row that a code opens.

    Raises:
        NotFound: there is none.
        Conflict: it was answered, its time is over, or the case has ended.
    """
    try:
        wanted = numbers.token_hash(code)
    except numbers.BadToken as error:
        raise NotFound("party.unknown", field="code") from error
    rows = PartyRequest.objects.select_for_update() if lock else PartyRequest.objects.all()
    row = rows.filter(token_hash=wanted).first()
    if row is None:
        raise NotFound("party.unknown", field="code")
    if row.answered_at is not None:
        raise Conflict("party.used")
    if now >= row.expires_at:
        raise Conflict("party.expired")
    if Case.objects.filter(pk=row.case_id, state__in=FINAL).exists():
        raise Conflict("party.case_over")
    return row


def question(*, code: str, now: datetime) -> OpenQuestion:
    """Return what whoever holds the link may read.

    Raises:
        NotFound, Conflict: as `open_request`.
    """
    row = open_request(code=code, now=now)
    return OpenQuestion(row.asker, row.question, row.disclosed, row.expires_at)


def asked_of(viewer: Viewer, *, view: CaseView) -> tuple[AskedRow, ...]:
    """Return the questions of a case to staff who see it, newest first; nobody else sees them."""
    if not view.relations - {Actor.REPORTER}:
        return ()
    return tuple(_row(row) for row in _rows(view.case.pk))


def _rows(case_id: UUID) -> list[PartyRequest]:
    return list(PartyRequest.objects.filter(case_id=case_id).order_by("-asked_at", "-id"))


def _row(row: PartyRequest) -> AskedRow:
    return AskedRow(
        whom=row.whom,
        to_whom=row.to_whom,
        way=row.way,
        reached=_hidden(row),
        question=row.question,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        answered_at=row.answered_at,
        answer=row.answer,
        answered_by=row.answered_by,
    )


def _hidden(row: PartyRequest) -> str:
    if row.way == Way.EMAIL:
        name, _, host = row.recipient.partition("@")
        return f"{name[:1]}***@{host}"
    return mask(row.recipient)
