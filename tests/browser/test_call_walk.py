"""A department call from the roster to double rating, on the desk and on a phone (S61, S62, N17)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.stage_cases import picture
from tests.browser.steps import choose

Shot = Callable[[Page, str], None]
TEAM = "水利驻点组"
HERE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "result.jpg"
    path.write_bytes(picture("#5b7a9a"))
    return path


def filled_in(template: bytes, path: Path, person: str) -> Path:
    """Fill the template in: the team member is on duty from an hour ago for ten days."""
    book: Any = load_workbook(BytesIO(template))
    sheet = book.active
    team = sheet["A2"].value
    sheet.delete_rows(2)
    start = datetime.now(HERE).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    for day in (0, 5):
        times = [start + timedelta(days=day), start + timedelta(days=day + 5)]
        sheet.append([team, person, *(f"{one:%Y-%m-%d %H:%M}" for one in times), "13800000011"])
    book.save(path)
    return path


def make_team(head: Page) -> None:
    """The head of the unit makes a resident team of the street."""
    head.goto("/desk/calls/rosters/")
    head.fill("#f-name", TEAM)
    choose(head, "kind", "resident")
    head.locator("main details.more > summary").click()
    head.locator(".tile", has_text="东街街道").locator("label").click()
    head.locator("main form[method=post] button.btn-main").last.click()
    head.wait_for_url(re.compile(r"/desk/calls/rosters/[0-9a-f-]{36}/"))


def bring_roster(head: Page, path: Path, shot: Shot) -> None:
    """The head takes the template, fills it in wrongly, then rightly, and confirms."""
    head.locator("a[href$='/bring/']").click()
    with head.expect_download() as loading:
        head.locator("a[href$='/template/']").click()
    template = Path(loading.value.path()).read_bytes()
    head.set_input_files("#f-file", filled_in(template, path, "查无此人"))
    head.locator("main form button.btn-main").click()
    expect(head.locator("main table")).to_contain_text("查无此人")
    shot(head, "roster-errors-1440")
    head.set_input_files("#f-file", filled_in(template, path, "unit_member"))
    head.locator("main form button.btn-main").click()
    expect(head.locator("main")).to_contain_text("尚未写入")
    shot(head, "roster-check-1440")
    head.locator("main form button.btn-act").click()
    head.wait_for_url(re.compile(r"/desk/calls/rosters/[0-9a-f-]{36}/$"))
    expect(head.locator("main .duty-list li").first).to_be_visible()
    shot(head, "roster-month-1440")


def call(clerk: Page, shot: Shot) -> str:
    """The clerk calls the water bureau; return the number of the call."""
    clerk.goto("/desk/calls/new/")
    clerk.locator(".tile", has_text="县水利局").locator("label").click()
    choose(clerk, "urgency", "urgent")
    clerk.fill("#f-what", "小区主管道爆裂，请带关阀工具")
    clerk.fill("#f-address", "和平小区东门")
    shot(clerk, "call-new-1440")
    clerk.locator("main button.btn-act").click()
    clerk.wait_for_url(re.compile(r"/desk/calls/S\d"))
    return clerk.url.rstrip("/").rsplit("/", 1)[1]


def rate(page: Page, marks: tuple[int, int, int], words: str) -> None:
    form = page.locator("form[action$='/do/rate/']")
    for field, mark in zip(form.locator("fieldset").all(), marks, strict=True):
        field.locator(f"input[value='{mark}']").check()
    form.locator("textarea").fill(words)
    form.locator("button.btn-act").click()


def stage(page: Page, words: str) -> None:
    expect(page.locator("section .badge", has_text=words).first).to_be_visible()


def test_a_department_call_from_roster_to_double_rating(
    visits: Visits, shot: Shot, tmp_path: Path, photo: Path
) -> None:
    head = visits.page("unit_head")
    make_team(head)
    bring_roster(head, tmp_path / "roster.xlsx", shot)

    clerk = visits.page("community_clerk")
    number = call(clerk, shot)
    expect(clerk.locator("main")).to_contain_text("13800000011")
    told = visits.site.told(number)
    assert told == ["team_called"], "one message, to the one on duty"

    member = visits.page("unit_member", 390)
    member.goto("/desk/calls/")
    shot(member, "calls-390")
    member.locator(f"a[href='/desk/calls/{number}/']").click()
    member.locator("form[action$='/do/sign_in/'] button").click()
    stage(member, "已签到")

    phone = visits.page("community_clerk", 390)
    phone.goto(f"/desk/calls/{number}/code/")
    digits = phone.locator("#code b").inner_text().strip()
    assert re.fullmatch(r"\d{6}", digits)
    shot(phone, "call-code-390")

    member.goto(f"/desk/calls/{number}/")
    member.locator("input[name$='-code']").fill("000000" if digits != "000000" else "111111")
    member.locator("form[action$='/do/arrive/'] button").click()
    expect(member.locator(".summary")).to_contain_text("到场码")
    member.goto(f"/desk/calls/{number}/?code={digits}")
    shot(member, "call-team-390")
    member.locator("form[action$='/do/arrive/'] button").click()
    stage(member, "已到场")

    form = member.locator("form[action$='/do/report/']")
    form.locator("textarea").fill("阀门已关，管段已更换，恢复供水。")
    form.locator("input[type=file]").set_input_files(photo)
    form.locator("button.btn-act").click()
    stage(member, "待评价")

    clerk.goto(f"/desk/calls/{number}/")
    expect(clerk.locator(".photos img")).to_have_count(1)
    rate(clerk, (5, 5, 4), "来得很快")
    expect(clerk.locator(".given")).to_have_count(1)
    member.goto(f"/desk/calls/{number}/")
    assert "来得很快" not in member.locator("main").inner_text()
    shot(member, "call-rate-390")
    rate(member, (5, 4, 5), "位置准确")
    stage(member, "已结束")
    expect(member.locator("main")).to_contain_text("来得很快")
    shot(member, "call-ended-390")
    clerk.goto(f"/desk/calls/{number}/")
    expect(clerk.locator("main")).to_contain_text("位置准确")
    shot(clerk, "call-ended-1440")


def test_a_call_can_be_made_by_keyboard_alone(visits: Visits) -> None:
    clerk = visits.page("community_clerk")
    clerk.goto("/desk/calls/new/")
    if not clerk.locator("input[name=units]").count():
        head = visits.page("unit_head")
        make_team(head)
        clerk.reload()
    clerk.locator("input[name=units]").first.focus()
    clerk.keyboard.press("Space")
    clerk.keyboard.press("Tab")
    for _ in range(20):
        if clerk.evaluate("document.activeElement.name") == "urgency":
            break
        clerk.keyboard.press("Tab")
    clerk.keyboard.press("ArrowDown")
    clerk.keyboard.press("Tab")
    clerk.keyboard.type("路灯电线垂落，请到场")
    clerk.keyboard.press("Tab")
    clerk.keyboard.type("幸福路口")
    clerk.keyboard.press("Tab")
    clerk.keyboard.press("Enter")
    clerk.wait_for_url(re.compile(r"/desk/calls/S\d"))
    expect(clerk.locator("h1")).to_contain_text("幸福路口")
