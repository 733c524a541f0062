"""Hear what became of a request on the other side, and say it in the case."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from django.utils.translation import gettext as _

from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions import external
from onegrid.cases.actions.step import Doing
from onegrid.cases.queries.outside import matters
from onegrid.cases.terms import Channel, Result
from onegrid.common.refusals import Conflict
from onegrid.integrations.open311.models import Exchanged, Neighbour
from onegrid.integrations.open311.reading import Theirs
from onegrid.integrations.open311.terms import Direction, Standing

_NOTES_MAX = 2_000


def hear(neighbour: Neighbour, row: Exchanged, theirs: Theirs, *, now: datetime) -> str:
    """Write news into the case: ``heard``; nothing when all is as before: ``same``."""
    before = (row.their_status, row.their_notes)
    first = not row.their_status and row.direction == Direction.OUT and theirs.status == "open"
    row.their_status, row.their_notes = theirs.status, theirs.notes[:_NOTES_MAX]
    row.their_updated_at, row.tried_at = theirs.updated_at, now
    after = (row.their_status, row.their_notes)
    if theirs.status == "closed":
        row.standing = Standing.ENDED
    elif row.standing == Standing.ENDED:
        row.standing = Standing.SHARED
    row.save()
    if before == after or (first and not theirs.notes):
        return "same"
    _write(neighbour, row, _words(neighbour, theirs), closed=theirs.status == "closed", now=now)
    return "heard"


def tell(neighbour: Neighbour, row: Exchanged, text: str, *, now: datetime) -> None:
    """Write into a case that is with a city what happened to its handing over."""
    _write(neighbour, row, text, closed=False, now=now)


def _words(neighbour: Neighbour, theirs: Theirs) -> str:
    given = {"city": neighbour.name, "number": theirs.id}
    if theirs.status == "closed":
        said = _("%(city)s has closed the request %(number)s.") % given
    else:
        said = _("%(city)s is working on the request %(number)s.") % given
    return f"{said} {theirs.notes[:_NOTES_MAX]}".strip()


def _write(neighbour: Neighbour, row: Exchanged, text: str, *, closed: bool, now: datetime) -> None:
    """Write a step; a case that has moved on meanwhile needs none."""
    key = uuid5(row.pk, f"{now.isoformat()} {text}")
    doing = Doing(Viewer.system(neighbour.tenant_id), now, key, channel=Channel.API)
    try:
        if closed and row.direction == Direction.OUT:
            answers = dict.fromkeys(matters(row.case_id), text)
            external.external_done(
                case_id=row.case_id, doing=doing, result=Result.TRANSFERRED, answers=answers
            )
        else:
            actions.external_news(case_id=row.case_id, doing=doing, text=text)
    except Conflict as late:
        row.error = late.code[:80]
        row.save(update_fields=["error"])
