"""What happens when an adopted plan begins: people, units and open cases move."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from onegrid.accounts.actions.replan import give_grid, move_grants
from onegrid.calls.actions.replan import move_teams
from onegrid.cases.actions.replan import move_open
from onegrid.duties.actions.replan import move_rules
from onegrid.estates.replan import move_estates
from onegrid.grids.queries import area
from onegrid.grids.terms import AreaLevel
from onegrid.organisation.replan import add_missing, move_units
from onegrid.outreach.actions.replan import move_subscriptions
from onegrid.plans.models import Adoption, Handover

_AT_ONCE = 100


def due_adoptions(*, now: datetime) -> tuple[UUID, ...]:
    """Return the adoptions whose day has come and that have not moved everything yet."""
    found = Adoption.objects.filter(effective_at__lte=now, moved_at=None, revoked_at=None)
    return tuple(found.order_by("effective_at").values_list("id", flat=True))


@transaction.atomic
def begin(*, adoption_id: UUID, now: datetime) -> bool:
    """Move roles, units, rosters, estates, rules and subscriptions to the areas that begin; once.

    Returns:
        False when it was done before, or it is not time yet.
    """
    row = Adoption.objects.select_for_update().get(pk=adoption_id)
    if row.applied_at or row.revoked_at or row.effective_at > now:
        return False
    successors = _successors(row)
    move_grants(successors=successors, at=row.effective_at)
    move_units(successors=successors, at=row.effective_at)
    move_teams(successors=successors)
    move_estates(successors=successors, at=row.effective_at)
    move_rules(successors=successors)
    move_subscriptions(successors=successors)
    new = [area(area_id=one) for one in row.added]
    communities = [one for one in new if one.level == AreaLevel.COMMUNITY]
    add_missing(communities=[(one.id, one.code, one.name) for one in communities])
    taken = Handover.objects.filter(adoption=row, main=False, taker_id__isnull=False)
    for user_id, grid_id in taken.order_by("id").values_list("taker_id", "new_id"):
        if user_id is not None:
            give_grid(user_id=user_id, grid_id=grid_id, at=row.effective_at)
    row.applied_at = now
    row.save(update_fields=["applied_at"])
    return True


@transaction.atomic
def move_cases(*, adoption_id: UUID, now: datetime) -> int:
    """Move some of the open cases; the day is done when none is left.

    Returns:
        How many were moved now.
    """
    row = Adoption.objects.select_for_update().get(pk=adoption_id)
    if row.moved_at or row.applied_at is None:
        return 0
    moved = move_open(successors=_successors(row), now=now, most=_AT_ONCE)
    done = {} if moved else {"moved_at": now}
    Adoption.objects.filter(pk=row.pk).update(cases_moved=F("cases_moved") + moved, **done)
    return moved


def _successors(row: Adoption) -> dict[UUID, UUID]:
    return {UUID(old): UUID(new) for old, new in row.successors.items()}
