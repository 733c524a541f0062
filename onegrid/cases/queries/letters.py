"""What the reply letter of a case says (E12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.audit.actions import record_look
from onegrid.cases import lawful
from onegrid.cases.models import Case, Contact
from onegrid.cases.queries.detail import CaseView, PartView, case_by_number
from onegrid.cases.queries.reaching import may_call
from onegrid.cases.queries.reporter import case_of_reporter
from onegrid.common.refusals import Conflict, NotFound
from onegrid.core.flow import Action, Actor, State
from onegrid.duties.terms import Parameter

_REPLIED = frozenset({State.CALLBACK, State.CLOSED, State.REOPEN_REQ})
#: Steps that answer a request; who released the last of them is told.
_REPLYING = frozenset({Action.FINISH, Action.ANSWER_NOW, Action.EXTERNAL_DONE, Action.FOLLOW})


@dataclass(frozen=True, slots=True)
class Letter:
    """A reply to the reporter.

    Attributes:
        name: of the addressee; empty when the reader may not know it, or nobody left one.
        reason: why it was not accepted; the parts then have no answers.
        right: the legal step that is left: ``reopen`` or ``appeal``.
        days: in which it can be asked to take it up again.
        released: ``approved`` by the head of the unit, ``self_approved`` by who handled it, or
            empty where the county asks for no approval.
    """

    number: str
    title: str
    name: str
    channel: str
    language: str
    opened_at: datetime
    replied_at: datetime
    unit: str
    parts: tuple[PartView, ...]
    result: str
    reason: str
    right: str
    days: int
    released: str = ""


def letter_for_desk(viewer: Viewer, *, number: str, now: datetime) -> Letter:
    """Return the letter to staff who see the case; a name in it is a look that is written down.

    Raises:
        NotFound: no such case in scope, or only one's own.
        Conflict: there is no reply yet.
    """
    view = case_by_number(viewer, number=number, now=now)
    if not view.relations - {Actor.REPORTER}:
        raise NotFound("case.not_found")
    name = _name(view.case) if may_call(viewer, view.case) else ""
    made = _letter(view, name, now)
    record_look(
        viewer=viewer,
        purpose="letter",
        subject_kind="case_contact",
        subject_id=view.case.pk,
        fields="name" if name else "letter",
        now=now,
    )
    return made


def letter_of_own(viewer: Viewer, *, number: str, now: datetime) -> Letter:
    """Return the letter to the account that reported the case.

    Raises:
        NotFound: it is somebody else's, or there is none: the same answer.
        Conflict: there is no reply yet.
    """
    view = case_by_number(viewer, number=number, now=now)
    if not view.is_mine:
        raise NotFound("case.not_found")
    return _letter(view, _name(view.case), now)


def letter_for_reporter(viewer: Viewer, *, case_id: UUID, now: datetime) -> Letter:
    """Return the letter to the reporter; the caller has seen number and query code.

    Raises:
        NotFound: no such case.
        Conflict: there is no reply yet.
    """
    view = case_of_reporter(viewer, case_id=case_id, now=now)
    return _letter(view, _name(view.case), now)


def has_letter(view: CaseView) -> bool:
    """Tell whether there is a reply to print."""
    return view.state in _REPLIED or view.state is State.NOT_ACCEPTED


def _name(case: Case) -> str:
    return Contact.objects.filter(case_id=case.pk).values_list("name", flat=True).first() or ""


def _letter(view: CaseView, name: str, now: datetime) -> Letter:
    if not has_letter(view):
        raise Conflict("letter.not_ended")
    case, refused = view.case, view.state is State.NOT_ACCEPTED
    ended = State.NOT_ACCEPTED if refused else State.CALLBACK
    last = next(step for step in reversed(view.steps) if step.to_state == ended)
    reasons = [step.text for step in view.steps if step.action == Action.REFUSE]
    return Letter(
        number=case.number,
        title=case.title,
        name=name,
        channel=case.channel,
        language=case.language,
        opened_at=case.opened_at,
        replied_at=last.at,
        unit=view.unit,
        parts=view.parts,
        result=case.result,
        reason=reasons[-1] if refused and reasons else "",
        right="appeal" if refused else "reopen",
        days=lawful.amount(case, Parameter.REOPEN_DAYS, now=now),
        released="" if refused else _released(view),
    )


def _released(view: CaseView) -> str:
    replies = (step.data for step in reversed(view.steps) if step.action in _REPLYING)
    said = next(replies, {})
    return next((name for name in ("approved", "self_approved") if said.get(name)), "")
