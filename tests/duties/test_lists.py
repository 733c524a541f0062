"""Lists of duties come in as versions, are compared, cited, and taken back."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from onegrid.cases.models import Case
from onegrid.common.refusals import Conflict, Invalid, NotFound
from onegrid.duties import importing, queries
from onegrid.duties.models import DutyItem, DutyList
from onegrid.duties.terms import ListKind
from tests.county import Town, report
from tests.duties.lists import LISTS, read

HEADER = list(importing.COLUMNS)
STALLS = ["street", "S-1", "市容", "占道经营的劝导", "某条例", "urban_management", "order.stalls", "占道", "", ""]  # fmt: skip
PATROL = ["社区", "C-1", "巡查", "楼道巡查", "某办法", "", "", "楼道", "", ""]
SINGLE = ["abolished", "Z-1", "婚姻", "婚姻状况证明", "某决定", "", "", "单身证明", "本人承诺", ""]


def made(*rows: list[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *rows])
    return out.getvalue().encode()


def brought(town: Town, *rows: list[str], name: str = "first", days: int = 0) -> None:
    table = importing.read(
        made(*rows), categories=frozenset({"order.stalls"}), now=town.now + timedelta(days=days)
    )
    assert not table.problems
    importing.bring_in(table.rows, name=name, now=town.now + timedelta(days=days))


def test_the_invented_lists_have_21_categories_95_items_23_matters_20_certificates(
    listed: Town,
) -> None:
    items = queries.items_in_force(on=listed.now.date(), kinds=ListKind.values)
    assert Counter(item.kind for item in items) == {"street": 95, "community": 23, "abolished": 20}
    assert len({item.heading for item in items if item.kind == "street"}) == 21
    assert all(row.is_demo for row in queries.lists())
    assert all(item.instead and item.words for item in items if item.kind == "abolished")
    assert all(item.basis and item.owner_name for item in items)


def test_a_new_version_takes_the_place_of_the_old_one_from_its_day_on(town: Town) -> None:
    today = town.now.date()
    brought(town, STALLS, PATROL)
    changed = [*STALLS[:3], "占道经营的巡查", *STALLS[4:]]
    brought(town, changed, name="second", days=30)
    first, second = queries.lists(kind="street")
    assert (first.version, first.valid_to, second.version) == (1, second.valid_from, 2)
    before = queries.item_by_code("S-1", on=today + timedelta(days=29))
    after = queries.item_by_code("S-1", on=today + timedelta(days=30))
    assert before is not None and after is not None
    assert (before.title, after.title) == ("占道经营的劝导", "占道经营的巡查")
    found = queries.compare(first, second)
    assert [(one.title, two.title) for one, two in found.changed] == [(before.title, after.title)]
    assert (found.added, found.gone, found.same) == ((), (), 0)
    assert queries.lists(kind="community")[0].valid_to is None


def test_the_same_list_again_makes_no_new_version(town: Town) -> None:
    brought(town, STALLS)
    table = importing.read(
        made(STALLS), categories=frozenset({"order.stalls"}), now=town.now + timedelta(days=1)
    )
    outcome = importing.bring_in(table.rows, name="again", now=town.now)
    assert (outcome.added, outcome.there_before) == (0, 1)
    assert len(queries.lists()) == 1 and len(queries.batches()) == 1


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (["city", *STALLS[1:]], "list", "row.choice"),
        ([*STALLS[:5], "no_such_unit", *STALLS[6:]], "owner", "duty.owner"),
        ([*STALLS[:6], "no.such", *STALLS[7:]], "categories", "duty.category"),
        ([*STALLS[:4], "", *STALLS[5:]], "basis", "row.empty"),
        ([*SINGLE[:8], "", ""], "instead", "duty.instead"),
        ([*SINGLE[:7], "", *SINGLE[8:]], "words", "duty.words"),
        ([*STALLS[:9], "2026-13-40"], "from", "row.date"),
    ],
)
def test_a_bad_row_is_named_with_row_column_and_remedy(
    town: Town, row: list[str], column: str, code: str
) -> None:
    table = read(town, made(PATROL, row))
    assert [(p.row, p.column, p.code) for p in table.problems] == [(3, column, code)]
    assert table.problems[0].remedy not in ("", code) and "%(" not in table.problems[0].remedy
    assert [good.code for good in table.rows] == ["C-1"]


def test_the_days_of_one_list_agree_and_come_after_the_version_in_force(town: Town) -> None:
    brought(town, STALLS)
    table = read(
        town, made([*STALLS[:9], "2025-01-01"], ["street", "S-2", *STALLS[2:9], "2025-02-01"])
    )
    assert [(p.row, p.code) for p in table.problems] == [(2, "duty.early"), (3, "duty.day")]


def test_a_code_of_another_list_is_refused(town: Town) -> None:
    brought(town, STALLS)
    table = read(town, made(["community", "S-1", *PATROL[2:]]))
    assert [p.code for p in table.problems] == ["duty.code_taken"]


def test_a_batch_is_taken_back_newest_first_and_the_version_before_holds_again(town: Town) -> None:
    brought(town, STALLS)
    brought(town, STALLS, ["street", "S-2", *STALLS[2:]], name="second", days=1)
    with pytest.raises(Conflict) as refused:
        importing.undo("first", now=town.now)
    assert refused.value.code == "duties.batch_older"
    assert importing.undo("second", now=town.now) == 2
    assert [row.version for row in queries.lists()] == [1]
    assert queries.lists()[0].valid_to is None
    with pytest.raises(NotFound):
        importing.undo("second", now=town.now)


def test_a_list_that_a_case_cites_is_not_taken_back(listed: Town) -> None:
    item = queries.item_by_code("S-09-04", on=listed.now.date())
    assert item is not None
    Case.objects.filter(pk=report(listed).case_id).update(item_id=item.id)
    with pytest.raises(Conflict) as refused:
        importing.undo("demo", now=listed.now)
    assert (refused.value.code, refused.value.params["code"]) == ("duties.batch_used", "S-09-04")
    assert DutyItem.objects.count() == 138


def test_nothing_is_brought_in_from_an_empty_table_or_under_a_name_that_stands(town: Town) -> None:
    brought(town, STALLS)
    with pytest.raises(Invalid):
        importing.bring_in([], name="empty", now=town.now)
    table = read(town, made(PATROL))
    with pytest.raises(Conflict) as refused:
        importing.bring_in(table.rows, name="first", now=town.now)
    assert refused.value.code == "duties.batch_twice"


def test_the_database_keeps_one_open_version_of_each_kind(town: Town) -> None:
    brought(town, STALLS)
    row = DutyList.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyList.objects.create(
            kind="street", version=9, source="x", valid_from=date(2026, 1, 1), batch_id=row.batch_id
        )


def test_items_are_found_by_words_and_offered_by_category(listed: Town) -> None:
    on = listed.now.date()
    assert [row.code for row in queries.find_items("占道", on=on)] == ["S-09-04"]
    near, rest = queries.offered(category="power.light", text="路灯不亮", on=on)
    assert near[0].code == "S-12-02"
    assert len(near) + len(rest) == 118


def test_an_abolished_certificate_is_recognised_by_its_words(listed: Town) -> None:
    found = queries.certificates_in("银行让我去社区开单身证明", on=listed.now.date())
    assert [row.title for row in found] == ["婚姻状况证明"]
    assert not queries.certificates_in("路灯不亮", on=listed.now.date())


def test_the_template_reads_as_a_good_table(town: Town) -> None:
    table = read(town, importing.template().encode())
    assert len(table.rows) == 1 and not table.problems


def test_the_file_of_the_demo_says_that_it_is_invented() -> None:
    assert LISTS.read_text("utf-8").count("虚构") == 138
