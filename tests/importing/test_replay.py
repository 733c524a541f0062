"""Old requests go the whole way through the product's own actions."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from statistics import median
from uuid import uuid4

import pytest

from onegrid.accounts.terms import Role
from onegrid.cases import actions, queries
from onegrid.cases.actions import Doing
from onegrid.cases.importing import Outcome, bring_in, check_places, read, undo
from onegrid.cases.importing.replay import CHECKER_ID, IMPORTER_ID
from onegrid.cases.models import Case, Clock, Step, Verdict
from onegrid.common.refusals import Conflict, Invalid, NotFound
from onegrid.reports.queries import compute
from tests.county import COUNTY, Town
from tests.importing.test_table import HEADER, made

REAL = Path(__file__).parents[3] / "shared" / "data" / "requests" / "replayed_2816.csv"
ROWS = [
    ["1", "", "小区路灯不亮，晚上照明很差", "2025/3/3 9:00:00", "2025/3/3 9:40:00", "路灯已修复。"],
    ["2", "", "下水道堵塞，污水外溢", "2025/3/3 9:00:00", "2025/3/7 10:00:00", "已安排疏通。"],
    ["3", "", "老旧小区改造什么时候开始", "2025/3/3 9:00:00", "2025/4/14 9:00:00", "列入计划。"],
    ["4", "", "说不清的事", "2025/3/3 9:00:00", "2025/3/5 9:00:00", "收到"],
    ["5", "", "还没有人答复的事", "2025/3/3 9:00:00", "", ""],
]


def brought(
    town: Town, rows: list[list[str]], name: str = "small", *, replay: bool = True
) -> Outcome:
    table = read(made(rows, header=HEADER).encode(), replay=replay, now=town.now)
    assert not table.problems
    return bring_in(
        table.rows, tenant_id=COUNTY, name=name, replay=replay, report=lambda done, total: None
    )


def case_of(row: str) -> Case:
    return Case.objects.get(external_id=row)


def test_every_case_ends_where_its_answer_leaves_it(town: Town) -> None:
    outcome = brought(town, ROWS)
    assert (outcome.opened, outcome.states) == (5, {"callback": 4, "registered": 1})
    assert [case_of(row).case_class for row in "1234"] == ["general", "major", "complex", "general"]
    assert case_of("3").plans.count() == 1 and case_of("4").category.code == "other"  # type: ignore[union-attr]
    assert Verdict.objects.count() == 0


def test_the_steps_stand_at_the_real_times_and_say_that_they_are_replayed(town: Town) -> None:
    brought(town, ROWS)
    case = case_of("2")
    steps = list(Step.objects.filter(case_id=case.pk).order_by("seq"))
    assert steps[0].at == case.opened_at and "replayed" not in steps[0].data
    assert {step.at - case.opened_at for step in steps[1:]} == {timedelta(days=4, hours=1)}
    assert all(step.data["replayed"] and step.actor_role == "system" for step in steps[1:])
    assert [step.actor_id for step in steps if step.action == "verify_ok"] == [CHECKER_ID]
    by_people = {step.actor_id for step in steps if step.relation != "system"}
    assert by_people == {IMPORTER_ID, CHECKER_ID}
    assert next(step.text for step in steps if step.action == "finish") == "已安排疏通。"


def test_running_it_twice_changes_nothing(town: Town) -> None:
    brought(town, ROWS)
    before = list(Step.objects.order_by("id").values_list("id", "at"))
    again = brought(town, ROWS)
    assert (again.opened, again.there_before) == (0, 5)
    assert list(Step.objects.order_by("id").values_list("id", "at")) == before


def test_an_interrupted_import_goes_on_where_it_stopped(town: Town) -> None:
    brought(town, ROWS[:2])
    outcome = brought(town, ROWS)
    assert (outcome.opened, outcome.there_before) == (3, 2)
    assert Case.objects.count() == 5


def test_replayed_cases_are_on_no_desk_and_no_clock_is_swept(town: Town) -> None:
    brought(town, ROWS)
    viewer = town.viewer(Role.DISPATCHER)
    assert queries.desk_queue(viewer, filters=queries.Filters(which="all")).total == 0
    assert queries.board(viewer, now=town.now).open == 0
    assert not Clock.objects.filter(next_mark_at__isnull=False).exists()
    assert actions.due_case_ids(now=town.now) == []


def test_requests_to_be_worked_on_reach_the_desk(town: Town) -> None:
    outcome = brought(town, [[*ROWS[4]]], replay=False)
    assert outcome.states == {"registered": 1}
    found = queries.desk_queue(town.viewer(Role.DISPATCHER), filters=queries.Filters(which="all"))
    assert found.total == 1


def test_unknown_categories_and_far_points_are_bad_rows(town: Town) -> None:
    header = [*HEADER, "category", "lon", "lat"]
    rows = [[*ROWS[0], "nothing", "", ""], [*ROWS[1], "", "2.35", "48.85"]]
    table = read(made(rows, header=header).encode(), replay=True, now=town.now)
    check_places(table, now=town.now)
    assert [(p.row, p.column) for p in table.problems] == [(2, "category"), (3, "lon")]
    assert not table.rows


def test_an_untouched_batch_is_undone_and_can_be_brought_in_again(town: Town) -> None:
    brought(town, ROWS)
    assert undo("small") == 5
    assert compute(batch="small", now=town.now).everything.opened == 0
    assert brought(town, ROWS).opened == 5
    assert undo("small") == 5
    with pytest.raises(NotFound):
        undo("small")
    assert Step.objects.filter(action="open").count() == 10


def test_a_batch_that_somebody_worked_on_is_not_undone(town: Town) -> None:
    brought(town, ROWS)
    doing = Doing(viewer=town.viewer(Role.DISPATCHER), now=town.now, key=uuid4())
    actions.note(case_id=case_of("5").pk, doing=doing, text="看过了")
    with pytest.raises(Conflict) as refused:
        undo("small")
    assert refused.value.params["count"] == 1
    assert Case.objects.filter(batch="replay/small").count() == 5


def test_a_batch_needs_a_plain_name(town: Town) -> None:
    with pytest.raises(Invalid):
        brought(town, ROWS, "a/b")


def test_the_report_counts_each_case_once(town: Town) -> None:
    brought(town, [[f"{n}", *row[1:]] for n, row in enumerate(ROWS[:3] * 12)])
    report = compute(batch="small", now=town.now)
    everything = report.everything
    assert (everything.opened, everything.answered, sum(everything.counts)) == (36, 36, 36)
    general, major, complex_ = report.classes
    assert general.kept and (general.kept.hits, general.kept.n) == (12, 12)
    assert major.kept and major.kept.hits == 0 and complex_.kept and complex_.kept.hits == 0
    assert general.wall.median == 2400 and everything.week and everything.week.hits == 24
    assert major.legal and major.legal.hits == 12 and complex_.legal and complex_.legal.hits == 0


@pytest.mark.skipif(not REAL.exists(), reason="the real requests are not part of the repository")
def test_all_real_requests_become_cases_and_a_second_run_changes_nothing(town: Town) -> None:
    table = read(REAL.read_bytes(), replay=True, now=town.now)
    assert (len(table.rows), table.problems) == (2816, [])
    for opened in (2816, 0):
        outcome = bring_in(
            table.rows, tenant_id=COUNTY, name="real", replay=True, report=lambda done, total: None
        )
        assert outcome.opened == opened
    report = compute(batch="real", now=town.now)
    assert report.everything.opened == report.everything.answered == 2816
    assert sum(line.opened for line in report.classes) == sum(report.everything.counts) == 2816
    assert report.everything.wall.median == pytest.approx(11.2 * 86_400, rel=0.005)
    wall = [
        (row.replied_at - row.created_at).total_seconds() for row in table.rows if row.replied_at
    ]
    assert report.everything.wall.median == pytest.approx(median(wall))
    assert report.everything.day and round(report.everything.day.percent, 1) == 4.7
    assert report.everything.week and round(report.everything.week.percent) == 35
    assert Case.objects.filter(batch="replay/real").count() == 2816
