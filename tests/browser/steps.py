"""What people do on the pages, told as they would tell it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits

STATES = {
    "registered": "已登记", "triage": "研判中", "classified": "已分类", "dispatched": "已派单",
    "accepted": "已签收", "in_progress": "处置中", "planned": "解决方案公布",
    "verify": "核查中", "callback": "待评价", "closed": "结案",
}  # fmt: skip


def choose(page: Page, name: str, value: str) -> None:
    """Tap a tile."""
    page.locator(f".tile:has(input[name='{name}'][value='{value}']) label").click()


def expect_state(page: Page, *states: str) -> str:
    """Wait until the page shows one of the states; return which."""
    words = {STATES[state]: state for state in states}
    badge = page.locator(".case-head .badge, header .badge")
    badge = badge.filter(has_text=re.compile("|".join(words))).first
    expect(badge).to_be_visible()
    shown = badge.inner_text().strip()
    return next(state for word, state in words.items() if word in shown)


@dataclass
class Desk:
    """Somebody of staff who works on one case after the other."""

    page: Page
    base: str = "/desk/case/"

    def open(self, number: str) -> Desk:
        self.page.goto(f"{self.base}{number}/")
        return self

    def fill(self, panel: str, **texts: str) -> Desk:
        box = self._panel(panel)
        for name, text in texts.items():
            box.locator(f"[name='{panel}-{name}']").fill(text)
        return self

    def choose(self, panel: str, **values: str) -> Desk:
        self._panel(panel)
        for name, value in values.items():
            choose(self.page, f"{panel}-{name}", value)
        return self

    def select(self, panel: str, **values: str) -> Desk:
        for name, value in values.items():
            self._panel(panel).locator(f"select[name='{panel}-{name}']").select_option(value)
        return self

    def photo(self, panel: str, path: Path) -> Desk:
        self._panel(panel).locator(f"input[name='{panel}-photos']").set_input_files(path)
        return self

    def send(self, panel: str, do: str = "") -> Desk:
        which = f"button[name=do][value='{do}']" if do else "button.btn-main"
        with self.page.expect_navigation():
            self._panel(panel).locator(f".panel-acts {which}").click()
        return self

    def expect(self, *states: str) -> str:
        return expect_state(self.page, *states)

    def _panel(self, panel: str) -> Page:
        box = self.page.locator(f"#panel-{panel}")
        if box.get_attribute("open") is None:
            box.locator("summary").click()
        return box  # type: ignore[return-value]


@dataclass
class Staff:
    """The people of the county, each in a window of their own."""

    visits: Visits
    number: str = ""

    def at(self, role: str, base: str = "/desk/case/") -> Desk:
        return Desk(self.visits.page(role), base).open(self.number)

    def assess(self, case_class: str) -> None:
        """The clerk takes it, classifies it and gives it to the water bureau."""
        clerk = self.at("community_clerk")
        clerk.send("start_triage").expect("triage")
        clerk.choose("classify", case_class=case_class)
        clerk.select("classify", category="water.leak").send("classify").expect("classified")
        clerk.send("dispatch").expect("dispatched")

    def begin(self) -> Desk:
        """The team member signs for it and calls the resident."""
        member = self.at("unit_member")
        member.send("accept").expect("accepted")
        member.fill("start", text="已电话联系，今天下午上门").send("start").expect("in_progress")
        return member

    def plan(self, member: Desk) -> None:
        """The team member publishes a plan with two milestones."""
        today = date.today()
        rows = {
            "measures": "一、现场查勘；二、组织协商；三、实施并验收，全过程公开。",
            "owner_name": "陈强",
            "title_1": "现场查勘",
            "date_1": (today + timedelta(days=3)).isoformat(),
            "title_2": "实施并验收",
            "date_2": (today + timedelta(days=9)).isoformat(),
        }
        member.fill("publish_plan", **rows).send("publish_plan").expect("planned")

    def milestones(self, member: Desk) -> None:
        for words in ("查勘完成，已定方案", "施工完成，验收合格"):
            member.fill("report_milestone", text=words).send("report_milestone")
            member.expect("planned")

    def finish(self, member: Desk, photo: Path | None = None) -> str:
        """The team member says what was done; return where the case then stands."""
        member.fill("finish", answer_1="已更换破损管段并试压合格")
        if photo:
            member.photo("finish", photo)
        return member.send("finish").expect("verify", "callback")

    def verify(self, role: str = "supervisor", base: str = "/desk/case/") -> None:
        looking = self.at(role, base).fill("verify", text="现场查看，已不漏水")
        looking.send("verify", "yes")
        looking.expect("callback")

    def call_back(self) -> Page:
        """The call-back agent writes down what the resident says."""
        agent = self.at("callback_agent")
        agent.choose("callback", answered="yes", solved="yes", satisfied="yes")
        agent.send("callback").expect("closed")
        return agent.page
