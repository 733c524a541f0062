"""The register from a table: template, every fault named, all or nothing, taken back."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.commands.kinds import KINDS, by_batch
from onegrid.common.refusals import Conflict, Invalid, NotFound
from onegrid.estates import actions, importing, queries
from onegrid.estates.actions import WorkGiven
from onegrid.estates.models import Estate, EstateBuilding
from onegrid.estates.queries import Filters
from tests.county import COUNTY, Town
from tests.estates.people import TODAY, an_estate, doing

GOOD = {
    "小区": "G11小区", "社区": "和平社区", "服务类型": "无物业", "信息来源": "2026年2月摸底",
    "自何时起": "1998", "建成年份": "1996", "业委会": "无", "停车问题": "无划线车位",
    "阶段": "需求调查", "阶段日期": "2026-02-01", "期限": "2026-06-30",
}  # fmt: skip


def sheet(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def read(town: Town, *rows: dict[str, str], by: Viewer | None = None) -> importing.Table:
    viewer = by or town.viewer(Role.COMMUNITY_CLERK)
    return importing.read(sheet(*rows), viewer=viewer, now=town.now)


def brought(town: Town, *rows: dict[str, str], by: Viewer | None = None) -> Any:
    table = read(town, *rows, by=by)
    assert table.problems == []
    viewer = by or town.viewer(Role.COMMUNITY_CLERK)
    return importing.bring_in(table.rows, viewer=viewer, name="2026-03", now=town.now)


def test_s55_a_table_becomes_the_register_with_stage_and_evidence(town: Town) -> None:
    done = brought(town, GOOD, {**GOOD, "小区": "纺织厂家属院", "楼栋表小区名": "G12小区"})
    assert (done.batch, done.added) == ("estates/2026-03", 2)
    viewer = town.viewer(Role.SUPERVISOR)
    rows, _total = queries.estates(viewer, wanted=Filters(words="纺织厂"), now=town.now)
    view = queries.estate(viewer, estate_id=rows[0].id, now=town.now)
    assert (view.row.stage, view.row.homes.households) == ("survey", 72)
    said = {topic.about: topic.now for topic in view.topics}
    assert str(said["kind"].since) == "1998-01-01" and said["parking"].source == "2026年2月摸底"
    assert said["greens"] is None


def test_the_template_can_be_filled_in_and_read(town: Town) -> None:
    header, example = list(csv.reader(io.StringIO(importing.template().lstrip("\ufeff"))))
    assert len(header) == len(example) == len(importing.COLUMNS)
    row = {**dict(zip(header, example, strict=True)), "name": "G11小区", "compound": "",
           "community": "C1"}  # fmt: skip
    table = importing.read(sheet(row), viewer=town.viewer(Role.COMMUNITY_CLERK), now=town.now)
    assert table.problems == [] and table.rows[0].notes["charging"] == "飞线充电"


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"小区": ""}, "name", "row.empty"),
        ({"社区": "幸福社区"}, "community", "estate.unknown_community"),
        ({"社区": "无此社区"}, "community", "estate.unknown_community"),
        ({"服务类型": "物业"}, "kind", "row.choice"),
        ({"信息来源": ""}, "source", "row.empty"),
        ({"自何时起": "去年"}, "since", "estate.day"),
        ({"自何时起": "2026-03-03"}, "since", "estate.day_ahead"),
        ({"建成年份": "1850"}, "year", "estate.year"),
        ({"建成年份": "九六年"}, "year", "row.count"),
        ({"业委会": "也许"}, "committee", "row.choice"),
        ({"阶段": "服务运行"}, "stage", "estate.stage"),
        ({"阶段日期": "2026-03-03", "期限": ""}, "day", "estate.day_ahead"),
        ({"期限": "2026-01-31"}, "due", "estate.due"),
        ({"小区": "无此小区"}, "compound", "estate.unknown_compound"),
    ],
)
def test_each_fault_is_named_with_its_row_and_column(
    town: Town, cells: dict[str, str], column: str, code: str
) -> None:
    other = {**GOOD, "小区": "G12小区"}
    table = read(town, other, {**GOOD, **cells})
    assert [(p.row, p.column, p.code) for p in table.problems] == [(3, column, code)]
    assert table.problems[0].remedy != code, "the remedy is a sentence"
    assert [row.name for row in table.rows] == ["G12小区"]


def test_two_rows_never_share_a_building(town: Town) -> None:
    table = read(town, GOOD, {**GOOD, "小区": "别名", "楼栋表小区名": "G11小区"})
    assert [(p.row, p.code) for p in table.problems] == [(3, "estate.unknown_compound")]
    table = read(town, GOOD, GOOD)
    assert [(p.row, p.code) for p in table.problems] == [(3, "estate.row_twice")]


def test_the_same_table_again_changes_nothing(town: Town) -> None:
    brought(town, GOOD)
    again = brought(town, GOOD)
    assert (again.added, again.there_before) == (0, 1)
    assert Estate.objects.count() == 1


def test_a_batch_is_taken_back_and_its_buildings_are_free(town: Town) -> None:
    viewer = town.viewer(Role.COMMUNITY_CLERK)
    brought(town, GOOD)
    assert [row.batch for row in importing.batches(viewer=viewer)] == ["estates/2026-03"]
    assert importing.undo(viewer=viewer, name="2026-03", now=town.now) == 1
    assert importing.batches(viewer=viewer) == []
    assert not EstateBuilding.objects.exists()
    with pytest.raises(NotFound):
        importing.undo(viewer=viewer, name="2026-03", now=town.now)
    assert brought(town, GOOD).added == 1


def test_a_batch_somebody_has_written_about_stays(town: Town) -> None:
    brought(town, GOOD)
    actions.add_work(
        estate_id=Estate.objects.get().id, doing=doing(town), kind="green", what="补种绿篱",
        given=WorkGiven("wanted", TODAY),
    )  # fmt: skip
    with pytest.raises(Conflict, match="batch_used"):
        importing.undo(viewer=town.viewer(Role.COMMUNITY_CLERK), name="2026-03", now=town.now)


def test_nobody_takes_back_what_belongs_to_another_community(town: Town) -> None:
    system = Viewer.system(COUNTY)
    brought(town, {**GOOD, "小区": "G21小区", "社区": "幸福社区"}, by=system)
    clerk = town.viewer(Role.COMMUNITY_CLERK)
    assert importing.batches(viewer=clerk) == []
    with pytest.raises(NotFound):
        importing.undo(viewer=clerk, name="2026-03", now=town.now)
    assert importing.undo(viewer=system, name="2026-03", now=town.now) == 1


def test_a_name_that_somebody_else_has_used_is_refused_and_both_tables_can_be_taken_back(
    town: Town,
) -> None:
    clerk, system = town.viewer(Role.COMMUNITY_CLERK), Viewer.system(COUNTY)
    brought(town, {**GOOD, "小区": "G21小区", "社区": "幸福社区"}, by=system)
    with pytest.raises(Conflict, match="batch_taken"):
        brought(town, GOOD)
    rows = read(town, GOOD).rows
    importing.bring_in(rows, viewer=clerk, name="2026-03-b", now=town.now)
    assert [row.count for row in importing.batches(viewer=system)] == [1, 1]
    assert importing.undo(viewer=clerk, name="2026-03-b", now=town.now) == 1
    assert importing.undo(viewer=system, name="2026-03", now=town.now) == 1


def test_a_building_registered_meanwhile_stops_the_whole_table(town: Town) -> None:
    viewer = town.viewer(Role.COMMUNITY_CLERK)
    table = read(town, GOOD, {**GOOD, "小区": "G12小区"})
    an_estate(town, building_ids=list(table.rows[1].building_ids[:1]))
    with pytest.raises(Conflict, match="building_taken"):
        importing.bring_in(table.rows, viewer=viewer, name="2026-03", now=town.now)
    assert Estate.objects.count() == 1


def test_a_batch_needs_a_plain_name_and_rows_their_community(town: Town) -> None:
    viewer = town.viewer(Role.COMMUNITY_CLERK)
    rows = read(town, GOOD).rows
    with pytest.raises(Invalid, match=r"batch\.name"):
        importing.bring_in(rows, viewer=viewer, name="a/b", now=town.now)
    lost = [replace(row, community_id=None) for row in rows]
    with pytest.raises(Conflict, match=r"estate\.changed"):
        importing.bring_in(lost, viewer=viewer, name="2026-03", now=town.now)


def test_the_command_knows_the_register_like_other_tables(town: Town) -> None:
    kind = KINDS["estates"]
    table = kind.read(sheet({**GOOD, "小区": "G21小区", "社区": "C2"}), False, town.now)
    assert table.problems == []
    outcome = kind.bring_in(table, COUNTY, "county-2026", False)
    assert kind.done(outcome) == 1
    assert [line.batch for line in kind.batches()] == ["estates/county-2026"]
    assert by_batch("estates/county-2026") == (kind, "county-2026")
    assert kind.undo("county-2026", town.now) == 1
