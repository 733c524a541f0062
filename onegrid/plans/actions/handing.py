"""Sign the lists by which grids are handed over."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from onegrid.accounts.actions.replan import give_grid
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.plans import rights
from onegrid.plans.actions.doing import Doing
from onegrid.plans.models import Handover
from onegrid.plans.queries.handovers import candidates, concerns
from onegrid.plans.telling import tell_taker


@transaction.atomic
def name_taker(*, doing: Doing, handover_id: UUID, user_id: UUID) -> None:
    """Name who takes over; from the day of the plan on that is a grid worker of the new grid.

    Raises:
        NotFound: no such list, or out of the viewer's scope.
        Forbidden: the viewer does not plan there.
        Invalid: not a grid worker.
        Conflict: the taker has signed already, or the plan was revoked.
    """
    row = _locked(handover_id, doing)
    if not rights.may_plan(doing.viewer, row.adoption.draft.scope_id):
        raise Forbidden("draft.only_planners")
    if user_id not in {one.id for one in candidates(now=doing.now)}:
        raise Invalid("handover.taker", field="user_id")
    if row.taker_id == user_id:
        return
    if row.taker_signed_at is not None:
        raise Conflict("handover.signed")
    row.taker_id = user_id
    row.save(update_fields=["taker_id"])
    tell_taker(row, now=doing.now)
    if row.adoption.applied_at is not None:
        give_grid(user_id=user_id, grid_id=row.new_id, at=doing.now)


@transaction.atomic
def sign(*, doing: Doing, handover_id: UUID) -> None:
    """Sign as the one who gives or the one who takes; signing again changes nothing.

    Raises:
        NotFound: no such list, or out of the viewer's scope.
        Forbidden: the viewer neither gives nor takes.
        Conflict: the plan was revoked.
    """
    row = _locked(handover_id, doing)
    actor = doing.actor
    if actor not in {row.giver_id, row.taker_id}:
        raise Forbidden("handover.not_yours")
    if actor == row.giver_id and row.giver_signed_at is None:
        row.giver_signed_at = doing.now
    if actor == row.taker_id and row.taker_signed_at is None:
        row.taker_signed_at = doing.now
    row.save(update_fields=["giver_signed_at", "taker_signed_at"])


def _locked(handover_id: UUID, doing: Doing) -> Handover:
    row = Handover.objects.select_for_update().filter(pk=handover_id).first()
    if row is None or not concerns(doing.viewer, row):
        raise NotFound("handover.not_found")
    if row.adoption.revoked_at is not None:
        raise Conflict("handover.revoked")
    return row
