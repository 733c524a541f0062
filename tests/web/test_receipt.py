"""A receipt that is shown again after the signing key has changed: never a wrong query code."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.signing import get_cookie_signer

from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions import Place, Receipt, Request
from tests.conftest import COUNTY, MONDAY
from tests.web.conftest import Browser

NEW = "another-key-of-this-site-" + "y" * 40


def send(key: Any) -> Receipt:
    return actions.open_case(
        viewer=Viewer.anonymous(COUNTY),
        request=Request(text="楼下水管漏水", place=Place(address="东门")),
        now=MONDAY,
        key=key,
    )


def receipt_page(browser: Browser, key: Any) -> Any:
    """Open the receipt in the browser that sent the report; its cookie is of the current key."""
    signed = get_cookie_signer(salt="receiptreceipt").sign(str(key))
    browser.client.cookies["receipt"] = signed
    return browser.get("/report/receipt/", headers={"accept-language": "en"})


def test_with_the_old_key_kept_as_a_fallback_the_right_code_is_shown(
    browser: Browser, settings: Any
) -> None:
    key = uuid4()
    first = send(key)
    settings.SECRET_KEY_FALLBACKS = ["short", settings.SECRET_KEY]
    settings.SECRET_KEY = NEW
    page = receipt_page(browser, key)
    assert first.token in page.content.decode()
    pair = {"number": first.number, "code": page.context["receipt"].token}
    assert browser.post("/r/", pair).status_code == 302, "the code that is shown opens the case"


def test_without_the_old_key_the_page_says_that_the_code_cannot_be_shown(
    browser: Browser, settings: Any
) -> None:
    key = uuid4()
    first = send(key)
    settings.SECRET_KEY = NEW
    again = send(key)
    assert again.again
    assert (again.number, again.token) == (first.number, "")
    words = receipt_page(browser, key).content.decode()
    assert first.number in words
    assert "The query code cannot be shown again" in words
    assert '<p class="quiet">Query code</p>' not in words
    assert browser.client.get("/report/receipt/qr.svg").status_code == 200
    kept = {"number": first.number, "code": first.token}
    assert browser.post("/r/", kept).status_code == 302, "the first receipt still opens the case"
