"""The path: each step with its evidence, leaving steps out, going back, being late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onegrid.accounts.terms import Role
from onegrid.cases.actions import Upload
from onegrid.common.refusals import Conflict, Invalid, NotFound
from onegrid.estates import actions, path, queries
from onegrid.estates.actions import Numbers, WorkGiven
from onegrid.estates.models import Agreement, Estate, Step
from onegrid.estates.queries import Filters
from onegrid.estates.queries.works import known_files, photo
from onegrid.estates.terms import Deed, PathStage
from tests.county import Town
from tests.estates.people import (
    DAY,
    ENOUGH,
    TODAY,
    an_estate,
    doing,
    houses,
    step,
    take,
    walked,
)
from tests.web.conftest import picture


def view(town: Town, row: Estate, role: Role = Role.COMMUNITY_CLERK) -> queries.EstateView:
    return queries.estate(town.viewer(role), estate_id=row.id, now=town.now)


def test_s55_an_estate_goes_the_whole_path_and_every_step_stays(town: Town) -> None:
    row = walked(town, PathStage.REVIEWED)
    found = view(town, row)
    assert [step.stage_label for step in reversed(found.steps)] == [one.label for one in PathStage]
    assert found.row.served and found.row.kind == "own" and found.row.due_on is None
    agreed = next(step.agreement for step in found.steps if step.agreement)
    assert (agreed.owners_for, agreed.owners, agreed.carried) == (50, 72, True)
    assert found.row.next_label == ""


def test_what_comes_next_who_owes_it_and_until_when_is_always_said(town: Town) -> None:
    row = an_estate(town)
    for stage in path.ORDER[1:-1]:
        found = view(town, row).row
        assert found.next_stage == stage and found.next_label
        assert found.person and found.due_on is not None
        row = take(town, row, stage)


def test_the_same_key_takes_a_step_once(town: Town) -> None:
    row, once = an_estate(town), doing(town)
    for _ in range(2):
        actions.take_step(estate_id=row.id, doing=once, given=step(town, row, PathStage.SURVEY))
    assert Step.objects.filter(estate=row).count() == 2
    other = an_estate(town, name="另一个", building_ids=houses(town, "G12小区"))
    with pytest.raises(Conflict, match="key_used"):
        actions.take_step(estate_id=other.id, doing=once, given=step(town, row, PathStage.SURVEY))


@pytest.mark.parametrize(
    ("until", "stage", "more", "code"),
    [
        (PathStage.FOUND, PathStage.TALK, {}, "estate.reason"),
        (PathStage.TALK, PathStage.FOUND, {}, "estate.reason"),
        (PathStage.TALK, PathStage.TALK, {}, "estate.reason"),
        (PathStage.TALK, PathStage.FORM, {"form": ""}, "estate.form"),
        (PathStage.TALK, PathStage.FORM, {"form": "joined"}, "estate.joined"),
        (PathStage.TALK, PathStage.FORM, {"form": "joined", "joined_ids": [uuid4()]}, "estate.joined"),
        (PathStage.FORM, PathStage.AGREED, {"agreement": None}, "estate.numbers"),
        (PathStage.FORM, PathStage.AGREED, {"agreement": Numbers(72, 40, 39)}, "estate.not_carried"),
        (PathStage.FORM, PathStage.AGREED, {"agreement": Numbers(72, 80, 50)}, "estate.numbers"),
        (PathStage.FORM, PathStage.AGREED, {"agreement": Numbers(72, 60, 50, 10)}, "estate.not_carried"),
        (PathStage.CONTRACT, PathStage.RUNNING, {"kind": ""}, "estate.kind"),
        (PathStage.CONTRACT, PathStage.RUNNING, {"kind": "none"}, "estate.kind"),
        (PathStage.RUNNING, PathStage.FORM, {"reason": "物业撤离", "form": "own"}, "estate.kind"),
        (PathStage.FOUND, PathStage.SURVEY, {"day": TODAY + DAY}, "estate.day_ahead"),
        (PathStage.FOUND, PathStage.SURVEY, {"day": TODAY - 101 * DAY}, "estate.day_early"),
        (PathStage.FOUND, PathStage.SURVEY, {"due_on": None}, "estate.due"),
        (PathStage.FOUND, PathStage.SURVEY, {"due_on": TODAY - 60 * DAY}, "estate.due"),
        (PathStage.FOUND, PathStage.SURVEY, {"person_id": None}, "estate.person"),
        (PathStage.FOUND, "nowhere", {"due_on": TODAY + DAY}, "estate.stage"),
    ],
)  # fmt: skip
def test_a_step_without_what_it_needs_is_refused(
    town: Town, until: str, stage: str, more: dict[str, Any], code: str
) -> None:
    row = walked(town, until)
    before = Step.objects.count()
    with pytest.raises(Invalid) as refused:
        take_loose(town, row, stage, **more)
    assert refused.value.code == code
    assert Step.objects.count() == before
    assert Estate.objects.get(pk=row.pk).stage == until


def take_loose(town: Town, row: Estate, stage: str, **more: Any) -> None:
    if stage not in PathStage.values:
        given = step(town, row, PathStage.SURVEY, **more)
        given = type(given)(**{**_fields(given), "stage": stage})
        actions.take_step(estate_id=row.id, doing=doing(town), given=given)
    else:
        take(town, row, stage, **more)


def _fields(given: Any) -> dict[str, Any]:
    return {name: getattr(given, name) for name in type(given).__slots__}


def test_steps_are_left_out_with_a_reason_and_the_step_says_so(town: Town) -> None:
    row = take(town, an_estate(town), PathStage.FORM, reason="2025年已调查并议事", form="trust")
    latest = view(town, row).steps[0]
    assert (latest.deed, latest.reason) == (Deed.SKIP, "2025年已调查并议事")
    assert row.stage == PathStage.FORM


def test_when_the_firm_has_left_it_goes_back_with_the_reason_and_has_no_service(
    town: Town,
) -> None:
    row = take(town, walked(town), PathStage.FORM, reason="物业公司撤离", kind="none", form="trust")
    found = view(town, row)
    assert not found.row.served and found.row.kind == "none"
    assert found.steps[0].deed == Deed.BACK
    kind = next(topic for topic in found.topics if topic.about == "kind")
    assert kind.now is not None and [said.value for said in kind.before] == ["own", "none"]


def test_the_reviewed_estate_may_go_back_to_running_without_losing_its_service(town: Town) -> None:
    row = take(
        town, walked(town, PathStage.REVIEWED), PathStage.RUNNING, reason="约定再评一年", kind=""
    )
    assert row.stage == PathStage.RUNNING and row.kind == "own" and row.due_on is not None


def test_a_new_date_or_person_is_a_step_with_a_reason_and_the_stage_stays(town: Town) -> None:
    row = walked(town, PathStage.TALK)
    later = TODAY + 40 * DAY
    secretary = town.viewer(Role.COMMUNITY_SECRETARY)
    row = take(
        town, row, PathStage.TALK, reason="春节后再议", due_on=later, person_id=secretary.user_id,
        day=TODAY,
    )  # fmt: skip
    assert (row.stage, row.due_on, row.person_name) == (PathStage.TALK, later, secretary.name)
    assert row.stage_on == TODAY - 50 * DAY


def test_joining_names_the_neighbours(town: Town) -> None:
    other = an_estate(town, name="机修厂宿舍", building_ids=houses(town, "G12小区"))
    row = take(
        town, walked(town, PathStage.TALK), PathStage.FORM, form="joined", joined_ids=[other.id]
    )
    assert view(town, row).steps[0].joined == ("机修厂宿舍",)


def test_numbers_that_fall_short_need_words_on_what_the_agreement_rests(town: Town) -> None:
    short = Numbers(owners=72, owners_took=40, owners_for=39)
    row = walked(town, PathStage.FORM)
    row = take(town, row, PathStage.AGREED, agreement=short, reason="分期表决，第二次会议补齐")
    assert row.stage == PathStage.AGREED
    assert Agreement.objects.get().owners_took == 40


def test_late_steps_are_listed_oldest_first_for_street_and_county(town: Town) -> None:
    an_estate(town, due_on=TODAY + DAY)
    late = an_estate(
        town, name="机修厂宿舍", building_ids=houses(town, "G12小区"), due_on=TODAY - DAY
    )
    for role in (Role.STREET_OFFICER, Role.DISPATCHER, Role.SUPERVISOR, Role.COMMUNITY_CLERK):
        rows, total = queries.estates(
            town.viewer(role), wanted=Filters(which="overdue"), now=town.now
        )
        assert [row.id for row in rows] == [late.id] and total == 1
        assert rows[0].overdue
    assert [one.overdue for one in queries.counts(town.viewer(Role.DISPATCHER), now=town.now)] == [
        1
    ]
    next_day = town.now + timedelta(days=2)
    _rows, total = queries.estates(
        town.viewer(Role.SUPERVISOR), wanted=Filters(which="overdue"), now=next_day
    )
    assert total == 2


def test_a_list_is_narrowed_by_words_community_stage_and_kind(town: Town) -> None:
    walked(town)
    an_estate(town, name="机修厂宿舍", building_ids=houses(town, "G12小区"), address="西街3号")

    def names(**wanted: Any) -> list[str]:
        rows, total = queries.estates(
            town.viewer(Role.STREET_OFFICER), wanted=Filters(**wanted), now=town.now
        )
        assert total == len(rows)
        return [row.name for row in rows]

    assert len(names()) == 2
    assert names(words="机修") == names(words="西街") == names(stage="found") == ["机修厂宿舍"]
    assert names(kind="own") == ["纺织厂家属院"]
    assert names(which="open") == ["机修厂宿舍"]
    assert names(community_id=town.areas["C2"]) == []
    assert len(names(community_id=town.areas["C1"], stage="no such", kind="%")) == 2
    [count] = queries.counts(town.viewer(Role.STREET_OFFICER), now=town.now)
    assert (count.name, count.served, count.total) == ("和平社区", 1, 2)


def test_a_work_goes_from_wanted_to_finished_with_a_picture(town: Town) -> None:
    row = an_estate(town)
    work = actions.add_work(
        estate_id=row.id, doing=doing(town), kind="road", what="东门至3号楼道路硬化",
        given=WorkGiven("wanted", TODAY - 9 * DAY),
    )  # fmt: skip
    once = doing(town)
    done = WorkGiven("done", TODAY, "验收合格", Upload("photo", picture()))
    for _ in range(2):
        assert actions.move_work(work_id=work, doing=once, given=done) == row.id
    [found] = view(town, row).works
    assert found.state == "done" and len(found.events) == 2
    photo_id = found.events[-1].photo
    assert photo_id is not None
    content, mime = photo(town.viewer(Role.SUPERVISOR), photo_id=photo_id, thumb=False)
    assert mime == "image/jpeg" and content[:2] == b"\xff\xd8"
    with pytest.raises(NotFound):
        photo(town.viewer(Role.UNIT_HEAD), photo_id=photo_id, thumb=True)
    from onegrid.estates.models import WorkEvent

    kept = WorkEvent.objects.get(pk=photo_id)
    assert known_files([kept.sha256, "0" * 64]) == {kept.sha256, kept.thumb_sha256}


@given(st.integers(1, 400), st.integers(0, 400), st.integers(0, 400))
def test_a_decision_needs_two_thirds_taking_part_and_more_than_half_of_them(
    everybody: int, took: int, agreed: int
) -> None:
    numbers = Numbers(everybody, took, agreed)
    assert numbers.carried == (took / everybody >= 2 / 3 - 1e-12 and agreed > took / 2)
    by_area = Numbers(everybody, took, agreed, 300, 199, 199)
    assert not by_area.carried, "two thirds of the area are 200"
    assert ENOUGH.carried


def test_every_move_has_a_name_by_where_it_leads() -> None:
    assert path.deed_of("found", "survey") == Deed.ADVANCE
    assert path.deed_of("found", "talk") == Deed.SKIP
    assert path.deed_of("running", "running") == Deed.KEEP
    assert path.deed_of("reviewed", "found") == Deed.BACK
    assert path.after("reviewed") is None and path.usual_due("reviewed", TODAY) is None
