"""Adopt an approved draft for a day, and revoke that before the day has come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.timezone import make_aware
from shapely.geometry.base import BaseGeometry

from onegrid.accounts.queries.holders import holders
from onegrid.accounts.terms import Role
from onegrid.cases.actions.replan import in_areas
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.grids.replan import replace_areas, take_areas_back
from onegrid.plans import rights
from onegrid.plans.actions.doing import Doing, decide, done_before, locked
from onegrid.plans.change import Change, change_of
from onegrid.plans.models import Adoption, Handover
from onegrid.plans.telling import tell_adopted
from onegrid.plans.terms import MAX_REASON, Deed, Status


@transaction.atomic
def adopt(
    *,
    doing: Doing,
    draft_id: UUID,
    effective_on: date,
    drawn: Mapping[str, BaseGeometry] | None = None,
) -> UUID:
    """Make an approved draft the plan from a day on; all that is checked is checked here, at once.

    Args:
        effective_on: a local day to come; the plan begins with it.
        drawn: outlines of grids by code (WGS 84), where they were surveyed elsewhere; checked like
            those that follow from the buildings.

    Returns:
        The id of the adoption.

    Raises:
        NotFound: out of scope.
        Forbidden: the viewer does not decide for the county.
        Invalid: the day has begun.
        Conflict: not approved, or it cannot be adopted as it is; says why.
    """
    draft = locked(draft_id, doing)
    if done_before(doing):
        return Adoption.objects.get(draft=draft, revoked_at=None).id
    if not rights.may_approve(doing.viewer):
        raise Forbidden("draft.only_county")
    if draft.status != Status.APPROVED:
        raise Conflict("draft.not_approved", status=draft.get_status_display())
    at = make_aware(datetime.combine(effective_on, time()))
    if at <= doing.now:
        raise Invalid("plan.day", field="effective_on")
    change = change_of(draft, at=at, drawn=drawn)
    replace_areas(
        ended=change.ended, new=change.new, moves=change.moves, effective_at=at, now=doing.now
    )
    adoption = Adoption.objects.create(
        draft=draft,
        effective_at=at,
        at=doing.now,
        by_id=doing.viewer.user_id,
        by_name=doing.viewer.name,
        added=[one.id for one in change.new],
        ended=change.ended,
        successors={str(old): str(new) for old, new in change.successors.items()},
    )
    Handover.objects.bulk_create(_handovers(adoption, change, doing.now))
    tell_adopted(adoption, now=doing.now)
    draft.status, draft.changed_at = Status.ADOPTED, doing.now
    draft.save(update_fields=["status", "changed_at"])
    decide(draft, doing, Deed.ADOPT)
    return adoption.id


def _handovers(adoption: Adoption, change: Change, now: datetime) -> list[Handover]:
    """Return the lists: who has a grid today gives, who will have the new one takes.

    Where neither grid has anybody there is nothing to hand over.
    """
    workers = {
        one.grant.area_id: one.id
        for one in reversed(holders(roles=[Role.GRID_WORKER], now=now))
        if one.grant.area_id is not None
    }
    takers = {
        pair.new: workers[pair.old]
        for pair in reversed(change.pairs)
        if pair.main and pair.old in workers
    }
    new = {one.id: one for one in change.new}
    counts = _open_cases(change)
    return [
        Handover(
            adoption=adoption,
            old_id=pair.old,
            new_id=pair.new,
            new_name=new[pair.new].name,
            new_code=new[pair.new].code,
            main=pair.main,
            buildings=pair.buildings,
            households=pair.households,
            cases=counts.get((pair.old, pair.new), 0),
            giver_id=workers.get(pair.old),
            taker_id=takers.get(pair.new),
        )
        for pair in change.pairs
        if pair.main or pair.old in workers or pair.new in takers
    ]


def _open_cases(change: Change) -> dict[tuple[UUID, UUID], int]:
    """Count the open cases of each pair; without a building they go with most of their grid."""
    counts: dict[tuple[UUID, UUID], int] = {}
    found = in_areas(change.ended).exclude(grid=None).values_list("grid_id", "building_id")
    for grid_id, building_id in found:
        if grid_id is None or grid_id not in change.successors:
            continue
        new = change.moves.get(building_id) if building_id else None
        key = (grid_id, new or change.successors[grid_id])
        counts[key] = counts.get(key, 0) + 1
    return counts


@transaction.atomic
def revoke(*, doing: Doing, adoption_id: UUID, reason: str) -> None:
    """Take an adoption back before its day: everything is as if it had not been.

    Raises:
        NotFound: no such adoption, or out of scope.
        Forbidden: the viewer does not decide for the county.
        Invalid: no reason.
        Conflict: the day has begun, it was revoked already, or something hangs on a new grid.
    """
    adoption = Adoption.objects.select_for_update().filter(pk=adoption_id).first()
    if adoption is None:
        raise NotFound("draft.not_found")
    draft = locked(adoption.draft_id, doing)
    if done_before(doing):
        return
    if not rights.may_approve(doing.viewer):
        raise Forbidden("draft.only_county")
    why = reason.strip()
    if not why or len(why) > MAX_REASON:
        raise Invalid("draft.reason", field="reason", most=MAX_REASON)
    if adoption.revoked_at or adoption.applied_at or adoption.effective_at <= doing.now:
        raise Conflict("plan.begun")
    try:
        take_areas_back(
            ended=adoption.ended,
            added=adoption.added,
            effective_at=adoption.effective_at,
            now=doing.now,
        )
    except ProtectedError as error:
        raise Conflict("plan.in_use") from error
    adoption.revoked_at = doing.now
    adoption.save(update_fields=["revoked_at"])
    draft.status, draft.changed_at = Status.APPROVED, doing.now
    draft.save(update_fields=["status", "changed_at"])
    decide(draft, doing, Deed.REVOKE, why)
