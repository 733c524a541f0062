"""Every page, for everybody who can open it: axe, console, policy, hosts, words, 320 pixels."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse

from tests.browser.conftest import Visits
from tests.browser.looking import Watch

TABLE = Path(__file__).parents[1] / "web" / "routes.csv"
PEOPLE = (
    "anonymous", "resident", "newcomer", "grid_worker", "community_clerk", "community_secretary",
    "unit_member", "unit_head", "street_officer", "dispatcher", "callback_agent", "supervisor",
    "system_admin", "security_admin", "audit_admin",
)  # fmt: skip
#: Answers that are no pages: data for scripts, files, pictures, fragments.
NO_PAGE = re.compile(
    r"^(api:|open311:|exchange:|map_|healthz|readyz|set_language)|:(board_)?points?$"
    r"|:(text|file|receipt_qr|report_photo|feed|letter|duty_shares|certificates)$"
    r"|csv|table|template|export|download|login_webauthn|call_qr|call_photo|estate_photo"
    r"|:plan_(around|homes|today|shape|progress|picture|sentence)$"
)
#: Pages that are reached by links from others.
REACHED = re.compile(
    r"(:(account|person|call|call_code|roster|roster_print|roster_bring|service_log)|handbook_page)$"
    r"|:plan(_change|_grid|_leaflets|_handover|_handover_print|_movers)?$"
    r"|:estate(_print|_edit|_step|_say|_work)?$"
)
#: Pages that look alike for everybody are looked at as these.
SHARED = {"public": "anonymous", "account": "dispatcher"}
#: Pages in the language of those who write programs.
ENGLISH = {"api_reference"}
#: Every state of a case, as the one who sees the most of it.
STATES = {"dispatcher": "/desk/case/{}/", "resident": "/my/{}/"}
Known = dict[str, set[str]]


@pytest.fixture(scope="module")
def known() -> Known:
    """Pages by how they are built, so that none is measured twice."""
    return {"built": set()}


def column(person: str) -> str:
    return "unverified_staff" if person == "newcomer" else person


def kind_of(name: str) -> str:
    if name.startswith(("account_", "mfa_")):
        return "account"
    return "own" if re.match("(desk|worker|admin|resident):", name) else "public"


def first_addresses(visits: Visits, person: str) -> Iterator[tuple[str, str]]:
    """Yield name and address of what the table of routes lets this person read."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        names = [
            r["route"]
            for r in csv.DictReader(file)
            if (r["method"], r[column(person)]) == ("GET", "200")
        ]
    number = visits.site.cases["in_progress"]
    values: dict[str, list[str]] = {
        "public:report_group": ["water"], "worker:case": [number], "desk:case": [number],
        "resident:case": [number], "published:confirm": ["a" * 43], "published:leave": ["a" * 43],
    }  # fmt: skip
    for name in names:
        if NO_PAGE.search(name) or REACHED.search(name):
            continue
        yield name, reverse(name, args=values.get(name, []))


def addresses(visits: Visits, person: str) -> Iterator[tuple[str, str]]:
    for name, path in first_addresses(visits, person):
        if SHARED.get(kind_of(name), person) == person or person == "newcomer":
            yield name, path
    for state, number in visits.site.cases.items():
        if person in STATES and state not in {"elsewhere", "elsewhere_code"}:
            yield f"{state} case", STATES[person].format(number)


def links(watch: Watch) -> Iterator[tuple[str, str]]:
    """Yield name and address of every link of the page that leads to this server."""
    for href in watch.page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href)"):
        parts = urlsplit(href)
        if parts.netloc != watch.own or parts.path.startswith("/static/"):
            continue
        try:
            yield resolve(parts.path).view_name, f"{parts.path}?{parts.query}".rstrip("?")
        except Resolver404:
            yield "nowhere", parts.path


def looked_at(watch: Watch, name: str, known: Known) -> list[str]:
    """Return what is wrong with the open page."""
    wrong = watch.complaints()
    if name not in ENGLISH:
        wrong += [f"not translated: {text[:80]}" for text in watch.english()]
    build = watch.build()
    if build in known["built"]:
        return wrong
    known["built"].add(build)
    wrong += [f"axe: {one}" for one in watch.axe()]
    watch.scheme("dark")
    wrong += [f"axe in the dark: {one}" for one in watch.axe(["color-contrast"])]
    watch.scheme("light")
    watch.page.set_viewport_size({"width": 320, "height": 640})
    wrong += [f"wider than 320 px: {one}" for one in [watch.too_wide()] if one]
    watch.page.set_viewport_size({"width": 1280, "height": 800})
    return wrong


@pytest.mark.parametrize("person", PEOPLE)
def test_every_page_is_sound(visits: Visits, known: Known, person: str) -> None:
    role = "" if person == "anonymous" else person
    watch = Watch.on(visits.context(role, 1280), visits.site.url)
    waiting = list(addresses(visits, person))
    seen, wrong = {name for name, _ in waiting}, []
    assert waiting
    for name, path in waiting:
        status = watch.open(path)
        found = looked_at(watch, name, known)
        if status >= 400:
            found.append(f"status {status}")
        wrong += [f"{path}: {one}" for one in found]
        for there, address in links(watch):
            shared = SHARED.get(kind_of(there), person)
            if there in seen or NO_PAGE.search(there) or shared != person:
                continue
            seen.add(there)
            waiting.append((there, address))
    if wrong:
        pytest.fail("\n".join(dict.fromkeys(wrong)), pytrace=False)


@pytest.mark.parametrize(
    ("person", "names"),
    [
        (
            "",
            ["home", "public:report", "public:report_contact", "promises", "law", "published:list"],
        ),
        (
            "dispatcher",
            ["desk:queue", "desk:intake", "desk:board", "desk:supervision", "desk:rosters", "CASE"],
        ),
    ],
)
def test_pages_in_english_are_sound_too(visits: Visits, person: str, names: list[str]) -> None:
    """English words are longer than Chinese ones: what fits in one may stick out in the other."""
    watch = Watch.on(visits.context(person, 1280, locale="en-GB"), visits.site.url)
    case = reverse("desk:case", args=[visits.site.cases["in_progress"]])
    wrong: list[str] = []
    for name in names:
        path = case if name == "CASE" else reverse(name)
        assert watch.open(path) == 200
        assert watch.page.locator("html").get_attribute("lang") == "en"
        watch.page.set_viewport_size({"width": 320, "height": 640})
        found = [f"wider than 320 px: {one}" for one in [watch.too_wide()] if one]
        watch.page.set_viewport_size({"width": 1280, "height": 800})
        found += [f"axe: {one}" for one in watch.axe()]
        wrong += [f"{path}: {one}" for one in [*found, *watch.complaints()]]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
