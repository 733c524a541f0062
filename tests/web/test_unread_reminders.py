"""The menu counts the reminders that the signed-in person has not read, at one statement a page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.models import Case, Reminder
from tests.county import Town
from tests.web.staff import browser, forward, queries_of, travel

MINUTE = timedelta(minutes=1)


def counted(page: Any) -> list[str]:
    """Return what stands beside "Reminders", in every menu of a page."""
    found = re.findall(
        r'href="/desk/reminders/"[^>]*>.*?</a>', page.content.decode(), flags=re.DOTALL
    )
    assert found
    return [number for link in found for number in re.findall(r'class="count">(\d+)', link)]


def reminded(town: Town, role: Role, percent: timedelta) -> Case:
    case = forward(town, until="in_progress")
    actions.mark_case(case_id=case.pk, now=town.now + percent)
    return case


def test_the_menu_of_a_desk_counts_what_is_unread(town: Town) -> None:
    reminded(town, Role.UNIT_MEMBER, 31 * MINUTE)
    case = reminded(town, Role.UNIT_MEMBER, 31 * MINUTE)
    with travel(town.now + 32 * MINUTE):
        member = browser(town, Role.UNIT_MEMBER)
        for address in ("/desk/", "/desk/reminders/", f"/desk/case/{case.number}/"):
            assert counted(member.get(address)) == ["2"]
        member.post("/desk/reminders/read/", {"number": case.number})
        assert counted(member.get("/desk/")) == ["1"]
        member.post("/desk/reminders/read/", {})
        assert counted(member.get("/desk/")) == []
        assert counted(browser(town, Role.DISPATCHER).get("/desk/")) == []


def test_the_menus_of_a_grid_worker_count_at_the_top_and_at_the_bottom(town: Town) -> None:
    reminded(town, Role.GRID_WORKER, 49 * MINUTE)
    with travel(town.now + 50 * MINUTE):
        assert counted(browser(town, Role.GRID_WORKER).get("/work/")) == ["1", "1"]


def test_a_case_about_oneself_is_not_counted(town: Town) -> None:
    case = reminded(town, Role.UNIT_MEMBER, 31 * MINUTE)
    Case.objects.filter(pk=case.pk).update(excluded_ids=[town.users[Role.UNIT_MEMBER].pk])
    with travel(town.now + 32 * MINUTE):
        assert counted(browser(town, Role.UNIT_MEMBER).get("/desk/")) == []


def test_the_count_is_one_statement_however_many_reminders_and_menus_there_are(
    town: Town,
) -> None:
    with travel(town.now + 50 * MINUTE):
        desk, street = browser(town, Role.UNIT_MEMBER), browser(town, Role.GRID_WORKER)
        before = [queries_of(desk, "/desk/reminders/"), queries_of(street, "/work/report/")]
        for _ in range(5):
            reminded(town, Role.UNIT_MEMBER, 49 * MINUTE)
        assert Reminder.objects.count() >= 10
        after = [queries_of(desk, "/desk/reminders/"), queries_of(street, "/work/report/")]
    assert before == after
