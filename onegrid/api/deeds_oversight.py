"""Supervision, kind and subjects of a case, as actions of the interface."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from onegrid.api.deed import Deed
from onegrid.api.endpoints import unit_by_code
from onegrid.api.schemas import Shape, Text, Words
from onegrid.cases import actions
from onegrid.cases.oversight_terms import SupervisionKind, Trigger
from onegrid.cases.terms import Kind

_WHICH = Field(None, description="Needed only where several wait.")


class Supervise(Shape):
    """An order to answer for a case (Weifang hotline regulation, Art. 26)."""

    kind: SupervisionKind
    trigger: Trigger
    text: Words
    days: int = Field(ge=1, le=30, description="Working days for the reply.")
    publish: bool = Field(False, description="The reporter reads order and reply.")


class Reply(Shape):
    """An answer to a supervision, or the words that accept it."""

    text: Words
    supervision_id: UUID | None = _WHICH


class Reject(Reply):
    """What a reply lacks, and until when to answer again."""

    days: int = Field(1, ge=1, le=30, description="Working days for the new reply.")


class ChangeKind(Shape):
    """What sort of message it is, with the reason for the change."""

    kind: Kind
    text: Words


class NameSubjects(Shape):
    """Staff and units that a complaint is about; they never see the case again."""

    account_ids: list[UUID] = Field(default_factory=list, max_length=20)
    units: list[Text] = Field(
        default_factory=list, max_length=20, description="Codes, see GET /units."
    )
    text: Words


def _named(body: NameSubjects) -> dict[str, Any]:
    unit_ids = [unit_by_code(code).id for code in body.units]
    return {"account_ids": body.account_ids, "unit_ids": unit_ids, "text": body.text}


OVERSIGHT_DEEDS: tuple[Deed, ...] = (
    Deed("supervise", "Put under supervision", actions.supervise, Supervise),
    Deed("reply_supervision", "Reply to a supervision", actions.reply_supervision, Reply),
    Deed("settle_supervision", "Accept a reply", actions.settle_supervision, Reply),
    Deed("reject_reply", "Ask for a reply again", actions.reject_reply, Reject),
    Deed("change_kind", "Change the kind", actions.change_kind, ChangeKind),
    Deed(
        "name_subjects",
        "Name whom a complaint is about",
        actions.name_subjects,
        NameSubjects,
        _named,
    ),
)
