from tests.browser.conftest import Visits
from playwright.sync_api import expect


def test_smoke(visits: Visits, shot):
    for role in ("resident", *visits.site.logins):
        page = visits.page(role)
        page.goto("/account/home/")
        print(role, page.url, page.title())
    page = visits.page("dispatcher")
    page.goto("/desk/?which=all")
    page.wait_for_timeout(3000)
    shot(page, "queue-1440")
    page = visits.page("", 390)
    page.goto("/")
    shot(page, "home-390")
