"""Units of a table are added or changed, and taken back."""

from __future__ import annotations

import pytest

from onegrid.cases.models import Case
from onegrid.common.refusals import Conflict, NotFound
from onegrid.common.tables import Outcome
from onegrid.organisation import importing
from onegrid.organisation.models import Unit
from onegrid.organisation.queries import unit_of_area
from tests.county import Town, report
from tests.importing.test_table import made

HEADER = ["code", "name", "kind", "area", "phone", "calendar"]
ROWS = [
    ["gas", "县燃气公司", "department", "", "0536-6220001", "always"],
    ["street-S1", "东街街道办事处", "街道办事处", "S1", "+86 536 6220002", "机关工作时间"],
]


def table(town: Town, rows: list[list[str]]) -> importing.Table:
    return importing.read(made(rows, header=HEADER).encode(), now=town.now)


def brought(town: Town, rows: list[list[str]] = ROWS, name: str = "first") -> Outcome:
    found = table(town, rows)
    assert not found.problems
    return importing.bring_in(found.rows, name=name, now=town.now)


def test_new_units_can_be_given_cases(town: Town) -> None:
    outcome = brought(town)
    assert (outcome.batch, outcome.added, outcome.changed) == ("units/first", 2, 0)
    gas = Unit.objects.get(code="gas")
    assert gas.calendar is not None and gas.calendar.code == "always"
    answering = unit_of_area(town.areas["S1"])
    assert answering is not None and answering.name == "东街街道办事处"
    assert brought(town).there_before == 2


def test_a_known_unit_is_changed_and_empty_cells_leave_it_alone(town: Town) -> None:
    before = Unit.objects.get(code="water_bureau")
    outcome = brought(town, [["water_bureau", "县水务局", "department", "", "0536-6220009", ""]])
    after = Unit.objects.get(code="water_bureau")
    assert (outcome.added, outcome.changed) == (0, 1)
    assert (after.name, after.phone, after.position) == (
        "县水务局", "0536-6220009", before.position,
    )  # fmt: skip
    assert after.calendar_id == before.calendar_id
    assert importing.undo("first", now=town.now) == 1
    back = Unit.objects.get(code="water_bureau")
    assert (back.name, back.phone) == (before.name, before.phone)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (["gas", "燃气", "firm", "", "", ""], "kind", "row.choice"),
        (["", "燃气", "department", "", "", ""], "code", "row.empty"),
        (["gas", "燃气", "department", "", "call me", ""], "phone", "unit.phone"),
        (["gas", "燃气", "department", "", "", "weekends"], "calendar", "unit.calendar"),
        (["gas", "燃气", "department", "X9", "", ""], "area", "unit.area"),
        (["c", "社区", "community", "", "", ""], "area", "unit.level"),
        (["c", "社区", "community", "S1", "", ""], "area", "unit.level"),
    ],
)
def test_a_bad_row_is_named_with_row_column_and_remedy(
    town: Town, row: list[str], column: str, code: str
) -> None:
    found = table(town, [ROWS[1], row])
    assert [(p.row, p.column, p.code) for p in found.problems] == [(3, column, code)]
    assert found.problems[0].remedy not in ("", code) and "%(" not in found.problems[0].remedy
    assert [good.code for good in found.rows] == ["street-S1"]


def test_a_batch_is_taken_back_newest_first(town: Town) -> None:
    brought(town)
    brought(town, [["gas", "县天然气公司", "department", "", "", ""]], "second")
    with pytest.raises(Conflict) as refused:
        importing.undo("first", now=town.now)
    assert refused.value.params["name"] == "second"
    assert importing.undo("second", now=town.now) == 1
    assert Unit.objects.get(code="gas").name == "县燃气公司"
    assert importing.undo("first", now=town.now) == 2
    assert not Unit.objects.filter(code__in=["gas", "street-S1"]).exists()
    with pytest.raises(NotFound):
        importing.undo("first", now=town.now)


def test_a_unit_with_cases_is_not_taken_back(town: Town) -> None:
    brought(town)
    receipt = report(town)
    unit = Unit.objects.get(code="gas")
    Case.objects.filter(pk=receipt.case_id).update(lead_unit=unit)
    with pytest.raises(Conflict) as refused:
        importing.undo("first", now=town.now)
    assert refused.value.params["name"] == "县燃气公司"


def test_the_template_reads_as_a_good_table(town: Town) -> None:
    found = importing.read(importing.template().encode(), now=town.now)
    assert len(found.rows) == 1 and not found.problems
