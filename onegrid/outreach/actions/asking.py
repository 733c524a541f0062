"""Ask somebody without an account by a link, and take the answer (E7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.timezone import localtime

from onegrid.accounts.viewer import Viewer
from onegrid.cases.actions import Doing, Upload
from onegrid.cases.actions.files import keep
from onegrid.cases.actions.step import Later, Move, take
from onegrid.cases.models import Case
from onegrid.cases.queries.telling import reporter_phone
from onegrid.cases.request import numbers_only
from onegrid.cases.terms import FilePhase
from onegrid.common.ids import uuid7
from onegrid.common.refusals import Conflict, Invalid
from onegrid.common.tenancy.context import current_tenant
from onegrid.core import numbers
from onegrid.core.flow import Action
from onegrid.notices import actions as notices
from onegrid.organisation.queries import units
from onegrid.outreach.models import PartyRequest
from onegrid.outreach.queries.party import open_request
from onegrid.outreach.terms import (
    MAX_ANSWER,
    MAX_DISCLOSED,
    MAX_EMAIL,
    MAX_NAME,
    MAX_QUESTION,
    MOST_OPEN,
    VALID_DAYS,
    Way,
    Whom,
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, of whom, and what of the matter may be told.

    Attributes:
        recipient: phone number or e-mail address of an outside party.
        days: how long the link is good, one of `terms.VALID_DAYS`.
        page: address of the answering page; the code is put behind it in e-mails.
    """

    whom: str
    way: str
    question: str
    to_whom: str = ""
    recipient: str = ""
    disclosed: str = ""
    days: int = 7
    page: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The case, and the code that opens the question; it is shown to the asker this once."""

    case: Case
    code: str


def ask_party(*, case_id: UUID, doing: Doing, question: Question) -> Asked:
    """Ask the reporter or an outside party; the same key asks once.

    Raises:
        NotFound, Conflict, Forbidden: as `cases.actions.step.take`.
        Invalid: a field is missing or unknown, or cannot be reached that way.
    """
    wanted = _checked(question)
    move = Later(Action.ASK_PARTY, lambda case: _ask(case, doing, wanted))
    case = take(case_id, doing, move)
    row = PartyRequest.objects.filter(key=doing.key, case_id=case_id).first()
    if row is None:
        raise Conflict("case.key_used", field="key")
    return Asked(case, _code(row.pk))


def _ask(case: Case, doing: Doing, wanted: Question) -> Move:
    """Write the question down, queue its message and return the step that says so."""
    if _open_count(case.pk, doing.now) >= MOST_OPEN:
        raise Invalid("party.too_many_open", field="question", most=MOST_OPEN)
    row = _row(case, doing, wanted)
    row.save(force_insert=True)
    _send(row, case, wanted, now=doing.now)
    to_reporter = wanted.whom == Whom.REPORTER
    text = wanted.question if to_reporter else f"{wanted.to_whom}：{wanted.question}"
    return Move(Action.ASK_PARTY, text=text, data={"way": wanted.way}, shown=to_reporter)


def answer_question(
    *, code: str, text: str, name: str, uploads: tuple[Upload, ...], now: datetime, key: UUID
) -> None:
    """Take the answer of whoever holds the link; the question is used up by it.

    Args:
        key: idempotency key of the form.

    Raises:
        NotFound: no question has this code.
        Conflict: answered already, out of time, or the case is over.
        Invalid, TooLarge: text, name or a photo cannot be used.
    """
    row = open_request(code=code, now=now, lock=True)
    text, name = text.strip(), name.strip()
    if not 0 < len(text) <= MAX_ANSWER:
        raise Invalid("party.answer", field="answer", most=MAX_ANSWER)
    if len(name) > MAX_NAME:
        raise Invalid("party.name", field="name", most=MAX_NAME)
    who = name or row.to_whom
    said = f"{who}：{text}" if who else text
    doing = Doing(viewer=Viewer.system(current_tenant()), now=now, key=key)
    move = Move(
        Action.PARTY_ANSWERED,
        text=said,
        data={"files": len(uploads), "phase": FilePhase.REPORT.value} if uploads else {},
        shown=row.whom == Whom.REPORTER,
    )
    case = take(row.case_id, doing, move)
    if uploads:
        keep(case, uploads, phase=FilePhase.REPORT, viewer=doing.viewer, at=case.changed_at)
    row.answered_at, row.answer, row.answered_by = now, text, name
    row.save(update_fields=["answered_at", "answer", "answered_by"])


def _open_count(case_id: UUID, now: datetime) -> int:
    rows = PartyRequest.objects.filter(case_id=case_id, answered_at__isnull=True)
    return rows.filter(expires_at__gt=now).count()


def _code(pk: UUID) -> str:
    return numbers.query_token(settings.SECRET_KEY.encode(), pk)


def _checked(given: Question) -> Question:
    """Return the question without blanks around its words.

    Raises:
        Invalid: a field is missing, unknown or too long.
    """
    if given.whom not in Whom.values:
        raise Invalid("party.whom", field="whom")
    if given.way not in Way.values:
        raise Invalid("party.way", field="way")
    if given.days not in VALID_DAYS:
        raise Invalid("party.days", field="days")
    if not 0 < len(given.question.strip()) <= MAX_QUESTION:
        raise Invalid("party.question", field="question", most=MAX_QUESTION)
    if len(given.disclosed.strip()) > MAX_DISCLOSED:
        raise Invalid("party.disclosed", field="disclosed", most=MAX_DISCLOSED)
    named = _to_reporter(given) if given.whom == Whom.REPORTER else _to_other(given)
    to_whom, recipient = named
    return Question(
        whom=given.whom,
        way=given.way,
        question=given.question.strip(),
        to_whom=to_whom,
        recipient=recipient,
        disclosed=given.disclosed.strip(),
        days=given.days,
        page=given.page,
    )


def _to_reporter(given: Question) -> tuple[str, str]:
    if given.way == Way.EMAIL:
        raise Invalid("party.reporter_by_sms", field="way")
    return "", ""


def _to_other(given: Question) -> tuple[str, str]:
    """Return name and address of an outside party."""
    to_whom, address = given.to_whom.strip(), given.recipient.strip()
    if not 0 < len(to_whom) <= MAX_NAME:
        raise Invalid("party.to_whom", field="to_whom", most=MAX_NAME)
    if given.way == Way.LINK:
        return to_whom, ""
    if given.way == Way.EMAIL:
        return to_whom, checked_email(address, "party.email", field="recipient")
    phone = numbers_only(address)
    if not (phone.lstrip("+").isdigit() and 11 <= len(phone) <= 16):
        raise Invalid("party.phone", field="recipient")
    return to_whom, phone


def checked_email(address: str, code: str, *, field: str) -> str:
    """Return an e-mail address in small letters.

    Raises:
        Invalid: it is none.
    """
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(code, field=field) from error
    if len(address) > MAX_EMAIL:
        raise Invalid(code, field=field)
    return address.lower()


def _row(case: Case, doing: Doing, given: Question) -> PartyRequest:
    pk = uuid7()
    return PartyRequest(
        id=pk,
        case_id=case.pk,
        asked_at=doing.now,
        asked_by=doing.viewer.user_id,
        asker=_asker(doing.viewer),
        whom=given.whom,
        to_whom=given.to_whom,
        way=given.way,
        recipient=given.recipient,
        question=given.question,
        disclosed=given.disclosed,
        token_hash=numbers.token_hash(_code(pk)),
        expires_at=doing.now + timedelta(days=given.days),
        key=doing.key,
    )


def _asker(viewer: Viewer) -> str:
    """Return how the asker is named: by the unit, else by name."""
    mine = (units()[g.unit_id].name for g in viewer.grants if g.unit_id in units() and g.unit_id)
    areas = {grant.area_id for grant in viewer.grants if grant.area_id}
    of_area = (unit.name for unit in units().values() if unit.area_id in areas)
    return next(mine, None) or next(of_area, None) or viewer.name


def _send(row: PartyRequest, case: Case, given: Question, *, now: datetime) -> None:
    """Queue the message with the code.

    Raises:
        Invalid: the reporter has left no number.
    """
    if given.way == Way.LINK:
        return
    code = _code(row.pk)
    until = localtime(row.expires_at).strftime("%m-%d %H:%M")
    by_mail = given.way == Way.EMAIL
    recipient = row.recipient
    if row.whom == Whom.REPORTER:
        recipient = reporter_phone(case)
        if not recipient:
            raise Invalid("party.no_contact", field="way")
    words = {"asker": row.asker, "until": until}
    notices.queue(
        channel="email" if by_mail else "sms",
        recipient=recipient,
        template="party_asked_mail" if by_mail else "party_asked",
        params={**words, "link": f"{given.page}{code}/"} if by_mail else {**words, "code": code},
        language=case.language if row.whom == Whom.REPORTER else "zh-hans",
        dedupe_key=f"{row.pk}:asked",
        now=now,
        expires_at=row.expires_at,
    )
