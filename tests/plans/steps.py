"""Helpers: a draft of street S1 (four grids of two buildings of 36 households each)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.plans import actions, queries
from onegrid.plans.actions import Doing, DraftWish
from onegrid.plans.work import work
from tests.county import COUNTY, Town


def does(town: Town, role: Role, at: datetime | None = None) -> Doing:
    """Return a fresh doing of a role."""
    return Doing(town.viewer(role), at or town.now, uuid4())


def other(viewer: Viewer) -> Viewer:
    """Return somebody else with the same roles."""
    return replace(viewer, user_id=uuid4(), name="另一人")


def a_draft(town: Town, by: Role = Role.STREET_OFFICER, **wish: Any) -> UUID:
    """Make a draft of street S1 whose band asks for one grid in each community."""
    plain = {"least": 100, "most": 150, "seconds": 1, "name": "方案一"}
    asked = DraftWish(**{"scope_id": town.areas["S1"], **plain, **wish})
    return actions.create_draft(doing=does(town, by), wish=asked)


def planned(town: Town, by: Role = Role.STREET_OFFICER, **wish: Any) -> UUID:
    """Make a draft and let the planner work on it, in this process."""
    draft_id = a_draft(town, by, **wish)
    run_id = actions.start(doing=does(town, by), draft_id=draft_id)
    assert work(tenant_id=COUNTY, run_id=run_id, clock=lambda: town.now)
    return draft_id


def approved(town: Town, draft_id: UUID, by: Role = Role.STREET_OFFICER) -> None:
    """Take a draft through both levels."""
    actions.submit(doing=does(town, by), draft_id=draft_id)
    actions.agree(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    actions.approve(doing=does(town, Role.SUPERVISOR), draft_id=draft_id)


def numbers(town: Town, draft_id: UUID) -> dict[str, int]:
    """Return the grid of each building of a draft by its address."""
    rows = queries.draft_buildings(viewer=town.viewer(Role.SUPERVISOR), draft_id=draft_id)
    return {row.address: row.number for row in rows}


def building(town: Town, draft_id: UUID, address: str) -> UUID:
    rows = queries.draft_buildings(viewer=town.viewer(Role.SUPERVISOR), draft_id=draft_id)
    return next(row.id for row in rows if row.address == address)
