"""The loop closes through the pages: one general, one major, one complex case (issue, done when)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.stage_cases import picture
from tests.browser.steps import Staff, choose, expect_state
from tests.county import middle

Shot = Callable[[Page, str], None]


class Finger:
    """Taps and counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, selector: str) -> None:
        self.taps += 1
        self.page.locator(selector).first.click()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "after.jpg"
    path.write_bytes(picture("#5b7a9a"))
    return path


def number_on(page: Page) -> tuple[str, str]:
    """Return receipt number and query code of a receipt."""
    expect(page.locator("#receipt .number").first).to_be_visible()
    number, code = page.locator("#receipt .number").all_inner_texts()[:2]
    return number.strip(), code.strip()


def test_a_general_matter_from_six_taps_to_closed(visits: Visits, shot: Shot) -> None:
    lon, lat = middle(0, 0)
    here = {"longitude": lon, "latitude": lat}
    page = visits.page(width=390, geolocation=here, permissions=["geolocation"])
    page.goto("/")
    shot(page, "home-390")
    finger = Finger(page)
    finger.tap("main a[href='/report/']")
    shot(page, "report-what-390")
    finger.tap(".tiles button[name=category][value='']")
    expect(page).to_have_url(re.compile("/report/where/"))
    shot(page, "report-where-390")
    finger.tap("[data-locate-send]")
    page.wait_for_url(re.compile("/report/describe/"))
    page.fill("#f-text", "楼下水管漏水，已经两天了，水流到了路上")
    shot(page, "report-describe-390")
    finger.tap(".actions button.btn-main")
    page.wait_for_url(re.compile("/report/who/"))
    shot(page, "report-who-390")
    finger.tap("button[name=who][value=anonymous]")
    page.wait_for_url(re.compile("/report/check/"))
    shot(page, "report-check-390")
    finger.tap(".actions button.btn-act")
    number, code = number_on(page)
    shot(page, "receipt-390")
    assert finger.taps <= 6

    staff = Staff(visits, number)
    staff.assess("general")
    member = staff.begin()
    if staff.finish(member) == "verify":
        staff.verify()
    closed = staff.call_back()
    shot(closed, "case-closed-1440")

    stranger = visits.page(width=390)
    stranger.goto("/r/")
    stranger.fill("[name=number]", number)
    stranger.fill("[name=code]", code)
    stranger.locator("main button.btn-main").click()
    expect_state(stranger, "closed")
    shot(stranger, "status-closed-390")


def test_a_major_matter_reported_at_the_door_needs_a_photo_afterwards(
    visits: Visits, shot: Shot, photo: Path
) -> None:
    worker = visits.page("grid_worker", 390)
    worker.goto("/work/")
    shot(worker, "worker-390")
    worker.locator("main a[href='/work/report/']").first.click()
    worker.fill("[name=text]", "主管道爆裂，半个小区没水")
    worker.locator("select[name=building]").select_option(index=1)
    choose(worker, "category", "water")
    choose(worker, "channel", "door")
    shot(worker, "worker-report-390")
    worker.locator(".actions button.btn-act").click()
    number = worker.locator("#receipt .number").first.inner_text().strip()

    staff = Staff(visits, number)
    staff.assess("major")
    member = staff.begin()
    member.fill("finish", answer_1="已更换管段").send("finish")
    expect(member.page.locator("main")).to_contain_text("照片")
    assert staff.finish(member, photo) == "verify"
    shot(member.page, "case-verify-1440")
    staff.verify("supervisor")
    staff.call_back()


def test_a_complex_matter_gets_a_plan_that_the_resident_is_told(visits: Visits, shot: Shot) -> None:
    page = visits.page("resident", 390)
    page.goto("/report/where/list/?search=G11")
    page.locator("button[name=building]").first.click()
    page.fill("#f-text", "老旧管网多处漏水，牵涉物业、自来水公司和业主")
    page.locator(".actions button.btn-main").click()
    page.wait_for_url(re.compile("/report/check/"))
    page.locator(".actions button.btn-act").click()
    number, _ = number_on(page)

    staff = Staff(visits, number)
    staff.assess("complex")
    member = staff.begin()
    staff.plan(member)
    page.goto(f"/my/{number}/")
    expect(page.locator("main")).to_contain_text("组织协商")
    expect(page.locator(".milestones li")).to_have_count(2)
    shot(page, "my-plan-390")
    assert "plan_published" in visits.site.told(number)
    staff.milestones(member)
    assert staff.finish(member) == "verify"
    staff.verify("grid_worker", "/work/")
    page.goto(f"/my/{number}/")
    for name in ("answered", "solved", "satisfied"):
        choose(page, name, "yes")
    page.locator("button[name=action][value=verdict]").click()
    expect_state(page, "closed")
    shot(page, "my-closed-390")
