"""Say something of an estate, since when, and who said so."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from onegrid.cases.actions import Doing
from onegrid.common.refusals import Conflict, Invalid
from onegrid.estates.actions.locked import done_before, insert, to_change
from onegrid.estates.actions.registering import statement
from onegrid.estates.models import Statement
from onegrid.estates.terms import SERVED, About, ServiceKind


@transaction.atomic
def say(
    *, estate_id: UUID, doing: Doing, about: str, value: str, since: date | None, source: str
) -> None:
    """Write a statement; the earlier ones stay and the latest counts.

    Raises:
        NotFound, Forbidden: as `to_change`.
        Invalid, TooLarge: about nothing that is kept, no value, or nobody said so.
        Conflict: the service runs; that it has ended is a step back with a reason.
    """
    row = to_change(estate_id, doing)
    if done_before(Statement, doing, estate_id=row.id) is not None:
        return
    if about not in About.values:
        raise Invalid("estate.choice", field="about")
    new = statement(row, doing, About(about), value, since=since, source=source)
    new.id = doing.key
    if about == About.KIND:
        if value == ServiceKind.NONE and row.stage in SERVED:
            raise Conflict("estate.still_running", field="value")
        row.kind = value
        row.save(update_fields=["kind"])
    insert(new)
