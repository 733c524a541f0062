"""A passkey as second factor and as sign-in, in a real browser with an authenticator of its own."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.people import sign_in


def _authenticator(page: Page) -> None:
    """Give the browser a built-in authenticator that says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_opens_the_account_without_password(visits: Visits) -> None:
    page = visits.page(base_url=visits.site.url.replace("127.0.0.1", "localhost"))
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    _authenticator(page)
    sign_in(page, visits.site, "newcomer")
    page.goto("/account/2fa/keys/add/")
    page.fill("input[name=name]", "指纹")
    if page.locator("input[name=passwordless]").count():
        page.locator("input[name=passwordless]").check()
    page.click("#mfa_webauthn_add")
    page.wait_for_url(re.compile("/account/2fa/codes/"))
    page.goto("/account/logout/")
    page.locator("main form button").click()
    page.goto("/account/login/")
    page.click("#passkey_login")
    page.wait_for_url(re.compile("/account/(?!login)|/(desk|work|admin)/"))
    page.goto("/account/2fa/keys/")
    expect(page.locator("main")).to_contain_text("指纹")
    page.goto("/account/password/")
    expect(page.locator("input[name=oldpassword]")).to_be_visible()
    assert wrong == []
