"""The pages of desks: who sees what, and how much of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onegrid.accounts.terms import Role
from tests.county import Town, middle
from tests.web.staff import browser, forward, queries_of, travel, words

DESKS = (
    Role.COMMUNITY_CLERK,
    Role.COMMUNITY_SECRETARY,
    Role.UNIT_MEMBER,
    Role.UNIT_HEAD,
    Role.STREET_OFFICER,
    Role.DISPATCHER,
    Role.CALLBACK_AGENT,
    Role.SUPERVISOR,
)


@pytest.mark.parametrize("role", DESKS)
def test_each_desk_opens_its_queue_and_a_case_within_it(town: Town, role: Role) -> None:
    case = forward(town, until="dispatched")
    client = browser(town, role)
    with travel(town.now + timedelta(minutes=20)):
        queue = client.get("/desk/?which=all")
        detail = client.get(f"/desk/case/{case.number}/")
    assert queue.status_code == detail.status_code == 200
    assert case.number in queue.content.decode()
    assert "楼下水管漏水" in words(detail)


@pytest.mark.parametrize("role", [Role.COMMUNITY_CLERK, Role.UNIT_MEMBER])
def test_a_case_of_others_is_the_same_as_none(town: Town, role: Role) -> None:
    foreign = forward(town, until="registered", point=middle(0, 1))
    client = browser(town, role)
    with travel(town.now):
        queue = client.get("/desk/?which=all")
        theirs = client.get(f"/desk/case/{foreign.number}/")
        none = client.get("/desk/case/370725-20260302-9999-9/")
    assert foreign.number not in queue.content.decode()
    assert theirs.status_code == none.status_code == 404
    assert words(theirs) == words(none)


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.GRID_WORKER, Role.SYSTEM_ADMIN])
def test_nobody_else_has_a_desk(town: Town, role: Role) -> None:
    client = browser(town, role)
    with travel(town.now):
        assert client.get("/desk/").status_code == 403


def test_only_three_roles_see_the_board(town: Town) -> None:
    forward(town, until="dispatched")
    seen = set()
    with travel(town.now + timedelta(hours=3)):
        for role in DESKS:
            if browser(town, role).get("/desk/board/").status_code == 200:
                seen.add(role)
    assert seen == {Role.DISPATCHER, Role.SUPERVISOR, Role.STREET_OFFICER}


def test_the_board_names_no_person_and_no_title(town: Town) -> None:
    case = forward(town, until="in_progress", text="王小明家楼下水管漏水。已经两天了")
    with travel(town.now + timedelta(hours=3)):
        page = browser(town, Role.SUPERVISOR).get("/desk/board/")
        points = browser(town, Role.SUPERVISOR).get("/desk/board/points/").json()
    assert case.title not in page.content.decode()
    names = [town.users[role].full_name for role in (Role.UNIT_MEMBER, Role.COMMUNITY_CLERK)]
    board = page.content.decode().split('id="board"')[1]
    assert all(name not in board for name in names)
    assert [point["properties"]["id"] for point in points["features"]] == [""]


def test_a_filter_narrows_the_list_and_its_points_alike(town: Town) -> None:
    leak = forward(town, until="dispatched")
    lamp = forward(town, until="triage", category="power.light", text="路灯不亮了好几天")
    client = browser(town, Role.DISPATCHER)
    with travel(town.now + timedelta(minutes=10)):
        for query, found in (
            ("state=triage", lamp),
            ("category=water", leak),
            ("words=路灯", lamp),
            (f"unit={town.units['water_bureau']}", leak),
            ("class=general&state=dispatched", leak),
        ):
            page = client.get(f"/desk/?which=all&{query}").content.decode()
            points = client.get(f"/desk/points/?which=all&{query}").json()
            assert [p["properties"]["id"] for p in points["features"]] == [found.number], query
            assert found.number in page
            other = leak if found is lamp else lamp
            assert other.number not in page, query


def test_the_list_alone_is_sent_when_the_page_asks_for_it_again(town: Town) -> None:
    case = forward(town, until="registered")
    with travel(town.now):
        part = browser(town, Role.DISPATCHER).get("/desk/", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert case.number in part.content.decode()


def test_next_and_previous_walk_the_queue_in_its_order(town: Town) -> None:
    cases = [
        forward(town, until="registered", at=town.now + timedelta(minutes=n)) for n in range(3)
    ]
    client = browser(town, Role.DISPATCHER)
    with travel(town.now + timedelta(minutes=5)):
        middle_page = client.get(f"/desk/case/{cases[1].number}/?which=open").content.decode()
        first = client.get(f"/desk/case/{cases[0].number}/?which=open").content.decode()
        last = client.get(f"/desk/case/{cases[2].number}/?which=open").content.decode()
    assert f'rel="prev" href="/desk/case/{cases[0].number}/?which=open"' in middle_page
    assert f'rel="next" href="/desk/case/{cases[2].number}/?which=open"' in middle_page
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in last


def test_pages_ask_the_database_as_often_for_sixty_cases_as_for_ten(town: Town) -> None:
    client = browser(town, Role.DISPATCHER)
    addresses = ("/desk/?which=all", "/desk/points/?which=all", "/desk/board/", "/desk/export/")
    counts: list[list[int]] = []
    for more in (10, 50):
        for n in range(more):
            forward(town, until="dispatched" if n % 2 else "registered")
        with travel(town.now + timedelta(hours=2)):
            counts.append([queries_of(client, address) for address in addresses])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 24
