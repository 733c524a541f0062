"""An old estate of community C1 on the small county, and steps of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from onegrid.accounts.terms import Role
from onegrid.cases.actions import Doing
from onegrid.estates import actions, path
from onegrid.estates.actions import EstateGiven, Numbers, StepGiven
from onegrid.estates.models import Estate
from onegrid.estates.queries.homes import free_buildings
from onegrid.estates.terms import PathStage
from tests.county import Town

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
_SECONDS = count()
ENOUGH = Numbers(owners=72, owners_took=60, owners_for=50, area=6000, area_took=5000, area_for=4000)


def doing(town: Town, role: Role = Role.COMMUNITY_CLERK, at: datetime | None = None) -> Doing:
    """Return a fresh doing; each is a second later than the one before."""
    when = at or town.now + timedelta(seconds=next(_SECONDS))
    return Doing(viewer=town.viewer(role), now=when, key=uuid4())


def houses(town: Town, compound: str = "G11小区", community: str = "C1") -> list[UUID]:
    rows = free_buildings(town.areas[community], on=town.now)
    return [row.id for row in rows if row.compound == compound]


def entry(town: Town, **more: Any) -> EstateGiven:
    given = {
        "name": "纺织厂家属院",
        "community_id": town.areas["C1"],
        "building_ids": houses(town),
        "said": {"kind": "none", "committee": "no", "parking": "无划线车位"},
        "source": "2026年2月社区摸底",
        "address": "东街12号",
        "year_built": 1996,
        "since": date(2019, 6, 1),
        "day": TODAY - 100 * DAY,
        "due_on": TODAY + 10 * DAY,
        "person_id": town.viewer(Role.COMMUNITY_CLERK).user_id,
        **more,
    }
    return EstateGiven(**given)


def an_estate(town: Town, **more: Any) -> Estate:
    return Estate.objects.get(pk=actions.register(doing=doing(town), given=entry(town, **more)))


def step(town: Town, estate: Estate, stage: str, **more: Any) -> StepGiven:
    """Return a step with all that it needs."""
    day = more.pop("day", TODAY - 50 * DAY)
    given = {
        "stage": stage,
        "day": day,
        "due_on": path.usual_due(stage, TODAY),
        "person_id": town.viewer(Role.COMMUNITY_CLERK).user_id,
        "form": "own" if stage == PathStage.FORM else "",
        "agreement": ENOUGH if stage == PathStage.AGREED else None,
        "kind": "own" if stage == PathStage.RUNNING else "",
        **more,
    }
    return StepGiven(**given)


def take(town: Town, estate: Estate, stage: str, **more: Any) -> Estate:
    given = step(town, estate, stage, **more)
    actions.take_step(estate_id=estate.id, doing=doing(town), given=given)
    return Estate.objects.get(pk=estate.id)


def walked(town: Town, until: str = PathStage.RUNNING, **more: Any) -> Estate:
    """Return an estate that has gone the path step by step."""
    row = an_estate(town, **more)
    for stage in path.ORDER[1 : path.ORDER.index(PathStage(until)) + 1]:
        row = take(town, row, stage)
    return row
