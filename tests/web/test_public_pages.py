"""Pages without a question: first page, limits, language and display, every page in two languages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from onegrid.accounts.terms import Role
from onegrid.cases.models import SlaPolicy
from tests.county import report
from tests.web.conftest import Browser

OPEN = (
    "/",
    "/limits/",
    "/help/",
    "/privacy/",
    "/accessibility/",
    "/r/",
    "/report/",
    "/report/what/water/",
    "/report/where/",
    "/report/where/list/",
    "/report/describe/",
    "/report/who/",
)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("path", OPEN)
def test_every_open_page_shows_in_each_language(browser: Browser, path: str, language: str) -> None:
    response = browser.get(path, headers={"accept-language": language})
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_answers_receipt_and_case_show_in_each_language(browser: Browser, language: str) -> None:
    browser.client.cookies["language"] = language
    pages = [browser.walk(), browser.send()]
    pages.append(browser.get(f"/r/{pages[1].context['receipt'].number}/"))
    browser.sign_in(Role.RESIDENT)
    receipt = report(browser.town)
    pages += [browser.get("/my/"), browser.get(f"/my/{receipt.number}/")]
    for page in pages:
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.content.decode()


def test_the_first_page_takes_its_promises_from_the_policies(browser: Browser) -> None:
    shown = browser.get("/").context["promised"]
    assert [(row.number, row.case_class) for row in shown] == [
        (1, "general"),
        (1, "major"),
        (1, "complex"),
    ]
    assert browser.get("/").context["legal"].number == 5
    from onegrid.cases import reference

    SlaPolicy.objects.filter(clock="solution", case_class="general").update(minutes=120)
    reference.policies.clear()
    assert browser.get("/").context["promised"][0].number == 2


def test_a_promise_that_is_over_is_not_shown(browser: Browser) -> None:
    from onegrid.cases import reference

    SlaPolicy.objects.filter(clock="legal").update(valid_to=date(2026, 1, 1))
    reference.policies.clear()
    assert browser.get("/").context["legal"] is None


def test_public_counts_below_five_are_not_shown(browser: Browser) -> None:
    from onegrid.common.tenant_cache import clear_all

    for _ in range(4):
        report(browser.town)
    assert browser.get("/").context["figures"].opened is None
    report(browser.town)
    report(browser.town, at=browser.town.now - timedelta(days=40))
    clear_all()
    assert browser.get("/").context["figures"].opened == 5


def test_elder_view_and_theme_are_kept_without_javascript(browser: Browser) -> None:
    response = browser.client.post("/display/", {"elder": "1", "theme": "dark", "next": "/limits/"})
    assert response.url == "/limits/"
    page = browser.get("/limits/").content.decode()
    assert "data-elder" in page and 'data-theme="dark"' in page
    browser.client.post("/display/", {"elder": "0"})
    assert "data-elder" not in browser.get("/limits/").content.decode()


def test_display_leads_to_no_other_site(browser: Browser) -> None:
    response = browser.client.post("/display/", {"elder": "1", "next": "https://example.org/"})
    assert response.url == "/"


def test_the_language_is_set_by_a_form(browser: Browser) -> None:
    browser.client.post("/i18n/set", {"language": "en", "next": "/"})
    assert '<html lang="en"' in browser.get("/").content.decode()


@pytest.mark.parametrize("path", ["/report/restart/", "/report/photos/drop/", "/display/"])
def test_what_changes_something_takes_posts_only(browser: Browser, path: str) -> None:
    assert browser.client.get(path).status_code == 405


def test_a_form_of_another_site_is_refused_in_words(town: Any, db: None) -> None:
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/report/", {"category": ""})
    assert response.status_code == 403
    assert b"<h1>" in response.content
