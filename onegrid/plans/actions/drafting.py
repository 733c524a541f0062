"""Make a draft, and change what it asks for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.grids.queries import area, within
from onegrid.grids.queries.plan import plan
from onegrid.grids.terms import AreaLevel
from onegrid.plans import rights
from onegrid.plans.actions.doing import Doing, to_change
from onegrid.plans.limits import without_limits
from onegrid.plans.models import Draft
from onegrid.plans.ports import DraftWish
from onegrid.plans.stations import kept, metres_of, stations
from onegrid.plans.terms import MAX_NAME, MOST_SECONDS, Status

if TYPE_CHECKING:
    from onegrid.plans.ground import Ground

_MOST = 1_000_000
_WORDS = 2000


@transaction.atomic
def create_draft(*, doing: Doing, wish: DraftWish) -> UUID:
    """Make a draft of a street or of the county as it is now.

    Raises:
        NotFound: there is no such area.
        Forbidden: the viewer makes no drafts there.
        Invalid: a value that cannot be, or nothing to plan.
    """
    from onegrid.plans.figures import measured
    from onegrid.plans.survey import survey

    scope = area(area_id=wish.scope_id)
    if not rights.may_plan(doing.viewer, scope.id):
        raise Forbidden("draft.only_planners")
    if scope.level not in {AreaLevel.COUNTY, AreaLevel.STREET}:
        raise Invalid("draft.scope", field="scope_id")
    if Draft.objects.filter(pk=doing.key).exists():
        return doing.key
    values = _values(wish)
    ground = survey(scope_id=scope.id, on=doing.now)
    served = _stations(wish, ground, doing.now, doing.now)
    today = measured(
        ground,
        ground.today,
        (wish.least, wish.most),
        communities_stay=wish.community_least is None,
        stations=metres_of(served),
    )
    Draft.objects.create(
        id=doing.key,
        scope_id=scope.id,
        base_version=plan().version,
        base_at=doing.now,
        ground=ground.dump(),
        stations=served,
        before=today.figures.plain(),
        made_by=doing.actor,
        made_by_name=doing.viewer.name,
        made_at=doing.now,
        changed_at=doing.now,
        **values,
    )
    return doing.key


@transaction.atomic
def change_draft(*, doing: Doing, draft_id: UUID, wish: DraftWish) -> None:
    """Change what a draft asks for; its scope and what was planned so far stay.

    Raises:
        NotFound, Forbidden, Conflict: as for every change of a draft.
        Conflict: also while the planner works on it.
        Invalid: a value that cannot be.
    """
    from onegrid.plans.actions.results import keep
    from onegrid.plans.figures import measured
    from onegrid.plans.ground import Ground

    draft = to_change(draft_id, doing)
    if draft.status == Status.RUNNING:
        raise Conflict("draft.running")
    before = _limited_by(draft)
    for name, value in _values(wish).items():
        setattr(draft, name, value)
    if _limited_by(draft) != before:
        draft.after = without_limits(draft.after)
    ground = Ground.load(draft.ground)
    draft.stations = _stations(wish, ground, draft.base_at, doing.now)
    today = measured(
        ground,
        ground.today,
        (draft.least, draft.most),
        communities_stay=draft.community_least is None,
        stations=metres_of(draft.stations),
    )
    draft.before = today.figures.plain()
    draft.changed_at = doing.now
    draft.save()
    if draft.labels:
        keep(draft, ground, now=doing.now)


def _stations(wish: DraftWish, ground: Ground, base_at: datetime, now: datetime) -> dict[str, Any]:
    """Return the stations as they are kept.

    Raises:
        Invalid: the way to a station shall count, and there is none.
    """
    found = stations(scope_id=wish.scope_id, on=now)
    if wish.station and not found.rows:
        raise Invalid("draft.no_stations", field="station")
    return kept(found, ground, on=base_at)


def _limited_by(draft: Draft) -> list[Any]:
    """Return what the limits of a plan depend on."""
    return [draft.least, draft.most, draft.most_grids, draft.community_least is None, draft.frozen]


def _values(wish: DraftWish) -> dict[str, Any]:
    """Return the columns of a wish.

    Raises:
        Invalid: a value that cannot be.
    """
    name = " ".join(wish.name.split())
    if not name or len(name) > MAX_NAME:
        raise Invalid("draft.name", field="name", most=MAX_NAME)
    _check_band(wish.least, wish.most, "least")
    if (wish.community_least is None) != (wish.community_most is None):
        raise Invalid("draft.band", field="community_least")
    if wish.community_least is not None and wish.community_most is not None:
        _check_band(wish.community_least, wish.community_most, "community_least")
    if wish.most_grids is not None and wish.most_grids < 1:
        raise Invalid("draft.most_grids", field="most_grids")
    if not 1 <= wish.seconds <= MOST_SECONDS:
        raise Invalid("draft.seconds", field="seconds", most=MOST_SECONDS)
    return {
        "name": name,
        "least": wish.least,
        "most": wish.most,
        "community_least": wish.community_least,
        "community_most": wish.community_most,
        "most_grids": wish.most_grids,
        "wishes": _weights(wish),
        "frozen": _frozen(wish),
        "seed": wish.seed,
        "seconds": wish.seconds,
        "assumptions": wish.assumptions.strip()[:_WORDS],
    }


def _check_band(least: int, most: int, field: str) -> None:
    if not 0 <= least <= most <= _MOST or most == 0:
        raise Invalid("draft.band", field=field)


def _weights(wish: DraftWish) -> dict[str, int]:
    weights = {
        "borders": wish.borders,
        "workload": wish.workload,
        "change": wish.change,
        "station": wish.station,
    }
    for name, value in weights.items():
        if not 0 <= value <= 100:
            raise Invalid("draft.weight", field=name)
    return weights


def _frozen(wish: DraftWish) -> list[UUID]:
    """Return the frozen grids; each must be a grid of the scope."""
    inside = within(area_id=wish.scope_id)
    for one in wish.frozen:
        if one not in inside or area(area_id=one).level != AreaLevel.GRID:
            raise Invalid("draft.frozen", field="frozen")
    return list(dict.fromkeys(wish.frozen))
