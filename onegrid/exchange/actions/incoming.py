"""What each message of another system does to its case: only the product's own actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions as cases
from onegrid.cases.actions import Doing, Place, Reporter, Request, Upload, VerdictGiven
from onegrid.cases.actions.files import Kept, adopt, prepare
from onegrid.cases.terms import Channel, FileKind, FilePhase
from onegrid.common.refusals import Conflict, Invalid, Refusal
from onegrid.common.tenancy.context import current_tenant
from onegrid.exchange.actions import mapping, telling
from onegrid.exchange.models import ExternalOrder, Message
from onegrid.exchange.terms import Kind, System

_CHANNEL = {System.HOTLINE: Channel.HOTLINE, System.EMAIL: Channel.EMAIL}
#: Language of the notes that the product itself writes.
_LANGUAGE = "zh-hans"


@dataclass(frozen=True, slots=True)
class _Turn:
    """One message and what it is about."""

    order: ExternalOrder
    message: Message
    now: datetime

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = self.message.payload
        return body

    def text(self) -> str:
        """Return the words of the message, never empty."""
        return str(self.body.get("text", "")).strip() or "—"

    def doing(self, word: str = "act") -> Doing:
        """Return a doing in the name of the reporter, whom the other system stands for."""
        return Doing(
            viewer=Viewer.system(current_tenant()),
            now=self.now,
            key=uuid5(self.message.pk, word),
            channel=_CHANNEL[System(self.order.system)],
            as_reporter=True,
        )

    def by_system(self, word: str) -> Doing:
        """Return a doing of the product itself."""
        return Doing(
            viewer=Viewer.system(current_tenant()),
            now=self.now,
            key=uuid5(self.message.pk, word),
            channel=_CHANNEL[System(self.order.system)],
        )


def apply(order: ExternalOrder, message: Message, now: datetime) -> None:
    """Do what a message says.

    Raises:
        Refusal: the case does not allow it, or there is none yet.
    """
    turn = _Turn(order, message, now)
    with translation.override(_LANGUAGE):
        if message.kind == Kind.ORDER:
            _open(turn)
        elif order.case_id is None:
            raise Conflict("exchange.no_order")
        else:
            _HANDLERS[Kind(message.kind)](turn, order.case_id)


def _open(turn: _Turn) -> None:
    order, body = turn.order, turn.body
    if order.case_id is not None:
        raise Conflict("exchange.order_again")
    found = mapping.resolve(order.system, body, now=turn.now)
    notes = list(found.notes)
    try:
        receipt = _open_at(turn, found.place, found.category_code)
    except Invalid as refusal:
        if not refusal.code.startswith("place.") or found.place.lon is None:
            raise
        notes.append(_("The point is not in this county; only the words of the place were kept."))
        receipt = _open_at(turn, Place(address=found.words), found.category_code)
    order.case_id = receipt.case_id
    order.reply_due_at = parse_datetime(body.get("reply_due_at") or "")
    order.subject = str(body.get("title", ""))[:120]
    order.reply_to, order.thread = str(body.get("reply_to", "")), str(body.get("thread", ""))
    order.save(update_fields=["case", "reply_due_at", "subject", "reply_to", "thread"])
    notes += _attach(turn, receipt.case_id)
    _note(turn, receipt.case_id, notes)
    telling.received(order, receipt, now=turn.now)


def _open_at(turn: _Turn, place: Place, category_code: str) -> cases.Receipt:
    body, system = turn.body, System(turn.order.system)
    reporter = body.get("reporter") or {}
    request = Request(
        text=str(body.get("text", "")),
        title=str(body.get("title", "")),
        parts=tuple(body.get("parts") or ()),
        kind=str(body.get("kind", "help")),
        place=place,
        category_code=category_code,
        reporter=Reporter(
            name=str(reporter.get("name", ""))[:40], phone=str(reporter.get("phone", ""))
        ),
        on_behalf=True,
        confidential=bool(body.get("confidential", False)),
        channel=_CHANNEL[system],
        batch=system.value,
        external_id=turn.order.external_id,
    )
    return cases.open_case(
        viewer=Viewer.system(current_tenant()),
        request=request,
        now=turn.now,
        key=uuid5(turn.message.pk, "open"),
    )


def _attach(turn: _Turn, case_id: UUID) -> list[str]:
    """Give the case the cleaned files of a message; return a note on those that were not kept."""
    kept = tuple(Kept(**row) for row in turn.body.get("files", ()))
    if kept:
        viewer = Viewer.system(current_tenant())
        adopt(case_id=case_id, files=kept, phase=FilePhase.REPORT, viewer=viewer, at=turn.now)
    refused = int(turn.body.get("files_refused", 0))
    if not refused:
        return []
    said = _("Attachments not kept: %(n)s. Only photos and voice notes are taken.")
    return [said % {"n": refused}]


def clean_files(contents: list[tuple[str, bytes]]) -> tuple[list[dict[str, Any]], int]:
    """Clean attachments (media type, bytes); return what was kept and how many were not.

    Only photos and voice notes are kept, written anew without metadata.
    """
    kept, refused = [], 0
    for mime, content in contents:
        kind = FileKind.VOICE if mime.startswith("audio/") else FileKind.PHOTO
        try:
            kept.append(asdict(prepare(Upload(kind, content))))
        except Refusal:
            refused += 1
    return kept, refused


def _ruling(turn: _Turn, case_id: UUID) -> None:
    """A return is upheld: nothing more to do here; or refused: the case is assessed again."""
    if not turn.body.get("upheld"):
        cases.appeal(case_id=case_id, doing=turn.doing(), text=turn.text())


def _callback(turn: _Turn, case_id: UUID) -> None:
    """Their call-back says how it ended; a bad one asks for reopening, also of a closed case."""
    body = turn.body
    verdict = VerdictGiven(
        answered=bool(body.get("answered")),
        solved=str(body.get("solved", "")),
        satisfied=str(body.get("satisfied", "")),
        reason=str(body.get("text", "")),
    )
    try:
        cases.give_verdict(case_id=case_id, doing=turn.doing(), verdict=verdict)
    except Conflict:
        if not verdict.is_bad:
            raise
        cases.ask_reopen(case_id=case_id, doing=turn.doing(), text=turn.text())


def _recall(turn: _Turn, case_id: UUID) -> None:
    """Take the case back, unless it is over: then the answer says so."""
    try:
        cases.withdraw(case_id=case_id, doing=turn.doing(), text=turn.text())
    except Conflict:
        telling.recall_came_late(turn.order, now=turn.now)


def _remind(turn: _Turn, case_id: UUID) -> None:
    cases.remind(case_id=case_id, doing=turn.doing(), text=turn.text())


def _consult(turn: _Turn, case_id: UUID) -> None:
    """An answer to our question, or a question or supplement of theirs."""
    try:
        cases.supply_info(case_id=case_id, doing=turn.doing(), text=turn.text())
    except Conflict:
        said = _("From %(who)s: %(text)s") % {
            "who": System(turn.order.system).label,
            "text": turn.text(),
        }
        cases.note(case_id=case_id, doing=turn.by_system("consult"), text=said)
    _note(turn, case_id, _attach(turn, case_id))


def _note(turn: _Turn, case_id: UUID, notes: list[str]) -> None:
    for position, text in enumerate(notes):
        cases.note(case_id=case_id, doing=turn.by_system(f"note-{position}"), text=text)


_HANDLERS: dict[Kind, Callable[[_Turn, UUID], None]] = {
    Kind.RULING: _ruling,
    Kind.CALLBACK: _callback,
    Kind.RECALL: _recall,
    Kind.REMIND: _remind,
    Kind.CONSULT: _consult,
}
