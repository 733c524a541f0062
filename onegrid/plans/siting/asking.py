"""Ask for sites, drop a draft, and what the computing process writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.common.tenancy.context import current_tenant
from onegrid.plans import rights
from onegrid.plans.actions.doing import Doing
from onegrid.plans.models import Layer, Siting
from onegrid.plans.queries.layers import must_read
from onegrid.plans.terms import MAX_NAME, Aim, Purpose, RunState

MOST_SITES = 200
REACH = (50, 5000)


@dataclass(frozen=True, slots=True)
class SitingWish:
    """What is asked for; `models.Siting` says what the fields mean."""

    name: str
    purpose: str
    aim: str
    scope_id: UUID
    reach_m: int
    stations: int | None = None
    uses: tuple[str, ...] = ()
    stands: tuple[str, ...] = ()
    layer_id: UUID | None = None


@transaction.atomic
def ask_siting(*, doing: Doing, wish: SitingWish) -> UUID:
    """Keep a named siting draft and have it computed; the same key asks once.

    Raises:
        Forbidden: the viewer makes no plans for this street or county.
        Invalid: a field that cannot be right.
    """
    from onegrid.plans.siting.jobs import find_sites

    if not rights.may_plan(doing.viewer, wish.scope_id):
        raise Forbidden("draft.only_planners")
    if Siting.objects.filter(pk=doing.key).exists():
        return doing.key
    _check(wish)
    row = Siting.objects.create(
        id=doing.key,
        name=wish.name.replace("\0", "").strip(),
        purpose=wish.purpose,
        aim=wish.aim,
        scope_id=wish.scope_id,
        stations=None if wish.aim == Aim.FEWEST else wish.stations,
        reach_m=wish.reach_m,
        uses=list(wish.uses),
        stands=list(wish.stands),
        layer_id=wish.layer_id,
        made_by=doing.actor,
        made_by_name=doing.viewer.name,
        made_at=doing.now,
    )
    find_sites.defer(tenant_id=current_tenant(), siting_id=str(row.pk))
    return row.pk


def _check(wish: SitingWish) -> None:
    if not 0 < len(wish.name.strip()) <= MAX_NAME:
        raise Invalid("layer.name", field="name", most=MAX_NAME)
    if wish.purpose not in Purpose.values:
        raise Invalid("siting.purpose", field="purpose")
    if wish.aim not in Aim.values:
        raise Invalid("siting.aim", field="aim")
    if not REACH[0] <= wish.reach_m <= REACH[1]:
        raise Invalid("siting.reach", field="reach_m", least=REACH[0], most=REACH[1])
    if wish.aim != Aim.FEWEST and not 0 < (wish.stations or 0) <= MOST_SITES:
        raise Invalid("siting.stations", field="stations", most=MOST_SITES)
    known = (
        wish.layer_id is None
        or Layer.objects.filter(pk=wish.layer_id, undone_at__isnull=True).exists()
    )
    if not known:
        raise Invalid("layer.not_found", field="layer")
    if not wish.uses and wish.layer_id is None:
        raise Invalid("siting.candidates", field="uses")


@transaction.atomic
def drop_siting(*, doing: Doing, siting_id: UUID) -> None:
    """Take a siting draft off the list.

    Raises:
        NotFound: there is none, or it is out of the viewer's scope.
    """
    row = visible(siting_id=siting_id, doing=doing)
    Siting.objects.filter(pk=row.pk).update(dropped_at=doing.now)


def visible(*, siting_id: UUID, doing: Doing) -> Siting:
    """Return a siting draft that the viewer may change.

    Raises:
        NotFound: there is none, or it is out of the viewer's scope.
    """
    must_read(doing.viewer)
    row = Siting.objects.filter(pk=siting_id, dropped_at__isnull=True).first()
    if row is None or not rights.may_plan(doing.viewer, row.scope_id):
        raise NotFound("siting.not_found")
    return row


def wait_again(*, siting_id: UUID) -> bool:
    """Let a draft wait that no process computes any more; False when it is answered or dropped."""
    alive = [RunState.QUEUED, RunState.RUNNING]
    found = Siting.objects.filter(pk=siting_id, state__in=alive, dropped_at__isnull=True)
    return bool(found.update(state=RunState.QUEUED))


def claim(*, siting_id: UUID) -> Siting:
    """Take a waiting draft for computing.

    Raises:
        Conflict: it is computed already, or was dropped.
    """
    waiting = Siting.objects.filter(pk=siting_id, state=RunState.QUEUED, dropped_at__isnull=True)
    if not waiting.update(state=RunState.RUNNING):
        raise Conflict("siting.not_found")
    return Siting.objects.get(pk=siting_id)


def finish(*, siting_id: UUID, result: dict[str, Any], walks: bytes, now: datetime) -> None:
    """Keep an answer."""
    Siting.objects.filter(pk=siting_id).update(
        state=RunState.DONE, result=result, walks=walks, ended_at=now
    )


def fail(*, siting_id: UUID, fault: str, now: datetime) -> None:
    """Keep why there is no answer."""
    alive = Siting.objects.filter(pk=siting_id, state__in=[RunState.QUEUED, RunState.RUNNING])
    alive.update(state=RunState.FAILED, fault=fault[:40], ended_at=now)
