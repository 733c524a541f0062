"""People of further units, and what the tests of shared cases have in common."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from uuid import UUID, uuid5

from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.accounts.viewer import Grant, Viewer
from onegrid.cases import actions, clocks
from onegrid.cases.actions import Doing
from onegrid.cases.models import Case, Step
from onegrid.core.clock import ClockKind, Reading
from tests.county import COUNTY, Town, doing

_SPACE = UUID("6f1c7d1e-52a8-5f0e-9d1b-2a7c3e4f5a6b")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ITEM = "街道职责清单第12项"


@cache
def _person(name: str) -> UUID:
    return uuid5(_SPACE, name)


def member(town: Town, unit: str, person: str = "一") -> Viewer:
    """Return somebody who works for a unit, by its code."""
    grant = Grant(Role.UNIT_MEMBER, ScopeLevel.UNIT, unit_id=town.units[unit])
    return Viewer(_person(unit + person), COUNTY, name=f"{unit}{person}", grants=(grant,))


def by(town: Town, who: Role | Viewer, at: timedelta) -> Doing:
    """Return a fresh doing of a role of the town, or of somebody, so long after its start."""
    fresh = doing(town, Role.DISPATCHER, town.now + at)
    if isinstance(who, Role):
        return doing(town, who, town.now + at)
    return Doing(viewer=who, now=fresh.now, key=fresh.key)


def again(case: Case) -> Case:
    """Return the case as it stands now."""
    return Case.objects.get(pk=case.pk)


def last(case: Case) -> Step:
    """Return the newest step."""
    return Step.objects.filter(case_id=case.pk).order_by("-seq")[0]


def reading(case: Case, kind: ClockKind, at: datetime) -> Reading:
    """Return what a clock shows at a time."""
    fresh = again(case)
    found = clocks.readings(fresh, clocks.events_of(fresh), now=at)
    return next(item.reading for item in found if item.reading.kind is kind)


def ask_return(
    town: Town, case: Case, who: Role | Viewer, at: timedelta, to: str = "urban_management"
) -> Case:
    """Ask to return a case in favour of another unit."""
    return actions.ask_return(
        case_id=case.pk,
        doing=by(town, who, at),
        text="该路段不属于我局管养范围",
        item=ITEM,
        unit_id=town.units[to],
    )


def dispatch(town: Town, case: Case, unit: str, at: timedelta, **more: object) -> Case:
    """Give a case to a unit, as the county dispatcher."""
    return actions.dispatch(
        case_id=case.pk,
        doing=by(town, Role.DISPATCHER, at),
        unit_id=town.units[unit],
        **more,  # type: ignore[arg-type]
    )
