"""What time itself does to a call: the reminder, the head of the unit, the end of rating."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.calls import notify
from onegrid.calls.actions.step import Turn, write
from onegrid.calls.flow import Deed, Side, Stage
from onegrid.calls.models import Shift, Summons
from onegrid.calls.queries.duty import Spot, answering
from onegrid.calls.terms import GRACE, Urgency
from onegrid.cases.actions import Doing
from onegrid.common.ids import uuid7
from onegrid.common.tenancy.context import current_tenant


def due_ids(*, now: datetime, limit: int = 200) -> list[UUID]:
    """Return ways of departments to look at, the longest due first (by the partial index)."""
    rows = Summons.objects.filter(look_at__lte=now).order_by("look_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def look_at(*, summons_id: UUID, now: datetime) -> bool:
    """Do what is due for one way; tell whether anything was. Running it twice changes nothing.

    A way that somebody is working on at this moment is left for the next sweep.
    """
    summons = (
        Summons.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("call__case")
        .filter(pk=summons_id, look_at__lte=now)
        .first()
    )
    if summons is None:
        return False
    doing = Doing(Viewer.system(current_tenant()), now, uuid7())
    if summons.stage == Stage.REPORTED:
        write(Turn(summons, Side.SYSTEM, Stage.ENDED), doing, Deed.END)
    elif summons.reminded_at is None:
        _remind(summons, doing)
    else:
        _escalate(summons, doing)
    return True


def _remind(summons: Summons, doing: Doing) -> None:
    """Tell whoever is on duty now, who may be somebody else than at the call."""
    call = summons.call
    spot = Spot(call.community_id, call.street_id)
    there = {one.unit_id: one.shifts for one in answering(spot=spot, now=doing.now)}
    shifts = there.get(summons.unit_id) or Shift.objects.filter(pk__in=summons.shift_ids)
    people = notify.on_duty(shifts, summons, now=doing.now)
    told = notify.tell(summons, people, "call_reminder", now=doing.now, place=call.address)
    write(
        Turn(summons, Side.SYSTEM, Stage.CALLED),
        doing,
        Deed.REMIND,
        data={"told": list(told)},
        reminded_at=doing.now,
        look_at=summons.due_at + GRACE[Urgency(call.urgency)],
    )


def _escalate(summons: Summons, doing: Doing) -> None:
    people = notify.heads(summons, now=doing.now)
    place = summons.call.address
    told = notify.tell(summons, people, "call_unsigned", now=doing.now, place=place)
    turn = Turn(summons, Side.SYSTEM, Stage.CALLED)
    write(turn, doing, Deed.ESCALATE, data={"told": list(told)}, look_at=None)
