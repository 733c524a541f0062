"""The handbook: one page for each role in two languages, short enough for one sheet of A4."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from onegrid.accounts.terms import Role
from onegrid.web.public.handbook import folder
from tests.county import Town
from tests.web.staff import browser, words


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("ending", "most"), [(".md", 900), (".en.md", 2600)])
def test_every_role_has_a_page_that_fits_on_one_sheet(role: Role, ending: str, most: int) -> None:
    text = (folder() / f"{role.value}{ending}").read_text("utf-8")
    headings = re.findall(r"^## .+", text, flags=re.M)
    assert text.startswith("# ") and len(headings) >= 3
    assert 300 < len(text) < most
    assert len(text.splitlines()) <= 45


def test_no_page_belongs_to_no_role() -> None:
    names = {path.name.split(".")[0] for path in folder().glob("*.md")}
    assert names == set(Role.values)


@pytest.mark.parametrize("role", Role)
def test_a_page_is_shown_in_the_readers_language(town: Town, role: Role) -> None:
    chinese = Client(headers={"accept-language": "zh-hans"}).get(f"/help/handbook/{role.value}/")
    english = Client(headers={"accept-language": "en"}).get(f"/help/handbook/{role.value}/")
    assert chinese.status_code == english.status_code == 200
    assert "<h1>" in chinese.content.decode() and 'lang="zh-Hans"' in chinese.content.decode()
    assert "Handbook for" in words(english)


def test_desks_lead_to_the_handbook_of_their_role(town: Town) -> None:
    for role, desk in ((Role.DISPATCHER, "/desk/"), (Role.GRID_WORKER, "/work/")):
        client = browser(town, role)
        assert "/help/handbook/" in client.get(desk).content.decode()
        first = re.search(r"/help/handbook/(\w+)/", client.get("/help/handbook/").content.decode())
        assert first is not None and first.group(1) == role.value


def test_there_is_no_page_for_an_unknown_role(town: Town) -> None:
    assert Client().get("/help/handbook/mayor/").status_code == 404
