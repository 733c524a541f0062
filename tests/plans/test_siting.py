"""Siting drafts: asked, computed apart, read."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from onegrid.accounts.terms import Role
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.grids.models import Building
from onegrid.plans import jobs as discovered
from onegrid.plans.actions.doing import Doing
from onegrid.plans.queries import siting as queries
from onegrid.plans.siting import asking, jobs, work
from onegrid.plans.siting.asking import SitingWish, ask_siting, drop_siting
from onegrid.plans.terms import RunState
from tests.conftest import COUNTY
from tests.county import Town, middle
from tests.plans.test_overlay import brought, square


@pytest.fixture(autouse=True)
def asked_jobs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Collect what is handed to the queue; the tests compute it themselves."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(jobs.find_sites, "defer", lambda **given: found.append(given))
    return found


@pytest.fixture
def offices(town: Town) -> Town:
    """Add an office of use ``service`` to grids G11 and G22."""
    for code, place in (("G11", (0, 0)), ("G22", (1, 1))):
        lon, lat = middle(*place)
        Building.objects.create(
            grid_id=town.areas[code],
            compound=f"{code}服务点",
            number="1",
            use="service",
            address=f"{code}服务点",
            floors=1,
            units=0,
            households=0,
            lon=lon,
            lat=lat - 2.5e-4,
            input_system="wgs84",
            valid_from=town.now,
        )
    return town


def wish(town: Town, **more: Any) -> SitingWish:
    given: dict[str, Any] = {
        "name": "驿站选址",
        "purpose": "station",
        "aim": "walk",
        "scope_id": town.areas["S1"],
        "reach_m": 300,
        "stations": 1,
        "uses": ("service",),
        **more,
    }
    return SitingWish(**given)


def doing(town: Town, role: Role = Role.SUPERVISOR) -> Doing:
    return Doing(town.viewer(role), town.now, uuid4())


def asked(town: Town, **more: Any) -> UUID:
    return ask_siting(doing=doing(town), wish=wish(town, **more))


def computed(town: Town, **more: Any) -> queries.SitingRow:
    made = asked(town, **more)
    work.work(tenant_id=COUNTY, siting_id=made, clock=lambda: town.now)
    return queries.siting(viewer=town.viewer(Role.SUPERVISOR), siting_id=made)


def test_one_site_stands_where_it_can_and_half_the_town_walks_far(offices: Town) -> None:
    row = computed(offices)
    assert row.state == RunState.DONE and row.after is not None and row.before is None
    (site,) = row.sites
    assert site.label in {"G11服务点", "G22服务点"} and site.households == 8 * 36
    assert row.after.within < 1 and row.after.beyond > 0 and row.gap == 0
    viewer = offices.viewer(Role.SUPERVISOR)
    out = queries.beyond(viewer=viewer, siting_id=row.id, on=offices.now)
    assert sum(one.households for one in out) == row.after.beyond
    assert [one.metres for one in out] == sorted((one.metres for one in out), reverse=True)


def test_more_sites_shorten_the_walk_and_what_stands_is_the_measure(offices: Town) -> None:
    brought(offices, "buildings", {"K": square(1.45, 0.45, 0.1, 0.1)})
    from onegrid.plans.queries.layers import layers

    (layer,) = layers(viewer=offices.viewer(Role.SUPERVISOR))
    row = computed(
        offices, uses=("residential",), stands=("service",), stations=4, layer_id=layer.id
    )
    assert row.before is not None and row.after is not None
    assert (row.before.sites, row.after.sites) == (2, 4)
    assert (row.after.mean or 0) < (row.before.mean or 0)
    assert row.after.within >= row.before.within
    assert sum(one.stands for one in row.sites) == 2


def test_the_fewest_sites_reach_everybody(offices: Town) -> None:
    row = computed(
        offices, aim="fewest", stations=None, uses=("residential", "service"), reach_m=600
    )
    assert row.after is not None and row.after.within == 1.0 and row.after.beyond == 0


def test_too_few_candidates_end_with_a_reason(offices: Town) -> None:
    row = computed(offices, stations=5)
    assert (row.state, row.fault) == (RunState.FAILED, "sites.too_few_candidates")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": " "}, "layer.name"),
        ({"purpose": "moon"}, "siting.purpose"),
        ({"aim": "best"}, "siting.aim"),
        ({"reach_m": 10}, "siting.reach"),
        ({"stations": None}, "siting.stations"),
        ({"uses": ()}, "siting.candidates"),
        ({"layer_id": uuid4()}, "layer.not_found"),
    ],
)
def test_what_cannot_be_right_is_refused(
    town: Town, asked_jobs: list[Any], more: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        asked(town, **more)
    assert refused.value.code == code and asked_jobs == []


def test_a_key_asks_once_and_a_draft_is_computed_once(offices: Town, asked_jobs: list[Any]) -> None:
    again = doing(offices)
    ids = {ask_siting(doing=again, wish=wish(offices)) for _ in range(2)}
    assert len(ids) == 1 and len(asked_jobs) == 1
    (made,) = ids
    asking.claim(siting_id=made)
    with pytest.raises(Conflict):
        asking.claim(siting_id=made)


def test_only_planners_ask_and_what_is_dropped_is_gone(offices: Town) -> None:
    with pytest.raises(Forbidden):
        ask_siting(doing=doing(offices, Role.COMMUNITY_CLERK), wish=wish(offices))
    made = asked(offices)
    drop_siting(doing=doing(offices), siting_id=made)
    with pytest.raises(NotFound):
        queries.siting(viewer=offices.viewer(Role.SUPERVISOR), siting_id=made)
    assert queries.sitings(viewer=offices.viewer(Role.SUPERVISOR)) == ()


def test_the_module_of_jobs_that_the_worker_loads_knows_this_one() -> None:
    assert discovered.find_sites is jobs.find_sites
