"""Drafts: made, planned, changed by hand, undone; and who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from onegrid.accounts.terms import Role
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.plans import actions, queries
from onegrid.plans.actions import Doing, DraftWish, runs
from onegrid.plans.limits import Limits
from onegrid.plans.models import Draft, DraftEdit, DraftRun
from onegrid.plans.terms import RunState, Status
from onegrid.plans.work import work
from tests.county import COUNTY, Town, middle, report
from tests.plans.steps import a_draft, approved, building, does, numbers, planned


def view(town: Town, draft_id: UUID, role: Role = Role.STREET_OFFICER, after: int = 0) -> Any:
    now = town.now + timedelta(seconds=after)
    return queries.draft(viewer=town.viewer(role), draft_id=draft_id, now=now)


def test_a_draft_begins_with_the_figures_of_today(town: Town) -> None:
    report(town, at=town.now - timedelta(days=30))
    found = view(town, a_draft(town))
    assert (found.row.status, found.row.after) == (Status.DRAFT, None)
    before = found.row.before
    assert (before.grids, before.least, before.most, before.moved) == (4, 72, 72, 0)
    assert (before.within, before.whole) == (0.0, 1.0)
    assert before.most_cases == 1
    assert found.may == {"comment", "start", "change_draft", "withdraw"}


def test_the_planner_makes_one_grid_of_each_community_and_keeps_its_border(town: Town) -> None:
    draft_id = planned(town)
    found = view(town, draft_id)
    assert found.row.status == Status.READY
    assert [(one.households, one.within, one.community_code) for one in found.grids] == [
        (144, True, "C1"),
        (144, True, "C2"),
    ]
    assert {one.code for one in found.grids} <= {"G11", "G12", "G21", "G22"}
    assert (found.row.after.grids, found.row.after.within) == (2, 1.0)
    by_address = numbers(town, draft_id)
    assert len({by_address[f"G1{n}小区{m}号楼"] for n in (1, 2) for m in (1, 2)}) == 1
    assert {"paint", "submit", "start"} <= found.may
    assert not {"undo", "redo", "cancel", "approve"} & found.may


def test_only_the_officer_of_the_street_and_the_county_make_drafts(town: Town) -> None:
    wish = DraftWish("方案", town.areas["S1"], 100, 150)
    for role in (Role.GRID_WORKER, Role.COMMUNITY_SECRETARY, Role.SYSTEM_ADMIN):
        with pytest.raises(Forbidden, match="only_planners"):
            actions.create_draft(doing=does(town, role), wish=wish)
    draft_id = a_draft(town, Role.DISPATCHER)
    for role in (Role.RESIDENT, Role.SYSTEM_ADMIN, Role.UNIT_HEAD):
        with pytest.raises(NotFound):
            view(town, draft_id, role)
    with pytest.raises(Forbidden):
        actions.start(doing=does(town, Role.GRID_WORKER), draft_id=draft_id)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"name": " "}, "draft.name"),
        ({"least": 200}, "draft.band"),
        ({"least": 0, "most": 0}, "draft.band"),
        ({"community_least": 5}, "draft.band"),
        ({"most_grids": 0}, "draft.most_grids"),
        ({"seconds": 0}, "draft.seconds"),
        ({"change": 101}, "draft.weight"),
        ({"frozen": (uuid4(),)}, "draft.frozen"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(town: Town, wish: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        a_draft(town, **wish)
    assert not Draft.objects.exists()


def test_the_same_key_makes_one_draft(town: Town) -> None:
    doing = does(town, Role.STREET_OFFICER)
    wish = DraftWish("方案", town.areas["S1"], 100, 150)
    assert actions.create_draft(doing=doing, wish=wish) == actions.create_draft(
        doing=doing, wish=wish
    )
    assert Draft.objects.count() == 1


def test_a_building_is_painted_undone_and_done_again(town: Town) -> None:
    draft_id = planned(town)
    before = numbers(town, draft_id)
    moved, to = building(town, draft_id, "G11小区1号楼"), before["G22小区1号楼"]
    doing = does(town, Role.STREET_OFFICER)
    edited = actions.paint(doing=doing, draft_id=draft_id, building_ids=[moved], grid=to)
    assert (
        actions.paint(doing=doing, draft_id=draft_id, building_ids=[moved], grid=to).version
        == edited.version
    )
    assert ("in_pieces", to) in {(one.kind, one.grid) for one in edited.broken}
    assert ("out_of_band", to) in {(one.kind, one.grid) for one in edited.broken}
    after = numbers(town, draft_id)
    assert after == {**before, "G11小区1号楼": to}
    assert {"undo"} == view(town, draft_id).may & {"undo", "redo"}
    actions.undo(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    assert numbers(town, draft_id) == before
    assert {"redo"} == view(town, draft_id).may & {"undo", "redo"}
    actions.redo(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    assert numbers(town, draft_id) == after
    with pytest.raises(Conflict, match="nothing_to_undo"):
        actions.redo(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    kinds = [one.kind for one in view(town, draft_id).edits]
    assert kinds == ["redo", "undo", "paint", "plan"]


def test_grids_are_divided_joined_swapped_and_renamed(town: Town) -> None:
    draft_id = planned(town)
    doing = lambda: does(town, Role.STREET_OFFICER)  # noqa: E731
    first, second = (one.number for one in view(town, draft_id).grids)
    actions.split(doing=doing(), draft_id=draft_id, grid=first)
    rows = {one.number: one for one in view(town, draft_id).grids}
    assert len(rows) == 3
    assert len({one.code for one in rows.values()}) == 3
    new = max(rows)
    assert (rows[first].households, rows[new].households) == (72, 72)
    assert rows[new].community_code == rows[first].community_code
    actions.rename(doing=doing(), draft_id=draft_id, grid=new, name="河东网格", code="HD1")
    with pytest.raises(Invalid, match="code_used"):
        actions.rename(doing=doing(), draft_id=draft_id, grid=first, name="河西", code="HD1")
    actions.swap(
        doing=doing(),
        draft_id=draft_id,
        first_ids=[building(town, draft_id, "G21小区1号楼")],
        second_ids=[building(town, draft_id, "G11小区1号楼")],
    )
    actions.merge(doing=doing(), draft_id=draft_id, grids=[new, first, second])
    assert [one.name for one in view(town, draft_id).grids] == ["河东网格"]
    for _ in range(4):
        actions.undo(doing=doing(), draft_id=draft_id)
    assert len(view(town, draft_id).grids) == 2
    with pytest.raises(Conflict, match="nothing_to_undo"):
        actions.undo(doing=doing(), draft_id=draft_id)


def test_an_edit_that_makes_no_sense_is_refused_and_changes_nothing(town: Town) -> None:
    draft_id = planned(town)
    before, version = numbers(town, draft_id), view(town, draft_id).row.version
    house = building(town, draft_id, "G11小区1号楼")
    own = before["G11小区1号楼"]
    doing = does(town, Role.STREET_OFFICER)
    for code, act in {
        "no_grid": lambda: actions.paint(
            doing=doing, draft_id=draft_id, building_ids=[house], grid=99
        ),
        "no_building": lambda: actions.paint(
            doing=doing, draft_id=draft_id, building_ids=[uuid4()], grid=own
        ),
        "nothing_moves": lambda: actions.paint(
            doing=doing, draft_id=draft_id, building_ids=[house], grid=own
        ),
        "merge_two": lambda: actions.merge(doing=doing, draft_id=draft_id, grids=[own, own]),
    }.items():
        with pytest.raises(Invalid, match=code):
            act()
    assert numbers(town, draft_id) == before
    assert view(town, draft_id).row.version == version


def test_history_of_a_draft_is_never_rewritten(town: Town) -> None:
    planned(town)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        DraftEdit.objects.update(kind="paint")


def test_a_run_is_claimed_once_and_a_silent_one_is_taken_up_again(town: Town) -> None:
    draft_id = a_draft(town)
    run_id = actions.start(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    with pytest.raises(Conflict, match="running"):
        actions.start(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    DraftRun.objects.update(state=RunState.RUNNING)
    assert not work(tenant_id=COUNTY, run_id=run_id, clock=lambda: town.now)
    assert not view(town, draft_id, after=5).run.silent
    assert view(town, draft_id, after=60).run.silent
    later = town.now + timedelta(seconds=60)
    assert runs.take_up_silent(now=town.now) == 0
    assert runs.take_up_silent(now=later) == 1
    assert work(tenant_id=COUNTY, run_id=run_id, clock=lambda: later)
    found = DraftRun.objects.get()
    assert (found.id, found.state, found.again) == (run_id, RunState.DONE, 1)


def test_what_is_asked_for_stays_while_the_planner_works_on_it(town: Town) -> None:
    draft_id = a_draft(town)
    actions.start(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    asked = view(town, draft_id).wish
    with pytest.raises(Conflict, match="running"):
        actions.change_draft(
            doing=does(town, Role.STREET_OFFICER), draft_id=draft_id, wish=replace(asked, most=160)
        )
    actions.cancel(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    actions.change_draft(
        doing=does(town, Role.STREET_OFFICER), draft_id=draft_id, wish=replace(asked, most=160)
    )
    assert view(town, draft_id).row.most == 160


@pytest.mark.parametrize("end", ["finish", "fail", "take_up", "cancel"])
def test_everybody_locks_the_draft_before_its_run(town: Town, end: str) -> None:
    draft_id = a_draft(town)
    run_id = actions.start(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    task = runs.claim(run_id=run_id, now=town.now)
    assert task is not None
    given: dict[str, Any] = {"run_id": run_id, "again": 0, "now": town.now}
    ends: dict[str, Callable[[], object]] = {
        "finish": lambda: runs.finish(**given, labels=task.ground.today, communities=None,
                                      misses={}, limits=Limits(4, 288.0, None, None, 0)),
        "fail": lambda: runs.fail(**given, fault="town.empty"),
        "take_up": lambda: runs.take_up(**given),
        "cancel": lambda: actions.cancel(
            doing=does(town, Role.STREET_OFFICER), draft_id=draft_id
        ),
    }  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        ends[end]()
    held = [one["sql"] for one in asked if "FOR UPDATE" in one["sql"] or one["sql"][:6] == "UPDATE"]
    assert 'FROM "plans_draft" ' in held[0] and '"plans_draftrun"' in held[1]


def test_a_waiting_run_is_cancelled_at_once(town: Town) -> None:
    draft_id = a_draft(town)
    run_id = actions.start(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    actions.cancel(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    found = view(town, draft_id)
    assert (found.row.status, found.run.state) == (Status.DRAFT, RunState.CANCELLED)
    assert not work(tenant_id=COUNTY, run_id=run_id, clock=lambda: town.now)


def test_two_levels_by_different_persons(town: Town) -> None:
    draft_id = planned(town, Role.SUPERVISOR)
    actions.submit(doing=does(town, Role.SUPERVISOR), draft_id=draft_id)
    with pytest.raises(Conflict, match="not_open"):
        actions.start(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    with pytest.raises(Conflict, match="not_agreed"):
        actions.approve(doing=does(town, Role.SUPERVISOR), draft_id=draft_id)
    with pytest.raises(Forbidden, match="only_street"):
        actions.agree(doing=does(town, Role.SUPERVISOR), draft_id=draft_id)
    actions.agree(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)
    with pytest.raises(Forbidden, match="same_person"):
        actions.approve(doing=does(town, Role.SUPERVISOR), draft_id=draft_id)
    with pytest.raises(IntegrityError, match="draft_two_persons"), transaction.atomic():
        row = Draft.objects.get(pk=draft_id)
        row.status, row.approved_by = Status.APPROVED, row.submitted_by
        row.save()
    with pytest.raises(IntegrityError, match="draft_two_levels"), transaction.atomic():
        Draft.objects.filter(pk=draft_id).update(status=Status.APPROVED)
    with pytest.raises(Invalid, match="reason"):
        actions.send_back(doing=does(town, Role.SUPERVISOR), draft_id=draft_id, reason=" ")
    actions.send_back(doing=does(town, Role.SUPERVISOR), draft_id=draft_id, reason="再看看")
    assert view(town, draft_id).row.status == Status.READY
    approved(town, draft_id)
    found = view(town, draft_id, Role.SUPERVISOR)
    assert found.row.status == Status.APPROVED
    assert "adopt" in found.may
    deeds = sorted((one.deed, one.reason) for one in found.decisions)
    assert deeds == [
        ("agree", ""), ("agree", ""), ("approve", ""),
        ("send_back", "再看看"), ("submit", ""), ("submit", ""),
    ]  # fmt: skip


def test_a_community_comments_and_a_draft_is_withdrawn(town: Town) -> None:
    draft_id = planned(town)
    actions.comment(
        doing=does(town, Role.COMMUNITY_SECRETARY), draft_id=draft_id, text="请保留原网格"
    )
    with pytest.raises(Invalid):
        actions.comment(doing=does(town, Role.COMMUNITY_SECRETARY), draft_id=draft_id, text=" ")
    comments = view(town, draft_id).comments
    assert [(one.community_name, one.text) for one in comments] == [("和平社区", "请保留原网格")]
    actions.withdraw(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id, reason="重做")
    assert view(town, draft_id).row.status == Status.WITHDRAWN
    with pytest.raises(Conflict, match="not_ready"):
        actions.submit(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id)


def test_bands_are_set_by_the_county_and_offenders_are_listed(town: Town) -> None:
    assert {one.code for one in queries.out_of_band(on=town.now)} == {
        "C1", "C2", "G11", "G12", "G21", "G22",
    }  # fmt: skip
    doing = Doing(town.viewer(Role.SUPERVISOR), town.now, uuid4())
    actions.set_band(doing=doing, level="grid", least=50, most=100)
    actions.set_band(doing=doing, level="community", least=10, most=100)
    found = queries.out_of_band(on=town.now)
    assert [(one.code, one.by, one.households) for one in found] == [
        ("C1", 44, 144),
        ("C2", 44, 144),
    ]
    with pytest.raises(Forbidden):
        actions.set_band(doing=does(town, Role.STREET_OFFICER), level="grid", least=1, most=2)
    with pytest.raises(Invalid):
        actions.set_band(doing=doing, level="grid", least=5, most=2)


def test_cases_of_the_last_year_are_counted_where_they_came_from(town: Town) -> None:
    report(town, at=town.now - timedelta(days=20), point=middle(1, 1))
    report(town, at=town.now - timedelta(days=400), point=middle(1, 1))
    draft_id = planned(town, least=50, most=100)
    rows = view(town, draft_id).grids
    assert sum(one.cases for one in rows) == 1
    assert next(one for one in rows if one.cases).community_code == "C2"


def test_frozen_grids_stay_and_what_is_missed_is_named(town: Town) -> None:
    draft_id = planned(town, frozen=(town.areas["G11"],))
    rows = {one.code: one for one in view(town, draft_id).grids}
    kept = rows["G11"]
    assert (kept.today_id, kept.buildings, kept.within) == (town.areas["G11"], 2, False)
    assert kept.frozen
    assert kept.miss is not None
    assert kept.miss["reason"] in {"island", "no_count", "too_big", "shape"}
    by_address = numbers(town, draft_id)
    assert by_address["G11小区1号楼"] == by_address["G11小区2号楼"] == kept.number


def test_each_grid_has_a_story(town: Town) -> None:
    draft_id = planned(town, least=60, most=110)
    rows = queries.stories(viewer=town.viewer(Role.STREET_OFFICER), draft_id=draft_id)
    assert [row.number for row in rows] == sorted(set(numbers(town, draft_id).values()))
    assert {(row.more, row.fewer) for row in rows} == {(38, 12)}
    beside = [row.nearest for row in rows if row.nearest is not None]
    assert beside
    assert {(one.hindrance, one.by) for one in beside} == {("too_many", 34)}
    assert {one.households for one in beside} == {72}
