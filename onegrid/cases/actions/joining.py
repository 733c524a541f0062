"""Join a case instead of sending the same again; keep a repeated message as a contact."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from onegrid.accounts.queries import own_phone
from onegrid.accounts.viewer import Viewer
from onegrid.cases import alike, notify
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Case, Joiner
from onegrid.cases.request import Reporter, numbers_only
from onegrid.cases.terms import MAX_TEXT
from onegrid.common.refusals import Conflict, Invalid, NotFound, TooLarge
from onegrid.core.flow import Action, State

#: More people than this add nothing; they report by themselves.
MAX_JOINERS = 500
#: States in which a joiner still learns something new.
JOINABLE = frozenset(
    {
        State.REGISTERED,
        State.TRIAGE,
        State.INFO_WAIT,
        State.CLASSIFIED,
        State.DISPATCHED,
        State.RETURN_REQ,
        State.ARBITRATION,
        State.ACCEPTED,
        State.IN_PROGRESS,
        State.PLANNED,
        State.ON_HOLD,
        State.EXTERNAL,
        State.REOPENED,
    }
)


def join(*, case_id: UUID, doing: Doing, reporter: Reporter, text: str = "") -> Case:
    """Say "me too": the joiner is told the result and counts as one more person concerned.

    Joining twice changes nothing. The step in the timeline names nobody.

    Args:
        reporter: phone and wish to be told of somebody without an account.
        text: what the joiner wrote, for those who handle the case.

    Raises:
        NotFound: there is no such case to join; private and personal ones are never joined.
        Invalid: neither an account nor a usable phone number.
        Conflict: too many have joined, or the case is answered already.
    """
    phone = _phone(doing.viewer, reporter)
    account = doing.viewer.user_id
    if len(text) > MAX_TEXT:
        raise TooLarge("case.text_too_long", field="text", most=MAX_TEXT, got=len(text))
    system = Doing(Viewer.system(doing.viewer.tenant_id), doing.now, doing.key, doing.channel)

    def move(case: Case) -> Move | None:
        _check_joinable(case, account)
        if _already(case, account, phone):
            return None
        Joiner.objects.create(
            case_id=case.pk,
            at=doing.now,
            account_id=account,
            phone=phone,
            wants_news=reporter.wants_reply,
            language=doing.viewer.language,
            text=text.strip(),
        )
        return Move(Action.JOIN, data={"people": case.joiners.count()})

    before = Case.objects.values_list("step_count", flat=True).filter(pk=case_id).first()
    case = take(case_id, system, Later(Action.JOIN, move))
    if case.step_count != before:
        row = _already(case, account, phone)
        if row is not None:
            notify.tell_joiner(case, row, "case_joined", now=doing.now)
    return case


def _phone(viewer: Viewer, reporter: Reporter) -> str:
    phone = numbers_only(reporter.phone) or own_phone(viewer) or ""
    if phone and not (phone.lstrip("+").isdigit() and 5 <= len(phone) <= 16):
        raise Invalid("case.phone", field="phone")
    if not phone and viewer.user_id is None:
        raise Invalid("case.join_who", field="phone")
    return phone


def _check_joinable(case: Case, account: UUID | None) -> None:
    if alike.is_private(case) or alike.personal(case):
        raise NotFound("case.not_found")
    if account is not None and account == case.reporter_id:
        raise Conflict("case.join_own")
    if case.state not in JOINABLE:
        raise Conflict("case.join_over")
    if case.joiners.count() >= MAX_JOINERS:
        raise Conflict("case.join_full")


def _already(case: Case, account: UUID | None, phone: str) -> Joiner | None:
    who = Q(pk__in=[])
    if account is not None:
        who |= Q(account_id=account)
    if phone:
        who |= Q(phone=phone)
    return Joiner.objects.filter(who, case_id=case.pk).first()


def repeat(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Keep a repeated message without new facts as a contact of the open case; tell how it goes.

    Beijing regulation on swift response, Art. 11(3). It counts as a repeated contact.
    """
    case = take(case_id, doing, Move(Action.REPEAT, text=text))
    notify.progress(case, now=doing.now)
    return case


def tell_joiners(case: Case, template: str, *, now: datetime) -> None:
    """Tell everybody who joined a case and wished to know."""
    for row in Joiner.objects.filter(case_id=case.pk, wants_news=True).exclude(phone=""):
        notify.tell_joiner(case, row, template, now=now)
