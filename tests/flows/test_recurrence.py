"""What comes back within 30 days is linked, counted and seen by the supervisor (N8); emergencies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.actions import VerdictGiven
from onegrid.cases.models import Case, Clock, Link, Step
from onegrid.cases.queries.recurrence import recurrence_share, recurrences
from onegrid.common.refusals import Forbidden, Invalid
from onegrid.core.flow import Action, State
from tests.county import Town, doing, middle, report
from tests.flows.test_merging import answered
from tests.web.staff import forward

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
GOOD = VerdictGiven(answered=True, solved="yes", satisfied="yes")


def closed(town: Town, **more: Any) -> Case:
    case = answered(town, forward(town, until="in_progress", **more))
    resident = doing(town, Role.RESIDENT, town.now + 40 * MINUTE)
    return actions.give_verdict(case_id=case.pk, doing=resident, verdict=GOOD)


def back(town: Town, days: float, **more: Any) -> Case:
    receipt = report(town, at=town.now + days * DAY, **more)
    looked_at(town)
    return Case.objects.get(pk=receipt.case_id)


def looked_at(town: Town) -> None:
    """What the worker does every minute, at the time of the report."""
    for case_id in actions.to_check_ids():
        at = Case.objects.get(pk=case_id).changed_at
        actions.note_recurrence(case_id=case_id, now=at)
        actions.check_case(case_id=case_id, now=at)


def link_of(case: Case) -> Link | None:
    return Link.objects.filter(case_id=case.pk, kind="recurrence").first()


def test_n8_the_same_kind_at_the_same_place_within_thirty_days_is_linked_on_both(
    town: Town,
) -> None:
    old = closed(town)
    new = back(town, 10, text="又漏水了")
    link = link_of(new)
    assert link is not None and link.other_id == old.pk
    for case, other, way in ((new, old, "after"), (old, new, "before")):
        step = Step.objects.get(case_id=case.pk, action=Action.LINK)
        assert (step.data["number"], step.data["way"]) == (other.number, way)
    old.refresh_from_db()
    assert old.state == State.CLOSED and old.closed_at == town.now + 40 * MINUTE


def test_looking_twice_links_once(town: Town) -> None:
    closed(town)
    new = back(town, 10, text="又漏水了")
    assert not actions.note_recurrence(case_id=new.pk, now=town.now + 10 * DAY)
    assert Link.objects.filter(case_id=new.pk, kind="recurrence").count() == 1


def test_other_kinds_other_places_and_later_times_are_not(town: Town) -> None:
    closed(town)
    assert link_of(back(town, 10, category="power.light")) is None
    assert link_of(back(town, 10, point=middle(1, 1))) is None
    assert link_of(back(town, 31)) is None


def test_a_sibling_category_told_in_like_words_counts_as_the_same_kind(town: Town) -> None:
    old = closed(town)
    other = back(town, 4, category="water.sewer", text="下水道堵了，污水往外冒")
    assert link_of(other) is None
    link = link_of(back(town, 5, category="water.sewer"))
    assert link is not None and link.other_id == old.pk


def test_a_case_without_a_category_is_looked_at_when_it_is_classified(town: Town) -> None:
    old = closed(town)
    new = back(town, 3, category="", text="又漏水了")
    assert link_of(new) is None
    at = town.now + 3 * DAY + MINUTE
    clerk = Role.COMMUNITY_CLERK
    actions.start_triage(case_id=new.pk, doing=doing(town, clerk, at))
    actions.classify(
        case_id=new.pk, doing=doing(town, clerk, at), case_class="general",
        category_code="water.leak",
    )  # fmt: skip
    looked_at(town)
    link = link_of(new)
    assert link is not None and link.other_id == old.pk


def test_a_personal_matter_comes_back_to_the_same_person_only(town: Town) -> None:
    old = closed(town, category="people.care", text="独居老人需要救助")
    assert link_of(back(town, 3, category="people.care", by=None, phone="13800000099")) is None
    link = link_of(back(town, 4, category="people.care"))
    assert link is not None and link.other_id == old.pk


def test_n8_what_came_back_lowers_solved_and_goes_to_the_supervisor(town: Town) -> None:
    closed(town)
    lasting = closed(town, category="power.light", text="路灯不亮了好几天")
    new = back(town, 10, text="又漏水了")
    viewer = town.viewer(Role.SUPERVISOR)
    span = {"since": town.now - DAY, "until": town.now + DAY}
    share = recurrence_share(viewer, **span)
    assert (share.closed, share.recurred, share.solved, share.lasting) == (2, 1, 2, 1)
    assert share.recurred_percent == 50 and share.lasting_percent == 50
    rows = recurrences(viewer, since=town.now)
    assert [row.number for row in rows] == [new.number] and rows[0].days == 9
    assert lasting.number not in {row.before for row in rows}
    clerk = recurrences(town.viewer(Role.COMMUNITY_CLERK), since=town.now)
    assert [row.number for row in clerk] == [new.number]


def test_nobody_without_a_desk_reads_what_came_back(town: Town) -> None:
    with pytest.raises(Forbidden):
        recurrences(town.viewer(Role.RESIDENT), since=town.now)


def called(town: Town, case: Case, role: Role = Role.COMMUNITY_CLERK, **more: Any) -> Case:
    at = town.now + 2 * MINUTE
    given: dict[str, Any] = {
        "line": "119", "called_by": "王网格员", "called_at": at - MINUTE, "text": "消防已出动", **more,
    }  # fmt: skip
    return actions.emergency(case_id=case.pk, doing=doing(town, role, at), **given)


def test_an_emergency_call_is_written_down_and_the_case_goes_on(town: Town) -> None:
    case = forward(town, until="triage", case_class="complex")
    now = called(town, case)
    assert now.state == State.TRIAGE and now.safety
    step = Step.objects.get(case_id=case.pk, action=Action.EMERGENCY)
    assert (step.data["line"], step.data["called_by"]) == ("119", "王网格员")
    assert not step.shown_to_reporter
    solution = Clock.objects.get(case_id=case.pk, kind="solution")
    assert solution.due_at - solution.started_at == timedelta(hours=1)


def test_a_grid_worker_writes_down_an_emergency_call(town: Town) -> None:
    assert called(town, forward(town, until="dispatched"), Role.GRID_WORKER).safety


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"line": "12345"}, "line"),
        ({"called_by": " "}, "called_by"),
        ({"called_at": None}, "called_at"),
        ({"text": ""}, "text"),
    ],
)
def test_an_incomplete_emergency_call_is_refused_by_field(
    town: Town, more: dict[str, Any], field: str
) -> None:
    case = forward(town, until="triage")
    if "called_at" in more:
        more = {"called_at": town.now + DAY}
    with pytest.raises(Invalid) as refused:
        called(town, case, **more)
    assert refused.value.field == field
    case.refresh_from_db()
    assert not case.safety
