"""The rows about people, scope, languages and the demo, one test per row id of docs/SOURCES.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from django.test import Client

from onegrid.accounts.models import RoleGrant, User
from onegrid.accounts.queries import viewer_of
from onegrid.accounts.terms import AccountKind, Role, ScopeLevel
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, queries
from onegrid.cases.models import Case, Step
from onegrid.cases.queries import Filters
from onegrid.common.refusals import Forbidden, NotFound
from onegrid.core.flow import State
from onegrid.demo.cases import Play, settings
from onegrid.demo.people import Cast
from onegrid.grids.queries import areas, buildings
from onegrid.organisation import actions as organisation
from tests.county import COUNTY, Town, doing, middle, report
from tests.web.staff import browser, forward, travel, words

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PARTNERS = (
    "party_committee",
    "residents_committee",
    "owners_committee",
    "property_firm",
    "social_organisation",
)


def account(town: Town, role: Role, **scope: Any) -> tuple[User, Viewer]:
    """Make a member of staff with one role."""
    user = User.objects.create(
        tenant_id=COUNTY,
        username=f"{role.value}-{uuid4().hex[:8]}",
        kind=AccountKind.STAFF,
        full_name="张敏",
        created_at=town.now,
        password="!",
    )
    RoleGrant.objects.create(user_id=user.id, role=role, valid_from=town.now - DAY, **scope)
    return user, viewer_of(user=user, now=town.now, verified=True)


def queue(viewer: Viewer, which: str = "all") -> set[UUID]:
    page = queries.desk_queue(viewer, filters=Filters(which=which))
    return {row.id for row in page.rows}


def dispatched(town: Town, unit_id: UUID, *, column: int = 0, row: int = 0) -> UUID:
    """Open a case in one of the four grids and give it to a unit."""
    receipt = report(town, point=middle(column, row))
    county = Role.DISPATCHER
    actions.start_triage(case_id=receipt.case_id, doing=doing(town, county))
    actions.classify(
        case_id=receipt.case_id,
        doing=doing(town, county),
        case_class="general",
        category_code="water.leak",
    )
    actions.dispatch(case_id=receipt.case_id, doing=doing(town, county), unit_id=unit_id)
    return receipt.case_id


# -- S23 ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", PARTNERS)
def test_s23_each_partner_of_the_community_has_a_desk_with_only_its_own_work(
    town: Town, kind: str
) -> None:
    unit = organisation.add_unit(kind=kind, code=kind, name="和平小区", area_id=town.areas["C1"])
    user, viewer = account(town, Role.UNIT_MEMBER, area_level=ScopeLevel.UNIT, unit_id=unit)
    own = dispatched(town, unit)
    other = dispatched(town, town.units["water_bureau"])
    assert queue(viewer) == queue(viewer, "turn") == {own}
    with pytest.raises(NotFound):
        queries.case_detail(viewer, case_id=other, now=town.now)
    client = browser(replace(town, users={Role.UNIT_MEMBER: user}), Role.UNIT_MEMBER)
    with travel(town.now):
        shown = client.get("/desk/")
    assert shown.status_code == 200, shown
    page = shown.content.decode()
    assert Case.objects.get(pk=own).number in page
    assert Case.objects.get(pk=other).number not in page
    accepted = actions.accept(
        case_id=own, doing=actions.Doing(viewer=viewer, now=town.now + MINUTE, key=uuid4())
    )
    assert accepted.state == State.ACCEPTED


def test_s23_a_resident_sees_only_own_cases_and_no_desk(town: Town) -> None:
    own = report(town)
    report(town, by=None)
    resident = town.viewer(Role.RESIDENT)
    rows, count = queries.my_cases(resident)
    assert ([row.id for row in rows], count) == ([own.case_id], 1)
    with pytest.raises(Forbidden):
        queue(resident)


# -- E30 ---------------------------------------------------------------------------------------------
def test_e30_a_role_reaches_as_far_as_its_area(town: Town) -> None:
    here, there = report(town).case_id, report(town, point=middle(1, 1)).case_id
    seen = {
        role: queue(town.viewer(role))
        for role in (Role.GRID_WORKER, Role.COMMUNITY_CLERK, Role.STREET_OFFICER, Role.DISPATCHER)
    }
    assert seen == {
        Role.GRID_WORKER: {here},
        Role.COMMUNITY_CLERK: {here},
        Role.STREET_OFFICER: {here, there},
        Role.DISPATCHER: {here, there},
    }
    neighbour = account(
        town, Role.GRID_WORKER, area_level=ScopeLevel.GRID, area_id=town.areas["G12"]
    )[1]
    assert queue(neighbour) == set()
    foreign = account(
        town, Role.COMMUNITY_CLERK, area_level=ScopeLevel.COMMUNITY, area_id=town.areas["C2"]
    )[1]
    assert queue(foreign) == {there}
    with pytest.raises(NotFound):
        actions.start_triage(
            case_id=here, doing=actions.Doing(viewer=foreign, now=town.now, key=uuid4())
        )


def test_e30_an_ended_role_reaches_nothing(town: Town) -> None:
    report(town)
    user, viewer = account(
        town, Role.COMMUNITY_CLERK, area_level=ScopeLevel.COMMUNITY, area_id=town.areas["C1"]
    )
    assert len(queue(viewer)) == 1
    RoleGrant.objects.filter(user_id=user.id).update(valid_to=town.now + HOUR)
    with pytest.raises(Forbidden):
        queue(viewer_of(user=user, now=town.now + HOUR, verified=True))


# -- E11 ---------------------------------------------------------------------------------------------
def test_e11_a_saved_filter_finds_what_is_late(town: Town) -> None:
    late = report(town, at=town.now - 3 * HOUR + 2 * MINUTE).case_id
    report(town)
    actions.mark_case(case_id=late, now=town.now)
    officer = town.viewer(Role.DISPATCHER)
    found = queries.desk_queue(officer, filters=Filters(which="all", marks=("overdue",)))
    assert [row.id for row in found.rows] == [late]
    client = browser(town, Role.DISPATCHER)
    with travel(town.now):
        kept = client.post("/desk/filters/", {"name": "超期", "query": "which=all&mark=overdue"})
        assert kept.status_code in {200, 302}
    assert [row.name for row in queries.saved_filters(officer)] == ["超期"]
    assert queries.saved_filters(town.viewer(Role.SUPERVISOR)) == ()


# -- E22 ---------------------------------------------------------------------------------------------
def test_e22_a_look_at_the_reporters_number_is_written_down_with_its_reason(town: Town) -> None:
    receipt = report(town, phone="13900000004")
    clerk = town.viewer(Role.COMMUNITY_CLERK)
    found = queries.contact(clerk, case_id=receipt.case_id, purpose="visit", now=town.now)
    assert found.phone == "13900000004"
    own = queries.case_detail(
        town.viewer(Role.RESIDENT), case_id=receipt.case_id, now=town.now + MINUTE
    )
    assert [(look.purpose, look.viewer_name) for look in queries.who_looked(own)] == [
        ("visit", clerk.name)
    ]
    theirs = queries.case_detail(clerk, case_id=receipt.case_id, now=town.now)
    assert theirs.masked_phone == "139****0004"
    with pytest.raises(NotFound):
        queries.who_looked(theirs)


# -- E32 ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "expected"),
    [("zh-hans", "签收"), ("zh-hant", "簽收"), ("en", "Sign for it")],
)
def test_e32_pages_speak_three_languages(town: Town, language: str, expected: str) -> None:
    case = forward(town, until="dispatched")
    client = browser(town, Role.UNIT_MEMBER)
    with travel(town.now + 10 * MINUTE):
        client.post("/i18n/set", {"language": language, "next": "/desk/"})
        page = client.get(f"/desk/case/{case.number}/")
    assert f'lang="{language}' in page.content.decode().lower()
    assert expected in words(page)


def cast_of(town: Town) -> Cast:
    """Return the people of the demo in the small county: a clerk for each community, all teams."""
    cast = Cast(now=town.now, resident=town.viewer(Role.RESIDENT))
    for role in (Role.DISPATCHER, Role.CALLBACK_AGENT, Role.SUPERVISOR, Role.STREET_OFFICER):
        cast.county[role] = town.viewer(role)
    for code in ("C1", "C2"):
        area = town.areas[code]
        cast.clerks[area] = account(
            town, Role.COMMUNITY_CLERK, area_level=ScopeLevel.COMMUNITY, area_id=area
        )[1]
    for unit_id in town.units.values():
        cast.members[unit_id] = account(
            town, Role.UNIT_MEMBER, area_level=ScopeLevel.UNIT, unit_id=unit_id
        )[1]
    return cast


# -- E35 ---------------------------------------------------------------------------------------------
def test_e35_demo_cases_are_played_through_the_actions_to_where_the_present_is(town: Town) -> None:
    communities = areas(level="community", on=town.now)
    drawn = settings(
        count=8,
        days=20,
        communities=communities,
        buildings=[buildings(area_id=area.id, on=town.now) for area in communities],
        home_grid=town.areas["G11"],
        now=town.now,
        rng=np.random.default_rng(1),
    )
    cast = cast_of(town)
    rng = np.random.default_rng(2)
    for setting in drawn:
        Play(setting, cast, rng).run()
    assert Case.objects.count() == 8
    assert not Case.objects.filter(opened_at__gt=town.now).exists()
    assert not Step.objects.filter(at__gt=town.now).exists()
    assert Case.objects.filter(state=State.CLOSED).exists()


def test_e35_the_health_page_says_what_waits(town: Town) -> None:
    report(town, phone="13900000005")
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["database"]) == ("ok", "ok")
    assert body["outbox"]["pending"] == 1
    assert Client().get("/readyz").json() == {"status": "ok", "database": "ok"}
