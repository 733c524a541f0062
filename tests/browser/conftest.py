"""A real server and a real browser.

The server and its database are other processes, so that neither the tests' transactions nor the
browser driver's event loop meet Django's database connections. The driver ends with this package.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.people import sign_in
from tests.browser.server import Site, running_site

SHOTS = Path(__file__).parent / "shots"
TIMEOUT_MS = 30_000
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
_SIZES = {390: (390, 844), 1440: (1440, 900), 320: (320, 640)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all browser tests on one worker: one server, one browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


def chromium_path() -> str:
    """Return the browser to use."""
    wanted = os.environ.get("ONEGRID_CHROMIUM", "/usr/bin/chromium")
    found = shutil.which(wanted)
    if found is None:
        pytest.fail(f"There is no Chromium at {wanted}: `./run test` installs it.", pytrace=False)
    return found


@pytest.fixture(scope="session")
def site(worker_name: str) -> Iterator[Site]:
    """A county in every state of work, served like a real one."""
    with running_site(f"onegrid_browser_{worker_name}") as site:
        yield site


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """The name of this xdist worker."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A browser without any connection of its own."""
    path = chromium_path()
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Visits:
    """Opens pages as somebody; a role signs in by the form once."""

    site: Site
    browser: Browser
    states: dict[str, Any] = field(default_factory=dict)
    open: list[BrowserContext] = field(default_factory=list)

    def context(self, role: str = "", width: int = 1440, **more: Any) -> BrowserContext:
        """Return a browser window of somebody; empty role: nobody."""
        if role and role not in self.states:
            self.states[role] = self._signed_in(role)
        given = {"storage_state": self.states[role]} if role else {}
        return self._new(width, **given, **more)

    def page(self, role: str = "", width: int = 1440, **more: Any) -> Page:
        """Return an empty page of somebody."""
        return self.context(role, width, **more).new_page()

    def _new(self, width: int, **more: Any) -> BrowserContext:
        wide, high = _SIZES.get(width, (width, 900))
        settings = {
            "base_url": self.site.url,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "viewport": {"width": wide, "height": high},
            "reduced_motion": "reduce",
            **more,
        }
        context = self.browser.new_context(**settings)
        context.set_default_timeout(TIMEOUT_MS)
        context.set_default_navigation_timeout(TIMEOUT_MS)
        self.open.append(context)
        return context

    def _signed_in(self, role: str) -> Any:
        context = self._new(1440)
        sign_in(context.new_page(), self.site, role)
        state = context.storage_state()
        context.close()
        self.open.remove(context)
        return state

    def close(self) -> None:
        """Close every window."""
        while self.open:
            self.open.pop().close()


@pytest.fixture(scope="package")
def all_visits(site: Site, chromium: Browser) -> Visits:
    """Sign-ins shared by all tests."""
    return Visits(site, chromium)


@pytest.fixture
def visits(all_visits: Visits) -> Iterator[Visits]:
    """Open pages as anybody; they are closed after the test."""
    yield all_visits
    all_visits.close()


@pytest.fixture
def page_390(visits: Visits) -> Page:
    """A page of nobody on a phone."""
    return visits.page(width=390)


@pytest.fixture
def page_1440(visits: Visits) -> Page:
    """A page of nobody on a desktop."""
    return visits.page(width=1440)


@pytest.fixture(scope="session")
def shot() -> Callable[[Page, str], None]:
    """Keep a picture of a whole page for people to look at."""
    SHOTS.mkdir(exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    return take
