"""Pages of calls and rosters: both sides, on the desk and on a phone."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from openpyxl import load_workbook

from onegrid.accounts.terms import Role
from onegrid.calls import actions, code
from onegrid.calls.models import Call, DutyTeam, Photo, Rating, RosterBatch, Shift, Summons, Swap
from tests.calls.people import DAY, HOUR, Roster, colleague, told
from tests.calls.test_rosters import rows_of
from tests.county import report as report_case
from tests.web.staff import browser, photo, travel, words


@pytest.fixture
def at(roster: Roster) -> Any:
    with travel(roster.now + HOUR):
        yield roster


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def do(client: Client, way: Summons, deed: str, **fields: Any) -> Any:
    """Send one of the forms of a call."""
    prefix = f"{deed}-{str(way.unit_id)[-6:]}"
    named = {f"{prefix}-{name}": value for name, value in fields.items()}
    return client.post(
        f"/desk/calls/{way.call.number}/do/{deed}/", {"key": str(uuid4()), "way": prefix, **named}
    )


def file_of(content: bytes) -> BytesIO:
    file = BytesIO(content)
    file.name = "roster.xlsx"
    return file


def test_a_clerk_calls_and_sees_who_was_on_duty(at: Roster) -> None:
    clerk = browser(at.town, Role.COMMUNITY_CLERK)
    page = clerk.get("/desk/calls/new/")
    assert "东街驻点组" in words(page) and at.member.name in words(page)
    form = {
        "key": page.context["key"], "area": str(at.town.areas["C1"]), "urgency": "urgent",
        "units": str(at.town.units["water_bureau"]), "what": "", "address": "和平小区东门",
    }  # fmt: skip
    refused = clerk.post("/desk/calls/new/", form)
    assert refused.status_code == 422 and 'href="#f-what"' in refused.content.decode()
    assert refused.context["key"] == form["key"] and "和平小区东门" in refused.content.decode()
    sent = clerk.post("/desk/calls/new/", {**form, "what": "主管道爆裂"}, follow=True)
    assert sent.redirect_chain[-1][0] == f"/desk/calls/{Call.objects.get().number}/"
    assert "13800000011" in words(sent) and "显示" not in sent.content.decode()[:10]
    clerk.post("/desk/calls/new/", {**form, "what": "主管道爆裂"})
    assert Call.objects.count() == 1, "sent again it is the same call"


def test_from_sign_in_to_double_rating_on_the_pages(at: Roster) -> None:
    way = at.call(at=at.now + HOUR)
    clerk = browser(at.town, Role.COMMUNITY_CLERK)
    member = browser(at.town, Role.UNIT_MEMBER)
    number = way.call.number
    assert number in words(member.get("/desk/calls/"))
    assert do(member, way, "sign_in").status_code == 302
    shown = clerk.get(f"/desk/calls/{number}/code/")
    digits = re.search(r">(\d{6})</b>", shown.content.decode())
    assert digits is not None
    assert clerk.get(f"/desk/calls/{number}/qr/").headers["Content-Type"] == "image/svg+xml"
    filled = member.get(f"/desk/calls/{number}/?code={digits[1]}")
    assert f'value="{digits[1]}"' in filled.content.decode()
    assert do(member, way, "arrive", code=digits[1]).status_code == 302
    empty = do(member, way, "report", text=" ")
    assert empty.status_code == 422
    assert do(member, way, "report", text="阀门已关", photos=[photo()]).status_code == 302
    kept = Photo.objects.get()
    assert clerk.get(f"/desk/calls/photo/{kept.pk}/?thumb=1").status_code == 200
    half = do(clerk, way, "rate", point1="5", point2="5")
    assert half.status_code == 422 and Rating.objects.count() == 0
    assert 'value="5" checked' in half.content.decode(), "what was ticked stays"
    assert (
        do(clerk, way, "rate", point1="5", point2="4", point3="5", text="很快").status_code == 302
    )
    assert "很快" not in words(member.get(f"/desk/calls/{number}/"))
    assert do(member, way, "rate", point1="4", point2="4", point3="4").status_code == 302
    assert "很快" in words(member.get(f"/desk/calls/{number}/"))
    assert Summons.objects.get(pk=way.pk).stage == "ended"


def test_a_wrong_code_is_counted_although_the_page_says_no(at: Roster) -> None:
    way = at.call(at=at.now + HOUR)
    member = browser(at.town, Role.UNIT_MEMBER)
    do(member, way, "sign_in")
    right = code.current(way.call_id, now=at.now + HOUR)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert do(member, way, "arrive", code=wrong).status_code == 422
    assert Summons.objects.get(pk=way.pk).code_tries == 5
    assert do(member, way, "arrive", code=right).status_code == 429
    clerk = browser(at.town, Role.COMMUNITY_CLERK)
    assert do(clerk, way, "confirm_arrival", text="人已到").status_code == 302
    assert Summons.objects.get(pk=way.pk).stage == "arrived"


def test_somebody_who_was_slower_sees_how_the_call_stands(at: Roster) -> None:
    way = at.call(at=at.now + HOUR)
    actions.sign_in(summons_id=way.pk, doing=at.doing(at.colleague, at.now + HOUR))
    late = do(browser(at.town, Role.UNIT_MEMBER), way, "sign_in")
    assert late.status_code == 409 and at.colleague.name in words(late)


def test_the_code_is_shown_to_the_side_that_called_only(at: Roster) -> None:
    way = at.call(at=at.now + HOUR)
    digits = code.current(way.call_id, now=at.now + HOUR)
    for role in (Role.UNIT_MEMBER, Role.UNIT_HEAD, Role.DISPATCHER, Role.SUPERVISOR):
        client = browser(at.town, role)
        for path in ("", "code/", "qr/"):
            answer = client.get(f"/desk/calls/{way.call.number}/{path}")
            assert digits not in answer.content.decode(), (role, path)
            assert answer.status_code == (403 if path else 200)


def test_a_foreign_call_and_a_missing_one_answer_alike(at: Roster) -> None:
    way = at.call(at=at.now + HOUR)
    colleague(at.town, "police", "赵警官", role=Role.UNIT_HEAD)
    stranger = browser(at.town, "赵警官")  # type: ignore[arg-type]
    missing = "S20260302-9999-9"
    for tail in ("", "code/", "qr/"):
        theirs = stranger.get(f"/desk/calls/{way.call.number}/{tail}")
        none = stranger.get(f"/desk/calls/{missing}/{tail}")
        assert theirs.status_code == none.status_code and theirs.status_code in {403, 404}
    assert "爆裂" not in stranger.get(f"/desk/calls/{way.call.number}/").content.decode()


def test_a_case_shows_its_calls_and_leads_to_a_new_one(at: Roster) -> None:
    receipt = report_case(at.town)
    clerk = browser(at.town, Role.COMMUNITY_CLERK)
    page = clerk.get(f"/desk/case/{receipt.number}/").content.decode()
    assert f"/desk/calls/new/?case={receipt.number}" in page
    form = clerk.get(f"/desk/calls/new/?case={receipt.number}")
    sent = clerk.post(
        f"/desk/calls/new/?case={receipt.number}",
        {"key": form.context["key"], "units": str(at.town.units["water_bureau"]),
         "urgency": "normal", "what": "需联合查看", "address": ""},
    )  # fmt: skip
    assert sent.status_code == 302
    page = clerk.get(f"/desk/case/{receipt.number}/").content.decode()
    assert Call.objects.get().number in page and "需联合查看" in page
    outside = clerk.get("/desk/calls/new/?case=370725-20260302-9999-9")
    assert outside.status_code == 404


def test_the_head_makes_a_team_and_keeps_its_roster(at: Roster) -> None:
    head = browser(at.town, Role.UNIT_HEAD)
    bad = head.post("/desk/calls/rosters/", {"name": "和平组", "kind": "resident"})
    assert bad.status_code == 422
    made = head.post(
        "/desk/calls/rosters/",
        {"name": "和平组", "kind": "resident", "areas": [str(at.town.areas["C1"])]},
    )
    team = DutyTeam.objects.get(name="和平组")
    assert made.headers["Location"] == f"/desk/calls/rosters/{team.pk}/"
    add = f"/desk/calls/rosters/{team.pk}/add/"
    person = str(at.colleague.user_id)
    given = {"person": person, "from": "2026-03-03T08:30", "to": "2026-03-03T17:30"}
    assert head.post(add, {**given, "to": "2026-03-03T08:00"}).status_code == 422
    assert head.post(add, {**given, "from": "morning"}).status_code == 422
    assert head.post(add, given).status_code == 302
    shown = head.get(f"/desk/calls/rosters/{team.pk}/?month=2026-03")
    assert "08:30–17:30" in words(shown) and "李梅" in words(shown)
    shift = Shift.objects.get(team=team)
    dropped = head.post(f"/desk/calls/rosters/{team.pk}/drop/", {"shift": str(shift.pk)})
    assert dropped.status_code == 302
    assert Shift.objects.get(pk=shift.pk).cancelled_at is not None
    assert browser(at.town, Role.UNIT_MEMBER).post(add, given).status_code == 403
    assert head.get(f"/desk/calls/rosters/{uuid4()}/").status_code == 404
    assert head.get(f"/desk/calls/rosters/{team.pk}/print/?month=2026-03").status_code == 200


def test_a_roster_comes_in_from_excel_after_a_look_and_goes_back(at: Roster) -> None:
    head = browser(at.town, Role.UNIT_HEAD)
    base = f"/desk/calls/rosters/{at.team}/"
    template = head.get(f"{base}template/")
    sheet = load_workbook(BytesIO(template.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["班组", "人员", "开始", "结束", "电话"]
    assert sheet["A2"].value == "water_bureau-1"
    start = at.now + DAY
    bad = rows_of(at, ("东街驻点组", "不认识", start, start + HOUR, ""))
    looked = head.post(f"{base}bring/", {"file": file_of(bad)})
    assert looked.status_code == 422 and "不认识" in words(looked)
    assert 'name="checked"' not in looked.content.decode()
    good = rows_of(at, ("东街驻点组", "李梅", start, start + HOUR, "13800000012"))
    looked = head.post(f"{base}bring/", {"file": file_of(good)})
    assert Shift.objects.count() == 1, "a look writes nothing"
    checked = {"checked": looked.context["checked"], "batch": looked.context["batch"]}
    assert head.post(f"{base}bring/", checked).status_code == 302
    assert Shift.objects.count() == 2
    forged = {**checked, "checked": checked["checked"][:-3] + "abc"}
    assert head.post(f"{base}bring/", forged).status_code == 409
    assert head.post(f"{base}bring/", {}).status_code == 422
    batch = RosterBatch.objects.get()
    assert head.post(f"{base}undo/", {"batch": str(batch.pk)}).status_code == 302
    assert Shift.objects.filter(cancelled_at__isnull=True).count() == 1


def test_a_swap_on_the_pages_ends_with_a_receipt(at: Roster) -> None:
    person = at.member.user_id
    assert person is not None
    actions.add_shift(
        viewer=at.head, team_id=at.team, now=at.now,
        given=actions.ShiftGiven(person, at.now + DAY, at.now + DAY + 8 * HOUR),
    )  # fmt: skip
    member = browser(at.town, Role.UNIT_MEMBER)
    other = browser(at.town, "李梅")  # type: ignore[arg-type]
    page = member.get("/desk/calls/duties/")
    asking = next(shift for shift, _, people in page.context["rows"] if people)
    member.post(
        "/desk/calls/duties/ask/",
        {"key": page.context["key"], "shift": str(asking.pk), "to": str(at.colleague.user_id),
         "words": "家中有事"},
    )  # fmt: skip
    swap = Swap.objects.get()
    assert "家中有事" in words(other.get("/desk/calls/duties/"))
    answered = other.post(f"/desk/calls/duties/{swap.pk}/answer/", {"do": "yes"})
    assert answered.headers["Location"] == f"/desk/calls/duties/{swap.pk}/"
    receipt = words(member.get(f"/desk/calls/duties/{swap.pk}/"))
    assert at.member.name in receipt and "李梅" in receipt
    assert told("swap_asked") == ["13800000012"]


def test_the_monthly_table_is_a_page_and_an_excel_file(at: Roster) -> None:
    way = at.reported(at.now)
    actions.rate(summons_id=way.pk, doing=at.doing(at.clerk), points=(5, 5, 5))
    secretary = browser(at.town, Role.COMMUNITY_SECRETARY)
    page = secretary.get("/desk/calls/month/?month=2026-03")
    assert page.status_code == 200 and "县水利局" in words(page)
    file = secretary.get("/desk/calls/month/download/?month=2026-03")
    book = load_workbook(BytesIO(file.content))
    assert [cell.value for cell in book.worksheets[0][2]][:4] == ["县水利局", 1, 1, 1]
    assert browser(at.town, Role.UNIT_MEMBER).get("/desk/calls/month/").status_code == 403


def test_the_board_counts_open_calls(at: Roster) -> None:
    at.call(at=at.now)
    board = browser(at.town, Role.DISPATCHER).get("/desk/board/")
    figures = board.context["calls"]
    assert (figures.open, figures.unsigned, figures.overdue) == (1, 1, 1)
    log = browser(at.town, Role.UNIT_HEAD).get(f"/desk/calls/rosters/{at.team}/log/")
    assert "主管道爆裂" in words(log) and at.member.name not in words(log).split("东街驻点组", 1)[1]
