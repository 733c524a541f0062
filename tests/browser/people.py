"""Signing in by the forms, as people do."""

from __future__ import annotations

import re

import pyotp
from playwright.sync_api import Page, expect

from tests.browser.server import Site
from tests.browser.stage import RESIDENT_PHONE


def sign_in(page: Page, site: Site, role: str) -> None:
    """Sign in and stop at the own desk; a newcomer without second factor stops where it is made."""
    if role == "resident":
        _by_phone(page, site, RESIDENT_PHONE)
        return
    login = site.logins[role]
    page.goto("/account/login/")
    page.fill("input[name=login]", login["username"])
    page.fill("input[name=password]", login["password"])
    page.locator("form:has(input[name=password]) button.btn-main").click()
    if login["secret"]:
        page.wait_for_url(re.compile("/account/2fa/authenticate/"))
        page.fill("input[name=code]", pyotp.TOTP(login["secret"]).now())
        page.locator("form:has(input[name=code]) button.btn-main").first.click()
        page.wait_for_url(re.compile(r"/(desk|work|admin)/"))
    else:
        page.wait_for_url(re.compile("/account/2fa/"))


def _by_phone(page: Page, site: Site, phone: str) -> None:
    page.goto("/signin")
    page.fill("input[name=phone]", phone)
    page.locator("form:has(input[name=phone]) button.btn-main").click()
    page.wait_for_url(re.compile("/signin/code"))
    page.fill("input[name=code]", site.newest_code(phone))
    page.locator("form:has(input[name=code]) button.btn-main").first.click()
    expect(page).to_have_url(re.compile("/my/"))
