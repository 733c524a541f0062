"""Takes the pictures of the README from a running demo.

``python -m tests.browser.pictures http://127.0.0.1:8000`` writes docs/pictures/*.png, at most
200 kB each. The demo must serve the staff sign-in without a second factor, as ``./run demo`` does.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from onegrid.demo import PASSWORD
from tests.browser.conftest import ARGUMENTS, chromium_path

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST_BYTES = 200_000
#: name, user name or nobody, path, link to follow from there or none, width, height
WANTED = (
    ("home-390", "", "/", "", 390, 844),
    ("where-390", "", "/report/where/", "", 390, 844),
    ("work-390", "wangge", "/work/", "", 390, 844),
    ("call-390", "bumen", "/desk/calls/", ".case-list a.cover", 390, 844),
    ("desk-1440", "diaodu", "/desk/?which=open", "", 1440, 900),
    ("case-1440", "diaodu", "/desk/?which=open&words=围墙", ".queue a.title", 1440, 900),
    ("board-1440", "ducha", "/desk/board/", "", 1440, 900),
    ("published-1440", "", "/published/", "", 1440, 900),
)


def main(address: str) -> int:
    """Take all of them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        for name, username, path, link, width, height in WANTED:
            page = _page(browser, address, width, height)
            if username:
                _sign_in(page, username)
            page.goto(path)
            if link:
                page.locator(link).first.click()
            _settle(page)
            kept = _small(page.screenshot())
            (PICTURES / f"{name}.png").write_bytes(kept)
            sys.stdout.write(f"{name}: {len(kept) // 1000} kB\n")
            page.context.close()
        browser.close()
    return 0


def _page(browser: Browser, address: str, width: int, height: int) -> Page:
    context = browser.new_context(
        base_url=address,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
        device_scale_factor=2 if width < 1000 else 1,
        reduced_motion="reduce",
    )
    context.set_default_timeout(60_000)
    return context.new_page()


def _sign_in(page: Page, username: str) -> None:
    page.goto("/account/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:has(input[name=password]) button.btn-main").click()
    page.wait_for_url(re.compile("/(desk|work)/"))


def _settle(page: Page) -> None:
    """Wait until maps in view are drawn."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-map]')].every("
        "(one) => ['waiting', 'ready', 'failed'].includes(one.dataset.mapState))"
    )
    page.wait_for_timeout(2000)


def _small(picture: bytes) -> bytes:
    """Return the picture with as many colours as fit into `MOST_BYTES`."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64, 32):
        out = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
