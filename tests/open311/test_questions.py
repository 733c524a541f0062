"""E6: further questions per category, asked on the pages, kept with the case, seen on the desk."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, queries
from onegrid.cases.actions import questions as asking
from onegrid.cases.models import Case, QuestionAnswer
from onegrid.cases.queries.answers import answers
from onegrid.common.refusals import Invalid
from onegrid.core.questions import BadAnswer, Choice, Datatype, Misfit, Question, read_all
from tests.conftest import MONDAY
from tests.county import COUNTY, Town, middle
from tests.web.conftest import Browser
from tests.web.staff import browser as staff

HOLE = Question("depth", Datatype.NUMBER, "坑多深？", "How deep?", "厘米", "cm", required=True)


def said(**answers: list[str]) -> dict[str, list[str]]:
    return answers


def open_case(town: Town, category: str, answers: dict[str, list[str]] | None) -> Case:
    lon, lat = middle(0, 0)
    receipt = actions.open_case(
        viewer=Viewer.anonymous(COUNTY),
        request=actions.Request(
            text="路面有个坑",
            place=actions.Place(lon=lon, lat=lat),
            category_code=category,
            answers=answers,
        ),
        now=town.now,
        key=uuid4(),
    )
    return Case.objects.get(pk=receipt.case_id)


def test_e6_answers_to_the_questions_of_a_category_are_kept_and_read_in_words(town: Town) -> None:
    case = open_case(town, "traffic.road", said(depth=["12.5"], harm=["walk", "cycle"]))
    clerk = town.viewer(Role.COMMUNITY_CLERK)
    view = queries.case_by_number(clerk, number=case.number, now=town.now)
    assert [(row.question, row.answer) for row in answers(clerk, view=view)] == [
        ("坑大约多深？", "12.5"),
        ("谁有危险？", "行人、骑车人"),
    ]


@pytest.mark.parametrize(
    ("given_answers", "code"),
    [
        (said(depth=["tief"]), "question.number"),
        (said(depth=["nan"]), "question.number"),
        (said(depth=["1", "2"]), "question.many"),
        (said(harm=["moon"]), "question.choice"),
        (said(colour=["red"]), "question.unknown"),
    ],
)
def test_e6_an_answer_that_does_not_fit_names_its_field_and_opens_nothing(
    town: Town, given_answers: dict[str, list[str]], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        open_case(town, "traffic.road", given_answers)
    assert refused.value.code == code
    assert refused.value.field == f"q-{next(iter(given_answers))}"


def test_e6_a_needed_answer_is_asked_for_where_questions_are_asked_only(town: Town) -> None:
    asking.define_question(category="traffic.road", question=HOLE)
    with pytest.raises(Invalid) as refused:
        open_case(town, "traffic.road", {})
    assert refused.value.field == "q-depth"
    open_case(town, "traffic.road", None)
    asking.retire_question(category="traffic.road", code="depth")
    open_case(town, "traffic.road", {})


def test_e6_a_group_asks_for_all_of_its_members(town: Town) -> None:
    question = Question("where", Datatype.STRING, "哪条路？", "Which road?")
    asking.define_question(category="traffic", question=question)
    case = open_case(town, "traffic.road", said(where=["东街"], depth=["3"]))
    assert QuestionAnswer.objects.filter(case=case).count() == 2


@pytest.mark.parametrize(
    "question",
    [
        Question("x y", Datatype.STRING, "?"),
        Question("x", Datatype.STRING, ""),
        Question("x", Datatype.ONE, "?"),
        Question("x", Datatype.STRING, "?", choices=(Choice("a", "A"),)),
        Question("x", Datatype.MANY, "?", choices=(Choice("a", "A"), Choice("a", "B"))),
    ],
)
def test_e6_a_question_that_cannot_be_asked_is_refused(town: Town, question: Question) -> None:
    with pytest.raises(Invalid):
        asking.define_question(category="traffic.road", question=question)


def test_e6_the_report_asks_and_the_desk_shows_the_answers(browser: Browser) -> None:
    lon, lat = middle(0, 0)
    asking.define_question(category="traffic.road", question=HOLE)
    browser.get("/report/")
    browser.post("/report/", {"category": "traffic.road"})
    browser.post("/report/where/", {"lon": str(lon), "lat": str(lat), "system": "wgs84"})
    page = browser.get("/report/describe/").content.decode()
    assert "坑多深？" in page and 'name="q-harm"' in page and 'name="q-depth"' in page
    refused = browser.post("/report/describe/", {"text": "路面有坑", "q-harm": ["walk"]})
    assert refused.status_code == 422
    told = refused.content.decode()
    assert 'href="#f-q-depth"' in told
    assert 'value="walk" checked' in told and "路面有坑" in told
    browser.post("/report/describe/", {"text": "路面有坑", "q-depth": "30", "q-harm": ["walk"]})
    browser.post("/report/who/", {"who": "anonymous"})
    checked = browser.get("/report/check/").content.decode()
    assert "坑多深？" in checked and "30" in checked and "行人" in checked
    browser.send()
    case = Case.objects.get()
    clerk = staff(browser.town, Role.COMMUNITY_CLERK)
    desk = clerk.get(f"/desk/case/{case.number}/").content.decode()
    assert "坑多深？" in desk and "行人" in desk


def test_e6_another_category_on_the_last_page_asks_its_needed_question(browser: Browser) -> None:
    asking.define_question(category="traffic.road", question=HOLE)
    browser.walk()
    browser.post("/report/check/", {"category": "traffic.road"})
    assert browser.get("/report/check/").url == "/report/describe/"


LIST = Question("c", Datatype.MANY, "?", choices=(Choice("a", "A"), Choice("b", "B")))
TIME = Question("t", Datatype.DATETIME, "?")


@given(st.dictionaries(st.sampled_from("nctx"), st.lists(st.text(max_size=6), max_size=3)))
def test_e6_whatever_is_answered_is_kept_as_it_is_read_again_or_refused(
    given_answers: dict[str, list[str]],
) -> None:
    asked = (Question("n", Datatype.NUMBER, "?"), LIST, TIME, Question("x", Datatype.TEXT, "?"))
    try:
        kept = read_all(asked, given_answers, zone=MONDAY.tzinfo)  # type: ignore[arg-type]
    except BadAnswer as refused:
        assert refused.misfit in Misfit and refused.code in given_answers
        return
    assert read_all(asked, kept, zone=MONDAY.tzinfo) == kept  # type: ignore[arg-type]
