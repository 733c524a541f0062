"""Help, privacy and accessibility: what they say is what the product does."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from onegrid.accounts import jobs as account_jobs
from onegrid.accounts.terms import Role
from onegrid.cases.models import Case
from onegrid.core import numbers
from onegrid.core.calendar import WALL_CLOCK
from onegrid.notices import jobs as notice_jobs
from onegrid.web.templatetags.onegrid_ui import calendar_label, grid_of, moment_parts
from tests.county import Town, report
from tests.web.conftest import Browser
from tests.web.staff import browser as browser_of
from tests.web.staff import travel

QUEUE_JS = Path(__file__).resolve().parents[2] / "onegrid/web/static/onegrid/queue.js"
PAGES = (
    "/published/", "/q/", "/help/", "/help/handbook/", "/promises/",
    "/places/responsible/", "/estates/", "/duties/", "/law/",
    "/privacy/", "/limits/", "/accessibility/",
)  # fmt: skip


def english(browser: Browser, path: str) -> str:
    return browser.get(path, headers={"accept-language": "en"}).content.decode()


@pytest.mark.parametrize("path", ["/", "/report/", "/r/", "/signin", "/nowhere/"])
def test_the_foot_of_each_page_leads_to_all_that_is_explained(browser: Browser, path: str) -> None:
    foot = browser.get(path).content.decode().split("<footer")[1].split("</footer>")[0]
    assert re.findall(r'href="(/[a-z/]+/)"', foot) == list(PAGES)


def test_the_number_that_help_explains_passes_its_own_check(browser: Browser) -> None:
    context = browser.get("/help/").context
    read = numbers.parse(context["number"])
    assert (read.county, read.sequence) == (370725, 1)
    assert "-".join(digits for digits, _ in context["parts"]) == context["number"]


def test_privacy_names_the_periods_after_which_the_jobs_forget(
    browser: Browser, settings: Any
) -> None:
    settings.RESIDENT_IDLE_DAYS = 17
    page = english(browser, "/privacy/")
    assert "17 days without a visit" in page
    assert f"{notice_jobs._KEPT.days} days after sending." in page
    assert (account_jobs._CODES_KEPT.days, "Two days." in page) == (2, True)


def test_the_keys_that_are_named_are_the_keys_of_the_queue(browser: Browser) -> None:
    named = {
        key
        for keys, _, where in browser.get("/accessibility/").context["keys"]
        for key in keys.split()
        if where == "工作台：待办"
    }
    line = next(line for line in QUEUE_JS.read_text().splitlines() if "const KEYS" in line)
    assert named == set(re.findall(r'"?([jkx/?])"?: ', line))


def test_a_grid_named_after_its_community_is_said_once() -> None:
    assert grid_of("恒盛社区", "恒盛社区第1网格") == "恒盛社区第1网格"
    assert grid_of("恒盛社区", "G11") == "恒盛社区 G11"
    assert grid_of("恒盛社区", None) == "恒盛社区"
    assert grid_of(None, None) == ""


def test_the_wall_clock_has_a_name_in_words() -> None:
    with translation.override("zh-hans"):
        assert calendar_label(WALL_CLOCK.name) == "全天计时"
        assert calendar_label("网格值守时间") == "网格值守时间"


def test_day_and_time_stand_apart_for_narrow_columns(town: Town) -> None:
    with translation.override("zh-hans"):
        day, time = moment_parts(town.now - timedelta(days=3), town.now)
    assert re.fullmatch(r"\d+月\d+日", day) and re.fullmatch(r"\d\d:\d\d", time)


def test_a_bar_of_a_clock_just_begun_still_shows(town: Town) -> None:
    client = browser_of(town, Role.DISPATCHER)
    number = Case.objects.get(pk=report(town).case_id).number
    with travel(town.now + timedelta(seconds=5)):
        page = client.get(f"/desk/case/{number}/").content.decode()
    bars = re.findall(r'<progress class="bar bar-\w+" max="100" value="(\d+)"', page)
    assert bars and set(bars) == {"3"}
