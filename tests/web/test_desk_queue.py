"""Several cases at once, kept filters, Excel and paper."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import openpyxl

from onegrid.accounts.terms import Role
from onegrid.cases.models import Case, SavedFilter, Step
from onegrid.cases.queries import Sheet
from onegrid.cases.queries.rows import hide
from onegrid.web.desk.export import workbook
from onegrid.web.sheets import guarded
from tests.county import Town, middle
from tests.web.staff import browser, forward, travel, words

LATER = timedelta(minutes=30)


def state(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def test_several_cases_are_dispatched_at_once_and_each_is_answered_for(town: Town) -> None:
    ready = [forward(town, until="classified") for _ in range(2)]
    early = forward(town, until="registered")
    form = {
        "key": str(uuid4()),
        "do": "dispatch",
        "unit": str(town.units["water_bureau"]),
        "case": [str(case.pk) for case in (*ready, early)],
    }
    client = browser(town, Role.DISPATCHER)
    with travel(town.now + LATER):
        first = client.post("/desk/bulk/", form)
        client.post("/desk/bulk/", form)
    assert [state(case) for case in ready] == ["dispatched", "dispatched"]
    assert state(early) == "registered"
    assert all(case.number in first.content.decode() for case in (*ready, early))
    dispatched = Step.objects.filter(action="dispatch", case_id__in=[case.pk for case in ready])
    assert dispatched.count() == 2


def test_a_case_of_others_among_several_is_left_alone(town: Town) -> None:
    mine = forward(town, until="registered")
    theirs = forward(town, until="registered", point=middle(0, 1))
    form = {"key": str(uuid4()), "do": "start_triage", "case": [str(mine.pk), str(theirs.pk)]}
    with travel(town.now + LATER):
        page = browser(town, Role.COMMUNITY_CLERK).post("/desk/bulk/", form)
    assert (state(mine), state(theirs)) == ("triage", "registered")
    assert theirs.number not in page.content.decode()
    assert theirs.title not in words(page).replace(mine.title, "", 1)


def test_dispatching_without_a_unit_changes_nothing(town: Town) -> None:
    case = forward(town, until="classified")
    form = {"key": str(uuid4()), "do": "dispatch", "case": [str(case.pk)]}
    with travel(town.now + LATER):
        browser(town, Role.DISPATCHER).post("/desk/bulk/", form)
    assert state(case) == "classified"


def test_an_export_has_the_cases_of_the_filter_and_no_formula(town: Town) -> None:
    evil = forward(town, until="registered", text='=HYPERLINK("http://x";"y")')
    forward(town, until="triage")
    with travel(town.now + LATER):
        sent = browser(town, Role.COMMUNITY_CLERK).get("/desk/export/?which=all&state=registered")
    book = openpyxl.load_workbook(BytesIO(sent.content))
    rows = list(book.active.iter_rows())
    assert [row[0].value for row in rows[1:]] == [evil.number]
    cells = [cell for row in rows for cell in row]
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
    assert rows[1][1].value.startswith("'=")


def test_an_export_holds_only_what_the_viewer_may_see_and_no_phone(town: Town) -> None:
    mine = forward(
        town, until="registered", text="请打13812345678联系我家漏水", phone="13812345678"
    )
    theirs = forward(town, until="registered", point=middle(0, 1))
    with travel(town.now + LATER):
        sent = browser(town, Role.COMMUNITY_CLERK).get("/desk/export/?which=all")
    rows = openpyxl.load_workbook(BytesIO(sent.content)).active.iter_rows(values_only=True)
    text = "\n".join(str(value) for row in rows for value in row)
    assert mine.number in text
    assert theirs.number not in text
    assert "13812345678" not in text


def test_an_export_leaves_out_the_titles_of_confidential_cases_only(town: Town) -> None:
    secret = forward(town, until="registered", text="举报有人倾倒垃圾，请保密")
    plain = forward(town, until="registered", text="路灯不亮，晚上看不清路")
    Case.objects.filter(pk=secret.pk).update(confidential=True)
    with travel(town.now + LATER):
        sent = browser(town, Role.DISPATCHER).get("/desk/export/?which=all")
    rows = openpyxl.load_workbook(BytesIO(sent.content)).active.iter_rows(values_only=True)
    titles = {row[0]: row[1] for row in rows}
    assert not titles[secret.number]
    assert titles[plain.number] == plain.title


def test_a_sheet_that_was_cut_says_so(town: Town) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(Sheet(rows=(), total=9000), now=town.now)))
    words_in = [str(value) for row in book.active.iter_rows(values_only=True) for value in row]
    assert any("9000" in value for value in words_in)


def test_what_looks_like_a_formula_gets_an_apostrophe() -> None:
    for text in ("=1+1", "+1", "-1", "@x", "\t=1", "＝1", "  =1"):
        assert guarded(text) == f"'{text}"
    assert guarded("漏水 = 两天") == "漏水 = 两天"


def test_long_numbers_are_hidden_and_short_ones_are_not() -> None:
    assert hide("电话13812345678") == "电话138********"
    assert hide("身份证37072519900101123X") == "身份证370***************"
    assert hide("5号楼201室") == "5号楼201室"


def test_a_filter_is_kept_for_its_owner_alone(town: Town) -> None:
    mine, other = browser(town, Role.DISPATCHER), browser(town, Role.SUPERVISOR)
    with travel(town.now):
        for _ in range(2):
            mine.post(
                "/desk/filters/", {"name": "超期的水", "query": "mark=overdue&category=water"}
            )
        kept = SavedFilter.objects.get()
        gone = other.post(f"/desk/filters/{kept.pk}/delete/")
        page = mine.get("/desk/").content.decode()
        theirs = other.get("/desk/").content.decode()
    assert gone.status_code == 404
    assert "超期的水" in page
    assert "超期的水" not in theirs
    assert "/desk/?mark=overdue&amp;category=water" in page
    with travel(town.now):
        mine.post(f"/desk/filters/{kept.pk}/delete/")
    assert not SavedFilter.objects.exists()


def test_paper_shows_the_same_cases(town: Town) -> None:
    case = forward(town, until="registered")
    with travel(town.now):
        page = browser(town, Role.DISPATCHER).get("/desk/print/?which=open")
    assert case.number in page.content.decode()


def test_nonsense_in_the_address_is_left_out(town: Town) -> None:
    case = forward(town, until="registered")
    query = "which=x&state=x&unit=x&community=1&from=2026-99-99&page=-1&order=x&mark=x"
    with travel(town.now):
        page = browser(town, Role.DISPATCHER).get(f"/desk/?{query}")
    assert page.status_code == 200
    assert case.number in page.content.decode()
