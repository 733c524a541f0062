"""Pages of the lists of duties, the routing rules, the law, and the reports about them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.duties import queries
from tests.county import Town, doing, report
from tests.web.staff import browser, forward, travel, words

ADMIN = Role.SYSTEM_ADMIN
GOOD = "list,code,heading,title,basis,owner\nstreet,S-1,市容,占道劝导,某条例,urban_management\n"
BAD = GOOD + "street,S-2,市容,绿化,某条例,no_such_unit\n"


def uploaded(client: Any, text: str) -> Any:
    file = SimpleUploadedFile("清单.csv", text.encode(), "text/csv")
    return client.post("/admin/duties/check/", {"file": file})


def signed(page: Any) -> str:
    return str(page.context["signed"])


def test_a_list_is_checked_before_it_is_brought_in_and_taken_back_afterwards(town: Town) -> None:
    admin = browser(town, ADMIN)
    with travel(town.now):
        page = uploaded(admin, BAD)
        assert not queries.lists()
        assert "no_such_unit" in words(page)
        done = admin.post(
            "/admin/duties/bring-in/",
            {"signed": signed(page), "name": "list-1", "source": "县编办"},
        )
        assert done.status_code == 302
        row = queries.lists()[0]
        assert (row.version, row.source) == (1, "县编办")
        assert [item.code for item in queries.items_of(row.id)] == ["S-1"]
        assert "县编办" in words(admin.get("/admin/duties/"))
        admin.post("/admin/duties/undo/", {"batch": "list-1"})
    assert not queries.lists()


def test_a_file_that_was_tampered_with_or_is_missing_is_refused(town: Town) -> None:
    admin = browser(town, ADMIN)
    with travel(town.now):
        page = uploaded(admin, GOOD)
        changed = admin.post("/admin/duties/bring-in/", {"signed": signed(page) + "x", "name": "a"})
        none = admin.post("/admin/duties/check/", {})
        twice = admin.post("/admin/duties/undo/", {"batch": "nothing"})
    assert (changed.status_code, none.status_code, twice.status_code) == (422, 422, 404)
    assert not queries.lists()


def test_two_versions_are_compared_and_exported_to_be_brought_in_again(town: Town) -> None:
    admin = browser(town, ADMIN)
    with travel(town.now):
        page = uploaded(admin, GOOD)
        admin.post("/admin/duties/bring-in/", {"signed": signed(page), "name": "one"})
    with travel(town.now + timedelta(days=2)):
        admin = browser(town, ADMIN)
        page = uploaded(admin, GOOD.replace("占道劝导", "占道巡查"))
        admin.post("/admin/duties/bring-in/", {"signed": signed(page), "name": "two"})
        compared = words(admin.get("/admin/duties/compare/?kind=street&a=1&b=2"))
        assert "占道劝导" in compared and "占道巡查" in compared
        assert admin.get("/admin/duties/compare/?kind=street&a=1&b=9").status_code == 404
        sent = admin.get("/admin/duties/street/2.xlsx")
        cells = list(load_workbook(BytesIO(sent.content)).active.iter_rows(values_only=True))
        assert cells[1][:6] == ("street", "S-1", "市容", "占道巡查", "某条例", "urban_management")
        again = admin.post(
            "/admin/duties/check/", {"file": SimpleUploadedFile("again.xlsx", sent.content)}
        )
    assert [one.code for one in again.context["table"].problems] == ["duty.early"]


def test_everybody_reads_the_lists_and_the_invented_one_says_so(listed: Town) -> None:
    from django.test import Client

    with travel(listed.now):
        page = Client().get("/duties/?q=占道")
        everything = Client().get("/duties/")
    assert page.content.decode().count("<tr>") == 2
    assert "S-09-04" in words(page)
    assert everything.content.decode().count('scope="row"') == 138


def test_the_law_is_read_by_article_and_changed_by_a_new_version(town: Town) -> None:
    from django.test import Client

    admin = browser(town, ADMIN)
    rule = next(row for row in queries.law_rules() if row.parameter == "reopen_days")
    later = (town.now + timedelta(days=10)).date()
    with travel(town.now):
        assert "潍坊市12345政务服务便民热线条例" in words(Client().get("/law/"))
        fields = {"rule": str(rule.id), "text": "结案后十五天内可以申请重开。", "amount": "15"}
        bad = admin.post("/admin/law/", {**fields, "valid_from": "soon"})
        assert bad.status_code == 422 and "十五天" in bad.content.decode()
        done = admin.post("/admin/law/", {**fields, "valid_from": later.isoformat()})
        assert done.status_code == 302
        page = words(Client().get("/law/"))
    assert "十五天" in page and "三十天" in page
    rows = [row for row in queries.law_rules() if row.parameter == "reopen_days"]
    assert [(row.version, row.amount, row.valid_to) for row in rows] == [
        (1, 30, later),
        (2, 15, None),
    ]


def drafted(admin: Any, *rules: dict[str, str]) -> None:
    admin.post("/admin/routing/", {"do": "begin"})
    for rule in rules:
        assert admin.post("/admin/routing/", {"do": "save", **rule}).status_code == 302


def test_rules_are_ordered_tried_on_past_cases_and_only_then_published(town: Town) -> None:
    case = forward(town, until="dispatched", unit="urban_management")
    admin = browser(town, ADMIN)
    first = {"target": "community", "why": "先由社区核实"}
    second = {"target": "category", "why": "按分类"}
    with travel(town.now + timedelta(hours=1)):
        drafted(admin, first, second)
        assert admin.post("/admin/routing/", {"do": "publish"}).status_code == 409
        tried = admin.post("/admin/routing/", {"do": "try"})
        assert [(row.number, row.rule) for row in tried.context["trial"].elsewhere] == [
            (case.number, 1)
        ]
        admin.post("/admin/routing/", {"do": "up:2"})
        draft = queries.draft_book()
        assert draft is not None and draft.tried_at is None
        assert [row.why for row in draft.rules] == ["按分类", "先由社区核实"]
        admin.post("/admin/routing/", {"do": "try"})
        assert admin.post("/admin/routing/", {"do": "publish"}).status_code == 302
        live = queries.live_book()
        assert live is not None and (live.version, live.tried_cases) == (1, 1)
        drafted(admin, {"target": "street", "why": "再报街道"})
        assert len(queries.live_book().rules) == 2  # type: ignore[union-attr]
        assert admin.get("/admin/routing/1/").status_code == 200
        assert admin.get("/admin/routing/9/").status_code == 404


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"target": "unit", "why": "没有单位"}, "unit"),
        ({"target": "community", "why": ""}, "why"),
        ({"target": "moon", "why": "x"}, "target"),
        ({"target": "community", "why": "x", "item": "S-0"}, "item"),
        ({"target": "community", "why": "x", "hours": "inside"}, "hours"),
        ({"target": "community", "why": "x", "area": "zzz"}, "area"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_what_was_typed(
    town: Town, rule: dict[str, str], field: str
) -> None:
    admin = browser(town, ADMIN)
    with travel(town.now):
        drafted(admin)
        page = admin.post("/admin/routing/", {"do": "save", **rule})
    assert page.status_code == 422
    assert page.context["errors"][0]["field"] == field
    assert page.context["typed"]["why"] == rule["why"]
    assert queries.draft_book().rules == ()  # type: ignore[union-attr]


def test_s19_the_share_of_work_in_and_out_of_the_list_is_shown_by_unit(
    listed: Town,
) -> None:
    for item in ("S-09-04", "S-09-04", "C-07", ""):
        receipt = report(listed, category="order.stalls", text="校门口摊贩占道")
        actions.start_triage(case_id=receipt.case_id, doing=doing(listed, Role.COMMUNITY_CLERK))
        actions.classify(
            case_id=receipt.case_id, doing=doing(listed, Role.COMMUNITY_CLERK),
            case_class="general", category_code="order.stalls", item_code=item,
        )  # fmt: skip
        actions.dispatch(
            case_id=receipt.case_id, doing=doing(listed, Role.COMMUNITY_CLERK),
            unit_id=listed.units["urban_management"],
        )  # fmt: skip
    desk = browser(listed, Role.SUPERVISOR)
    with travel(listed.now + timedelta(hours=1)):
        page = desk.get("/desk/duties/")
        sent = desk.get("/desk/duties/shares.xlsx")
    row = page.context["shares"][0]
    assert (row.cases, row.own, row.others, row.no_item, row.percent) == (4, 2, 1, 1, 50.0)
    cells = list(load_workbook(BytesIO(sent.content)).active.iter_rows(values_only=True))
    assert cells[1][1:] == (4, 2, 1, 1, 50)


def test_s21_and_s22_the_report_shows_who_still_asks_and_what_was_pushed_down(
    listed: Town,
) -> None:
    report(listed, category="people.social", text="县民政局让我开贫困证明")
    case = report(listed, category="order.stalls", text="校门口摊贩占道")
    clerk = doing(listed, Role.COMMUNITY_CLERK)
    actions.start_triage(case_id=case.case_id, doing=clerk)
    actions.classify(
        case_id=case.case_id, doing=doing(listed, Role.COMMUNITY_CLERK), case_class="general",
        category_code="order.stalls", item_code="S-09-04",
    )  # fmt: skip
    actions.dispatch(
        case_id=case.case_id, doing=doing(listed, Role.COMMUNITY_CLERK), text="请先劝导",
        unit_id=listed.units["community-C1"], pushed_item="C-07",
    )  # fmt: skip
    desk = browser(listed, Role.DISPATCHER)
    with travel(listed.now + timedelta(hours=1)):
        page = desk.get("/desk/duties/?days=30")
        sent = desk.get("/desk/duties/certificates.xlsx")
    assert [(row.item, row.by, row.reason) for row in page.context["pushed"]] == [
        ("S-09-04", "C-07", "请先劝导")
    ]
    asked = page.context["certificates"][0]
    assert (asked.title, asked.asked, asked.months, asked.units) == (
        "贫困证明", 1, {"2026-03": 1}, (("县民政局", 1),),
    )  # fmt: skip
    assert load_workbook(BytesIO(sent.content)).active["B2"].value == "贫困证明"


def test_s21_the_check_page_shows_what_to_use_before_anything_is_sent(
    listed: Town,
    browser_of_a_resident: Any,
) -> None:
    page = browser_of_a_resident.walk(text="银行让我去社区开单身证明")
    assert [row.code for row in page.context["certificates"]] == ["Z-01"]
    assert "书面承诺" in words(page)
    assert browser_of_a_resident.send().status_code == 200
    plain = browser_of_a_resident.walk(text="楼下水管漏水")
    assert not plain.context["certificates"]


@pytest.fixture
def browser_of_a_resident(listed: Town) -> Any:
    from django.core.cache import cache

    from tests.web.conftest import Browser

    cache.clear()
    with travel(listed.now):
        yield Browser(listed)
    cache.clear()


def test_the_pages_of_administrators_belong_to_the_system_administrator(town: Town) -> None:
    for role in (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.DISPATCHER):
        client = browser(town, role)
        for path in ("/admin/duties/", "/admin/routing/", "/admin/law/"):
            assert client.get(path).status_code == 403, (role, path)
