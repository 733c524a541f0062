"""Keyboards, no JavaScript, other languages, large print, narrow screens, paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visits
from tests.browser.looking import Watch
from tests.browser.steps import Desk, Staff, expect_state

Shot = Callable[[Page, str], None]
MAIN = (
    ("home", "", "/"),
    ("report", "", "/report/"),
    ("lookup", "", "/r/"),
    ("promises", "", "/promises/"),
    ("limits", "", "/limits/"),
    ("my", "resident", "/my/"),
    ("worker", "grid_worker", "/work/"),
    ("worker-case", "grid_worker", "/work/{in_progress}/"),
    ("queue", "dispatcher", "/desk/?which=all"),
    ("case", "dispatcher", "/desk/case/{triage}/"),
    ("board", "supervisor", "/desk/board/"),
    ("admin-accounts", "system_admin", "/admin/accounts/"),
    ("admin-roles", "security_admin", "/admin/roles/people/"),
    ("admin-looks", "audit_admin", "/admin/looks/"),
    ("account", "dispatcher", "/account/"),
    ("security", "dispatcher", "/account/2fa/"),
    ("login", "", "/account/login/"),
)


@pytest.mark.parametrize(("name", "role", "path"), MAIN, ids=[one[0] for one in MAIN])
def test_main_pages_fit_phones_and_desktops(
    visits: Visits, shot: Shot, name: str, role: str, path: str
) -> None:
    watch = Watch.on(visits.context(role, 320), visits.site.url)
    for width in (320, 390, 1440):
        watch.page.set_viewport_size({"width": width, "height": 900 if width > 1000 else 780})
        watch.open(path.format(**visits.site.cases))
        assert watch.too_wide() == [], f"{width} px"
        if width > 320:
            shot(watch.page, f"{name}-{width}")


def at_row(page: Page) -> str:
    return str(page.locator("[data-row].at").get_attribute("data-case-id"))


def test_the_queue_is_walked_by_keys(visits: Visits) -> None:
    page = visits.page("dispatcher")
    page.goto("/desk/?which=all")
    numbers = [row.get_attribute("data-case-id") for row in page.locator("[data-row]").all()]
    page.keyboard.press("j")
    assert at_row(page) == numbers[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert at_row(page) == numbers[2]
    page.keyboard.press("k")
    assert at_row(page) == numbers[1]
    page.keyboard.press("x")
    expect(page.locator("[data-row].at input[type=checkbox]")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/desk/case/{numbers[1]}/"))
    page.go_back()
    page.keyboard.press("/")
    expect(page.locator("[role=search] input[type=search]").first).to_be_focused()


def test_a_report_and_a_desk_work_without_javascript(visits: Visits, shot: Shot) -> None:
    page = visits.page(width=390, java_script_enabled=False)
    page.goto("/")
    page.locator("main a[href='/report/']").first.click()
    page.locator(".tiles button[name=category][value='']").click()
    page.fill("[name=address]", "和平社区东门北侧路口")
    page.locator(".actions button").first.click()
    page.fill("#f-text", "路口红绿灯不亮")
    page.locator(".actions button.btn-main").click()
    page.locator("button[name=who][value=anonymous]").click()
    page.locator(".actions button.btn-act").click()
    number = page.locator("#receipt .number").first.inner_text().strip()
    shot(page, "receipt-no-js-390")
    desk = Desk(visits.page("dispatcher", java_script_enabled=False)).open(number)
    desk.send("start_triage").expect("triage")
    desk.select("classify", category="traffic.signal").send("classify").expect("classified")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Where is my request?"), ("zh-hant", "訴求")]
)
def test_the_language_is_switched_and_stays(visits: Visits, language: str, words: str) -> None:
    page = visits.page(width=390)
    page.goto("/")
    page.locator("details.menu summary").first.click()
    page.locator(f"button[name=language][value='{language}']").click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile(language, re.I))
    expect(page.locator("main")).to_contain_text(words)
    page.goto("/report/")
    expect(page.locator("html")).to_have_attribute("lang", re.compile(language, re.I))


def small(targets: Locator, least: float) -> list[str]:
    """Return visible targets that are lower than ``least`` pixels."""
    found = []
    for one in targets.all():
        box = one.bounding_box()
        if one.is_visible() and box is not None and box["height"] < least - 0.5:
            found.append(f"{one.inner_text()[:20]!r} {box['height']:.0f} px")
    return found


@pytest.mark.parametrize("path", ["/", "/report/", "/report/where/", "/report/describe/", "/r/"])
def test_large_print_has_large_targets_and_letters(visits: Visits, shot: Shot, path: str) -> None:
    page = visits.page(width=390)
    page.goto("/")
    page.locator("form[data-display=elder] button").click()
    expect(page.locator("html")).to_have_attribute("data-elder", "")
    page.goto(path)
    expect(page.locator("html")).to_have_attribute("data-elder", "")
    shot(page, f"elder-{path.strip('/').replace('/', '-') or 'home'}-390")
    assert small(page.locator("main .btn, main button, .tabs-bottom a"), 60) == []
    sizes = page.eval_on_selector_all(
        "main p:not(.small):not(.hint), main .btn, main label, main input, main textarea",
        "all => all.filter((one) => one.checkVisibility() && !one.closest('.small, .sr'))"
        ".map((one) => [one.innerText?.slice(0, 20), parseFloat(getComputedStyle(one).fontSize)])",
    )
    assert [one for one in sizes if one[1] < 24] == []


def test_dark_pages_are_dark(visits: Visits, shot: Shot) -> None:
    for name, role, path in (("home", "", "/"), ("queue", "dispatcher", "/desk/?which=all")):
        page = visits.page(role, 1440, color_scheme="dark")
        page.goto(path)
        shot(page, f"{name}-dark-1440")
        ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        assert sum(int(part) for part in re.findall(r"\d+", ground)[:3]) < 200, ground


def test_two_clerks_at_once_are_told_and_nothing_is_lost(visits: Visits) -> None:
    page = visits.page(width=390)
    page.goto("/report/where/list/?search=G11")
    page.locator("button[name=building]").first.click()
    page.fill("#f-text", "电梯门关不上")
    page.locator(".actions button.btn-main").click()
    page.locator("button[name=who][value=anonymous]").click()
    page.locator(".actions button.btn-act").click()
    staff = Staff(visits, page.locator("#receipt .number").first.inner_text().strip())
    first, second = staff.at("community_clerk"), staff.at("dispatcher")
    first.send("start_triage").expect("triage")
    second.send("start_triage")
    expect_state(second.page, "triage")
    expect(second.page.locator("main")).to_contain_text(re.compile("同时|已经|刚刚|变"))
