"""The language switch: the page at once, the account and its notices from then on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onegrid.accounts.models import User
from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.models import Case
from onegrid.notices.models import Outbox
from tests.county import doing, report
from tests.web.conftest import Browser

PHONE = "13800000001"


def language_of(browser: Browser, role: Role) -> str:
    return User.objects.get(pk=browser.town.users[role].pk).language


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.DISPATCHER])
def test_the_switch_changes_page_and_account(browser: Browser, role: Role) -> None:
    browser.sign_in(role)
    browser.client.post("/i18n/set", {"language": "en", "next": "/"})
    assert language_of(browser, role) == "en"
    browser.client.post("/i18n/set", {"language": "tlh", "next": "/"})
    assert language_of(browser, role) == "en", "an unknown language changes nothing"
    browser.client.get("/i18n/set?language=zh-hant")
    assert language_of(browser, role) == "en", "reading an address changes nothing"


def test_e32_notices_of_own_cases_follow_the_switch(browser: Browser) -> None:
    town = browser.town
    mine = report(town, phone=PHONE)
    other = report(town, by=None, phone="13900000002", text="别处的路灯不亮")
    browser.sign_in(Role.RESIDENT)
    browser.client.post("/i18n/set", {"language": "en", "next": "/"})
    for receipt in (mine, other):
        clerk, later = Role.COMMUNITY_CLERK, town.now + timedelta(minutes=1)
        actions.start_triage(case_id=receipt.case_id, doing=doing(town, clerk, later))
        actions.classify(
            case_id=receipt.case_id,
            doing=doing(town, clerk, later + timedelta(minutes=1)),
            case_class="general",
            category_code="water.leak",
        )
    told = {
        (row.recipient, row.template): row.language
        for row in Outbox.objects.filter(template__in=["case_received", "case_classified"])
    }
    assert told == {
        (PHONE, "case_received"): "zh-hans",
        (PHONE, "case_classified"): "en",
        ("13900000002", "case_received"): "zh-hans",
        ("13900000002", "case_classified"): "zh-hans",
    }


def test_a_visitor_changes_no_account_and_no_case(browser: Browser) -> None:
    receipt = report(browser.town, phone=PHONE)
    browser.client.post("/i18n/set", {"language": "en", "next": "/"})
    assert not User.objects.filter(language="en").exists()
    assert Case.objects.get(pk=receipt.case_id).language == "zh-hans"
