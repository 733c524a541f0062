"""Standard texts: in every language, offered in the reporter's and named in the chooser's."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files

import pytest

from onegrid.accounts.terms import Role
from onegrid.cases import queries
from onegrid.cases.actions.parts import MIN_ANSWER
from onegrid.cases.models import Case, StandardText
from onegrid.core.flow import Action
from tests.county import STARTED, Town, county, make_town, report

LANGUAGES = {"zh-hans", "zh-hant", "en"}


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    now = STARTED
    with county(now):
        yield make_town(now)


def case_in(town: Town, language: str, category: str = "water.leak") -> Case:
    case_id = report(town, category=category).case_id
    Case.objects.filter(pk=case_id).update(language=language)
    return Case.objects.get(pk=case_id)


def test_every_text_of_the_starter_set_exists_in_every_language() -> None:
    found: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    lines = (files("onegrid.starter") / "texts.csv").read_text("utf-8").splitlines()
    for row in csv.DictReader(lines):
        assert set(row) == {"code", "action", "category", "language", "title", "body"}, row
        assert len(row["title"]) <= 60 and len(row["body"]) >= MIN_ANSWER
        found[row["code"]][row["language"]] = (row["action"], row["category"])
    for code, languages in found.items():
        assert set(languages) == LANGUAGES, code
        assert len(set(languages.values())) == 1, code
    now = {code for code, rows in found.items() if rows["en"][0] == Action.ANSWER_NOW}
    assert len(now) >= 15


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_texts_are_in_the_language_of_the_reporter(town: Town, language: str) -> None:
    case = case_in(town, language)
    found = queries.standard_texts(
        town.viewer(Role.DISPATCHER), case=case, action=Action.ANSWER_NOW
    )
    assert {row.language for row in found} == {language}
    assert found[0].code == "now-leak" and case.address in found[0].body
    assert not {"now-heat", "now-social"} & {row.code for row in found}


def test_whoever_chooses_reads_titles_in_their_own_language(town: Town) -> None:
    case = case_in(town, "en")
    row = queries.standard_texts(town.viewer(Role.DISPATCHER), case=case, action=Action.ANSWER_NOW)[
        0
    ]
    assert (row.title, row.body[:5]) == ("停水说明 (English)", "Hello")
    reader = replace(town.viewer(Role.DISPATCHER), language="en")
    row = queries.standard_texts(reader, case=case, action=Action.ANSWER_NOW)[0]
    assert row.title == "Water cut off"


def test_a_text_that_lacks_the_language_is_offered_in_the_nearest(town: Town) -> None:
    StandardText.objects.filter(code="now-leak").exclude(language="zh-hans").delete()
    for language in ("zh-hant", "en"):
        found = queries.standard_texts(
            town.viewer(Role.DISPATCHER), case=case_in(town, language), action=Action.ANSWER_NOW
        )
        assert (found[0].code, found[0].language) == ("now-leak", "zh-hans")


def test_a_text_that_is_switched_off_is_not_offered(town: Town) -> None:
    StandardText.objects.filter(code="now-leak").update(is_active=False)
    found = queries.standard_texts(
        town.viewer(Role.DISPATCHER), case=case_in(town, "zh-hans"), action=Action.ANSWER_NOW
    )
    assert found and "now-leak" not in {row.code for row in found}
