"""A plan from an imported file to adoption, and back to who was responsible before (S3, S4)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.looking import Watch
from tests.browser.server import ROOT, Site
from tests.county import SIDE, SOUTH, WEST

Shot = Callable[[Page, str], None]
DRAFT = re.compile(r"/desk/plans/[0-9a-f-]{36}/$")
DOOR = "G12小区1号楼"
PLAN_MS = 180_000
PAGES = ("/desk/plans/?which=all", "/desk/plans/new/", "/desk/plans/handovers/")


@contextmanager
def worker(site: Site) -> Iterator[None]:
    """Work on the runs that wait, in a process as in a county: it starts the planner's own."""
    command = [sys.executable, "-m", "django", "procrastinate", "worker", "--queues", "plans"]
    process = subprocess.Popen(
        [*command, "--one-shot"], cwd=ROOT, env=site.environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield
        told, _ = process.communicate(timeout=120)
        assert process.returncode == 0, told.decode()[-3000:]
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def railway() -> bytes:
    """Return a railway south of the houses, as a surveyor would send it."""
    line = [[WEST - SIDE, SOUTH + SIDE / 20], [WEST + 3 * SIDE, SOUTH + SIDE / 20]]
    feature = {
        "type": "Feature",
        "properties": {"name": "货运铁路", "kind": "railway"},
        "geometry": {"type": "LineString", "coordinates": line},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def bring_in(page: Page, shot: Shot) -> None:
    """Bring a file of barriers in: it is looked at first, then taken."""
    page.goto("/desk/plans/layers/new/")
    page.select_option("#f-kind", "barriers")
    page.fill("#f-name", "货运铁路")
    file = {"name": "railway.geojson", "mimeType": "application/json", "buffer": railway()}
    page.set_input_files("#f-file", file)
    page.locator("main form button.btn-main").click()
    expect(page.locator("main")).to_contain_text("尚未写入")
    shot(page, "plan-import-1440")
    page.locator("button[name=take]").click()
    page.wait_for_url(re.compile(r"/desk/plans/layers/$"))
    expect(page.locator("main table")).to_contain_text("货运铁路")


def draft(page: Page, shot: Shot) -> str:
    """Make a draft with the sliders; return its address."""
    page.goto("/desk/plans/")
    page.locator("a[href='/desk/plans/new/']").first.click()
    page.fill("#f-least", "100")
    page.fill("#f-most", "150")
    page.locator("#f-change").fill("60")
    expect(page.locator("#will")).to_contain_text("100 至 150 户")
    expect(page.locator("#will")).to_contain_text("尽量少的居民更换网格")
    page.select_option("#f-seconds", "10")
    shot(page, "plan-new-1440")
    page.locator("form button.btn-l").click()
    page.wait_for_url(DRAFT)
    return re.sub(r"^https?://[^/]+", "", page.url)


def plan(page: Page, site: Site, shot: Shot) -> None:
    """Start the planner on the page and wait there until its plan is drawn."""
    page.locator("#start").click()
    expect(page.locator("[data-run]")).to_be_visible()
    expect(page.locator("#stop")).to_be_visible()
    with worker(site):
        expect(page.locator("#below #grids")).to_be_visible(timeout=PLAN_MS)
    expect(page.locator("#bench")).to_contain_text("每个网格规模合格且连片")
    expect(page.locator(".plan-box[data-drawn]")).to_be_visible()
    shot(page, "plan-bench-1440")


def version(page: Page) -> str:
    return page.locator("#bench").get_attribute("data-version") or ""


def changed(page: Page, before: str) -> None:
    expect(page.locator("#bench")).not_to_have_attribute("data-version", before)


def by_hand(page: Page) -> None:
    """Draw a box on the map: its buildings come to the chosen grid; then take it back by keys."""
    page.locator("#tool-box").check()
    ground = page.locator(".plan-box .maplibregl-canvas-container")
    expect(ground).to_have_css("touch-action", "none")  # else a finger scrolls the page instead
    page.locator("#whole").uncheck()
    choices = page.locator("#paint-grid option").all_inner_texts()
    assert len(choices) == 2
    page.locator("#paint-grid").select_option(index=1)
    before = version(page)
    page.locator(".plan-box").scroll_into_view_if_needed()
    frame = page.locator(".plan-box .maplibregl-canvas").bounding_box()
    assert frame is not None
    middle, bottom = frame["y"] + frame["height"] / 2, frame["y"] + frame["height"] - 4
    page.mouse.move(frame["x"] + 4, middle)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] / 3, middle + 40)
    page.mouse.move(frame["x"] + frame["width"] - 60, bottom)
    page.mouse.up()
    changed(page, before)
    expect(page.locator("[data-toasts]")).to_contain_text("已移动")
    expect(page.locator("#bench .broken-list li").first).to_be_visible()
    before = version(page)
    page.locator("h1").click()
    page.keyboard.press("Control+z")
    changed(page, before)
    expect(page.locator("#bench")).to_contain_text("每个网格规模合格且连片")
    before = version(page)
    page.keyboard.press("Control+y")
    changed(page, before)
    page.locator("#undo").click()
    expect(page.locator("#bench")).to_contain_text("每个网格规模合格且连片")


def without_script(visits: Visits, address: str, role: str) -> None:
    """Move a building and take it back by forms alone."""
    page = visits.page(role, java_script_enabled=False)
    page.goto(address)
    page.locator("#grids th a[href*='/grids/']").first.click()
    page.locator("input[name=buildings]").first.check()
    page.locator("#f-buildings button.btn-main").click()
    expect(page.locator(".messages")).to_contain_text("已移动 1 栋楼")
    page.locator("form[action$='/edit/undo/'] button").click()
    expect(page.locator(".messages")).to_contain_text("已撤销")


def act(visits: Visits, role: str, address: str, button: str) -> Page:
    page = visits.page(role)
    page.goto(address)
    page.locator(button).click()
    expect(page.locator("[data-toasts] .note")).to_be_visible()
    expect(page.locator(button)).to_have_count(0)
    return page


def sound(visits: Visits, address: str) -> None:
    """Look at the pages on a small phone, in large print and in the dark."""
    for width, cookies in ((320, {}), (390, {"elder": "1"}), (1440, {"theme": "dark"})):
        context = visits.context("street_officer", width)
        for name, value in cookies.items():
            context.add_cookies([{"name": name, "value": value, "url": visits.site.url}])
        watch = Watch.on(context, visits.site.url)
        for path in (address, f"{address}leaflets/", *PAGES):
            assert watch.open(path) == 200
            assert [*watch.complaints(), *watch.axe(), *watch.too_wide()] == [], (path, width)
            assert watch.english() == [], path


def test_a_plan_from_import_to_adoption_and_who_was_responsible_before(
    visits: Visits, shot: Shot
) -> None:
    officer = visits.page("street_officer")
    bring_in(officer, shot)
    address = draft(officer, shot)
    plan(officer, visits.site, shot)
    by_hand(officer)
    without_script(visits, address, "street_officer")

    clerk = visits.page("community_clerk", 390)
    clerk.goto(address)
    clerk.fill("#f-comment-text", "老街两侧本是一家，请不要分开")
    clerk.locator("#say").click()
    expect(clerk.locator("#talk .timeline").first).to_contain_text("老街两侧本是一家")
    shot(clerk, "plan-clerk-390")

    act(visits, "street_officer", address, "#submit")
    agreed = act(visits, "street_officer", address, "#agree")
    expect(agreed.locator("#head .badge")).to_contain_text("街道")
    county = act(visits, "supervisor", address, "#approve")
    expect(county.locator("#talk")).to_contain_text("老街两侧本是一家")
    day = date.today() + timedelta(days=40)
    county.fill("#f-adopt-effective_on", day.isoformat())
    expect(county.locator("#way .note-warning")).to_contain_text("更换网格")
    shot(county, "plan-adopt-1440")
    county.locator("#adopt").click()
    expect(county.locator("#way .note-success")).to_contain_text(day.isoformat())

    county.goto(f"{address}leaflets/")
    expect(county.locator(".leaflet").first).to_contain_text(re.compile("您家仍?属于"))
    expect(county.locator(".leaflet svg.qr").first).to_be_visible()
    shot(county, "plan-leaflets-1440")

    asked = visits.page(width=390)
    asked.goto(f"/places/responsible/?day={day.isoformat()}&search={DOOR}")
    asked.locator("main a", has_text=DOOR).first.click()
    for grid in ("第11网格", "第12网格"):
        expect(asked.locator("main")).to_contain_text(grid)
    shot(asked, "plan-responsible-390")
    asked.fill("#f-day", (day - timedelta(days=1)).isoformat())
    asked.locator("main form button.btn-main").first.click()
    then = asked.locator("section[aria-labelledby=h-now]")
    expect(then).to_contain_text("第12网格")
    expect(then).not_to_contain_text("第11网格")
    sound(visits, address)
