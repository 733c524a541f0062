"""Solved counts by kind, place, unit and month (S63), on the page and as an Excel file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import LazySettings
from openpyxl import load_workbook

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.actions import VerdictGiven
from onegrid.cases.models import Case
from onegrid.common.refusals import Forbidden, NotFound
from onegrid.reports.solved import Count, solved_report
from tests.county import Town, doing
from tests.flows.test_merging import answered
from tests.flows.test_recurrence import back, closed
from tests.web.staff import browser, forward, queries_of, travel
from tests.web.staff import words as raw_words

MARCH = date(2026, 3, 1)
MINUTE = timedelta(minutes=1)
LIGHT: dict[str, Any] = {"category": "power.light", "text": "路灯不亮了好几天"}


@pytest.fixture(autouse=True)
def plain(settings: LazySettings) -> Iterator[None]:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    yield


def words(response: Any) -> str:
    return " ".join(raw_words(response).split())


def partly(town: Town, **more: Any) -> Case:
    """Return a case that was closed although only a part was solved."""
    case = answered(town, forward(town, until="in_progress", **more))
    given = VerdictGiven(answered=True, solved="partly", satisfied="basically")
    resident = doing(town, Role.RESIDENT, town.now + 40 * MINUTE)
    return actions.give_verdict(case_id=case.pk, doing=resident, verdict=given)


def moved(town: Town, case: Case) -> None:
    """Put a case into the other community."""
    Case.objects.filter(pk=case.pk).update(community_id=town.areas["C2"])


def line(rows: tuple[Count, ...], name: str) -> Count:
    return next(row for row in rows if row.name == name)


def test_s63_what_the_resident_said_is_counted_by_kind_place_and_month(town: Town) -> None:
    closed(town)
    moved(town, closed(town))
    assert partly(town).state == "closed"
    back(town, 3, text="又漏水了")
    closed(town, category="water.sewer", text="污水外溢")
    forward(town, until="in_progress")
    report = solved_report(town.staff[Role.SUPERVISOR], first=MARCH)
    leak = line(report.kinds, "水管漏水、停水")
    assert (leak.closed, leak.reached, leak.solved, leak.partly, leak.back) == (3, 3, 2, 1, 1)
    assert line(report.kinds, "下水道堵塞、污水外溢").solved == 1
    assert (report.everything.closed, report.everything.solved) == (4, 3)
    assert {row.name: row.closed for row in report.places} == {"和平社区": 3, "幸福社区": 1}
    assert leak.months == (0,) * 11 + (2,) and report.months[0] == date(2025, 4, 1)


def test_s63_a_kind_of_either_level_narrows_places_and_units(town: Town) -> None:
    closed(town)
    moved(town, closed(town, category="water.sewer", text="污水外溢"))
    viewer = town.staff[Role.SUPERVISOR]
    for kind, expected in (("water", 2), ("water.sewer", 1), ("power", 0)):
        report = solved_report(viewer, first=MARCH, kind=kind)
        assert sum(row.closed for row in report.places) == expected
        assert len(report.kinds) == 2
    with pytest.raises(NotFound):
        solved_report(viewer, first=MARCH, kind="moon")


def test_s63_a_month_begins_and_ends_at_local_midnight(town: Town) -> None:
    case = closed(town)
    viewer = town.staff[Role.SUPERVISOR]
    for at, month in (("2026-03-31T15:59:59Z", 3), ("2026-03-31T16:00:00Z", 4)):
        Case.objects.filter(pk=case.pk).update(closed_at=at)
        counts = [solved_report(viewer, first=date(2026, n, 1)).everything.closed for n in (3, 4)]
        assert counts == [int(month == 3), int(month == 4)]


def test_s63_a_share_needs_ten_who_were_heard(town: Town) -> None:
    for _ in range(9):
        closed(town)
    with travel(town.now + timedelta(hours=2)):
        office = browser(town, Role.SUPERVISOR)
        few = words(office.get("/desk/solved/?month=2026-03", headers={"Accept-Language": "en"}))
        assert "n = 9, fewer than 10" in few and "100 %" not in few
        closed(town)
        many = words(office.get("/desk/solved/?month=2026-03", headers={"Accept-Language": "en"}))
    assert "100 % (72–100 %, n = 10)" in many


def test_s63_the_excel_file_holds_the_same_and_no_share_of_few(town: Town) -> None:
    closed(town)
    with travel(town.now + timedelta(hours=2)):
        sent = browser(town, Role.DISPATCHER).get("/desk/solved.xlsx?month=2026-03")
    rows = list(load_workbook(BytesIO(sent.content)).active.iter_rows(values_only=True))
    kind = next(row for row in rows if row[1] == "水管漏水、停水")
    assert kind[2:10] == (1, 1, 1, 0, 0, None, None, None)
    assert kind[-1] == 1 and len(kind) == 22


def test_s63_a_street_counts_its_own_and_who_has_no_board_sees_nothing(town: Town) -> None:
    closed(town)
    with travel(town.now + timedelta(hours=2)):
        assert browser(town, Role.STREET_OFFICER).get("/desk/solved/").status_code == 200
        for role in (Role.UNIT_MEMBER, Role.RESIDENT, Role.SYSTEM_ADMIN):
            assert browser(town, role).get("/desk/solved/").status_code == 403
            assert browser(town, role).get("/desk/solved.xlsx").status_code == 403
        odd = browser(town, Role.SUPERVISOR)
        assert odd.get("/desk/solved/?month=2099-13").status_code == 200
        assert odd.get("/desk/solved/?kind=moon").status_code == 404
    with pytest.raises(Forbidden):
        solved_report(town.staff[Role.RESIDENT], first=MARCH)


def test_s63_the_page_asks_the_database_as_often_however_much_was_closed(town: Town) -> None:
    closed(town)
    with travel(town.now + timedelta(hours=2)):
        office = browser(town, Role.SUPERVISOR)
        before = queries_of(office, "/desk/solved/")
        closed(town, **LIGHT)
        moved(town, closed(town))
        assert queries_of(office, "/desk/solved/") == before
