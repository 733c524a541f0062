"""Cases of one matter: found, merged, followed, un-merged, joined (E3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, clocks, queries
from onegrid.cases.actions import Doing, Place, Reporter, Request, VerdictGiven
from onegrid.cases.models import Case, Clock, Joiner, Link, Part, Step
from onegrid.cases.queries.desk import turn_of
from onegrid.cases.queries.similar import alike_cases
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.core.calendar import WALL_CLOCK
from onegrid.core.clock import ClockKind, Target, read_all
from onegrid.core.clock.terms import RUNS, Event
from onegrid.core.flow import Action, State
from onegrid.notices.models import Outbox
from tests.conftest import MONDAY
from tests.county import COUNTY, Town, doing, middle, report
from tests.web.staff import forward

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CLERK, MEMBER = Role.COMMUNITY_CLERK, Role.UNIT_MEMBER
PHONE = "13800000077"


def again(town: Town, *, minutes: int = 10, **more: Any) -> Case:
    """Open a later case about the same leak, by somebody else."""
    receipt = report(
        town,
        at=town.now + minutes * MINUTE,
        text=more.pop("text", "水管漏水两天了，没人管"),
        by=None,
        phone=more.pop("phone", PHONE),
        **more,
    )
    return Case.objects.get(pk=receipt.case_id)


def triaged(town: Town, case: Case, *, minutes: int = 15) -> Case:
    at = town.now + minutes * MINUTE
    return actions.start_triage(case_id=case.pk, doing=doing(town, CLERK, at))


def merged(town: Town, case: Case, into: Case, *, minutes: int = 20) -> Case:
    at = town.now + minutes * MINUTE
    return actions.merge(case_id=case.pk, doing=doing(town, CLERK, at), into=into.pk)


def answered(town: Town, case: Case, *, minutes: int = 30) -> Case:
    """Report a case done and, if it was drawn, verified."""
    at = town.now + minutes * MINUTE
    done = actions.finish(
        case_id=case.pk,
        doing=doing(town, MEMBER, at),
        result="solved",
        answers={1: "已更换水管阀门，不再漏水"},
    )
    if done.state == State.VERIFY:
        done = actions.verify(
            case_id=case.pk,
            doing=doing(town, Role.GRID_WORKER, at + MINUTE),
            ok=True,
            text="现场查看属实",
        )
    return done


def told(template: str) -> int:
    return Outbox.objects.filter(template=template).count()


def test_e3_a_like_case_is_found_with_the_reasons(town: Town) -> None:
    first = forward(town, until="in_progress")
    second = triaged(town, again(town))
    far = report(town, at=town.now + 5 * MINUTE, point=middle(1, 1))
    found = alike_cases(town.viewer(CLERK), case=second, now=town.now + 20 * MINUTE)
    assert [row.number for row in found] == [first.number]
    reasons = found[0].likeness
    assert reasons.distance_m == pytest.approx(0.0) and reasons.days == 0 and found[0].earlier
    assert 0.3 < reasons.words < 1.0
    assert Case.objects.get(pk=far.case_id).cell != first.cell


def test_e3_what_is_outside_the_scope_is_not_shown_on_a_desk(town: Town) -> None:
    lon, lat = middle(0, 0)
    first = forward(town, until="in_progress", point=(lon, lat + 0.0019))
    second = triaged(town, again(town, point=(lon, lat + 0.0015)))
    Case.objects.filter(pk=first.pk).update(community_id=town.areas["C2"])
    assert alike_cases(town.viewer(CLERK), case=second, now=town.now + DAY) == []
    seen = alike_cases(town.viewer(Role.DISPATCHER), case=second, now=town.now + DAY)
    assert [row.number for row in seen] == [first.number]


def test_a_merged_case_waits_for_nobody_and_is_found_still(town: Town) -> None:
    first = forward(town, until="in_progress")
    second = merged(town, triaged(town, again(town)), first)
    assert second.state == State.MERGED and second.before_merge == State.TRIAGE
    for role in (CLERK, Role.DISPATCHER, Role.STREET_OFFICER):
        viewer = town.viewer(role)
        assert not Case.objects.filter(turn_of(viewer), pk=second.pk).exists()
        words = queries.Filters(which="open", words=second.number)
        assert [row.number for row in queries.desk_queue(viewer, filters=words).rows] == [
            second.number
        ]
    later = town.now + 5 * DAY
    assert second.pk not in actions.due_case_ids(now=later)
    assert actions.mark_case(case_id=second.pk, now=later) == 0
    assert told("case_merged") == 1


def test_the_merged_are_answered_with_the_leading_and_called_back_by_themselves(
    town: Town,
) -> None:
    first = forward(town, until="in_progress")
    second = merged(town, triaged(town, again(town)), first)
    answered(town, first)
    second.refresh_from_db()
    assert second.state == State.CALLBACK and second.result == "solved"
    assert Part.objects.get(case_id=second.pk).answer == "已更换水管阀门，不再漏水"
    assert not Link.objects.filter(case_id=second.pk, ended_at__isnull=True).exists()
    assert Outbox.objects.filter(template="case_done", recipient=PHONE).count() == 1
    closed = actions.give_verdict(
        case_id=second.pk,
        doing=Doing(Viewer.anonymous(COUNTY), town.now + DAY, uuid4(), as_reporter=True),
        verdict=VerdictGiven(answered=True, solved="yes", satisfied="yes"),
    )
    first.refresh_from_db()
    assert closed.state == State.CLOSED and first.state == State.CALLBACK


def test_whoever_handled_the_leading_case_does_not_call_back_the_merged(town: Town) -> None:
    first = forward(town, until="in_progress")
    second = merged(town, triaged(town, again(town)), first)
    answered(town, first)
    second.refresh_from_db()
    handler = town.viewer(MEMBER).user_id
    from onegrid.cases import standing

    assert handler in standing.handlers_of(second)


def test_a_leading_case_that_is_withdrawn_lets_the_merged_go_on(town: Town) -> None:
    first = forward(town, until="in_progress")
    second = merged(town, triaged(town, again(town)), first)
    actions.withdraw(
        case_id=first.pk, doing=doing(town, Role.RESIDENT, town.now + DAY), text="自己修好了"
    )
    second.refresh_from_db()
    assert second.state == State.TRIAGE and told("case_unmerged") == 1
    undone = Step.objects.get(case_id=second.pk, action=Action.UNMERGE)
    assert undone.actor_role == "system" and not undone.shown_to_reporter


def test_a_leading_case_that_is_refused_lets_the_merged_go_on(town: Town) -> None:
    first = forward(town, until="triage")
    second = merged(town, triaged(town, again(town)), first)
    actions.refuse(
        case_id=first.pk,
        doing=doing(town, CLERK, town.now + DAY),
        reason="court",
        text="正在法院审理，请等待判决",
    )
    second.refresh_from_db()
    assert second.state == State.TRIAGE


def test_undoing_a_merger_restores_state_and_clocks_exactly(town: Town) -> None:
    first = forward(town, until="in_progress")
    second, twin = again(town), again(town, phone="13800000078")
    for case in (second, twin):
        triaged(town, case)
    merged(town, second, first)
    at = town.now + 3 * DAY
    back = actions.unmerge(case_id=second.pk, doing=doing(town, CLERK, at), text="不是同一处")
    note = actions.note(case_id=twin.pk, doing=doing(town, CLERK, at), text="现场看过")
    assert (back.state, back.due_at, back.mark) == (note.state, note.due_at, note.mark)
    columns = ("kind", "round", "started_at", "due_at", "ended_at", "paused", "next_mark_at")

    def rows(case: Case) -> list[tuple[object, ...]]:
        return sorted(Clock.objects.filter(case_id=case.pk).values_list(*columns))

    assert rows(second) == rows(twin) != []
    readings = [clocks.readings(case, clocks.events_of(case), now=at) for case in (back, note)]
    mine, theirs = ([item.reading for item in one] for one in readings)
    assert mine == theirs


_STATES = [state for state in State if state not in {State.DRAFT, State.MERGED}]


@given(
    st.lists(st.tuples(st.sampled_from(_STATES), st.integers(1, 5000)), max_size=8),
    st.integers(0, 8),
    st.integers(1, 9000),
)
def test_the_clocks_of_an_unmerged_case_read_as_if_it_had_never_been_merged(
    walk: list[tuple[State, int]], where: int, length: int
) -> None:
    at, plain = MONDAY, [Event(MONDAY, "open", State.REGISTERED)]
    for number, (state, minutes) in enumerate(walk):
        at += minutes * MINUTE
        plain.append(Event(at, f"a{number}", state))
    where = min(where, len(plain) - 1)
    before = plain[where]
    follow = plain[where + 1].at if where + 1 < len(plain) else before.at + DAY
    into = before.at + (follow - before.at) / 3
    back = before.at + (follow - before.at) / 2
    events = [
        *plain[: where + 1],
        Event(into, "merge", State.MERGED),
        Event(back, "unmerge", before.to_state),
        *plain[where + 1 :],
    ]
    targets = [Target(kind, WALL_CLOCK, amount=timedelta(minutes=length)) for kind in ClockKind]
    now = max(plain[-1].at, back) + DAY
    assert read_all(targets, events, now) == read_all(targets, plain, now)


def test_merged_has_no_effect_of_its_own_on_any_clock() -> None:
    assert RUNS[State.MERGED] == {}


def test_the_later_goes_into_the_earlier_and_there_are_no_chains(town: Town) -> None:
    first = forward(town, until="in_progress")
    second, third = triaged(town, again(town)), triaged(town, again(town, phone="13800000078"))
    with pytest.raises(Conflict, match="merge_later"):
        merged(town, second, again(town, minutes=12, phone="13800000079"))
    merged(town, second, first)
    with pytest.raises(Conflict, match="merge_not_leading"):
        merged(town, third, second)
    with pytest.raises(Conflict, match="illegal_transition"):
        merged(town, second, first)
    leads = triaged(town, again(town, minutes=11, phone="13800000080"))
    follows = triaged(town, again(town, minutes=12, phone="13800000081"))
    merged(town, follows, leads)
    with pytest.raises(Conflict, match="merge_tied"):
        merged(town, leads, first)


def test_an_answered_or_foreign_case_leads_nobody(town: Town) -> None:
    first = forward(town, until="in_progress")
    second = triaged(town, again(town))
    foreign = forward(town, until="registered", point=middle(0, 1), by=None, phone="13800000082")
    with pytest.raises(Invalid) as refused:
        merged(town, second, foreign)
    assert refused.value.field == "into"
    answered(town, first)
    with pytest.raises(Conflict, match="merge_not_leading"):
        merged(town, second, first, minutes=40)


@pytest.mark.parametrize("private", ["whistle", "confidential"])
def test_private_cases_are_never_found_nor_merged(town: Town, private: str) -> None:
    lon, lat = middle(0, 0)
    receipt = actions.open_case(
        viewer=Viewer.anonymous(COUNTY),
        request=Request(
            text="楼下水管漏水，已经两天了",
            place=Place(lon=lon, lat=lat),
            category_code="water.leak",
            kind="whistle" if private == "whistle" else "help",
            confidential=private == "confidential",
        ),
        now=town.now,
        key=uuid4(),
    )
    secret = Case.objects.get(pk=receipt.case_id)
    second = triaged(town, again(town, text="楼下水管漏水，已经两天了"))
    assert secret.cell == ""
    assert alike_cases(town.viewer(CLERK), case=second, now=town.now + DAY) == []
    assert alike_cases(town.viewer(CLERK), case=secret, now=town.now + DAY) == []
    with pytest.raises(Forbidden, match="merge_private"):
        merged(town, second, secret)
    with pytest.raises(NotFound):
        actions.join(
            case_id=secret.pk, doing=anybody(town), reporter=Reporter(phone=PHONE), text=""
        )
    actions.classify(
        case_id=triaged(town, secret).pk,
        doing=doing(town, CLERK, town.now + DAY),
        case_class="general",
        category_code="water.leak",
    )
    secret.refresh_from_db()
    assert secret.cell == ""


def test_personal_matters_of_two_people_are_never_one(town: Town) -> None:
    more = {"category": "people.care", "text": "独居老人需要救助"}
    first = again(town, minutes=1, phone="13800000083", **more)
    other = triaged(town, again(town, **more))
    with pytest.raises(Conflict, match="merge_personal"):
        merged(town, other, first)
    same = triaged(town, again(town, phone="13800000083", **more))
    done = merged(town, same, first)
    assert done.state == State.MERGED
    assert Step.objects.filter(case_id=first.pk, action=Action.REPEAT).count() == 1


def test_nobody_but_those_who_assess_may_merge(town: Town) -> None:
    first = forward(town, until="in_progress")
    second = again(town)
    at = town.now + DAY
    for role in (Role.SUPERVISOR, Role.CALLBACK_AGENT):
        with pytest.raises(Forbidden):
            actions.merge(case_id=second.pk, doing=doing(town, role, at), into=first.pk)
    second.refresh_from_db()
    assert second.state == State.REGISTERED and Link.objects.count() == 0


def test_the_same_key_merges_once(town: Town) -> None:
    first = forward(town, until="in_progress")
    second = triaged(town, again(town))
    once = doing(town, CLERK, town.now + DAY)
    for _ in range(2):
        actions.merge(case_id=second.pk, doing=once, into=first.pk)
    assert Link.objects.filter(case_id=second.pk).count() == 1
    assert Step.objects.filter(case_id=first.pk, action=Action.LINK).count() == 1
    assert told("case_merged") == 1


def anybody(town: Town, *, minutes: int = 20) -> Doing:
    return Doing(Viewer.anonymous(COUNTY, "zh-hans"), town.now + minutes * MINUTE, uuid4())


def joined(town: Town, case_id: UUID, phone: str = PHONE, **more: Any) -> Case:
    return actions.join(
        case_id=case_id,
        doing=anybody(town),
        reporter=Reporter(phone=phone, **more),
        text="我家也漏",
    )


def test_whoever_joins_is_told_the_result_without_a_case_of_their_own(town: Town) -> None:
    first = forward(town, until="in_progress")
    joined(town, first.pk)
    joined(town, first.pk, phone="13800000090", wants_reply=False)
    joined(town, first.pk)
    assert Joiner.objects.filter(case_id=first.pk).count() == 2
    assert Case.objects.count() == 1 and told("case_joined") == 1
    answered(town, first)
    row = Outbox.objects.get(template="joined_done")
    assert row.recipient == PHONE and first.number not in str(row.params)


def test_the_step_of_joining_names_nobody(town: Town) -> None:
    first = forward(town, until="in_progress")
    joined(town, first.pk)
    step = Step.objects.get(case_id=first.pk, action=Action.JOIN)
    assert (step.actor_id, step.actor_name, step.text) == (None, "", "")
    assert PHONE not in str(step.data)


def test_joining_needs_somebody_to_tell_and_a_case_that_is_worked_on(town: Town) -> None:
    first = forward(town, until="in_progress")
    with pytest.raises(Invalid) as refused:
        joined(town, first.pk, phone="")
    assert refused.value.field == "phone"
    answered(town, first)
    with pytest.raises(Conflict, match="join_over"):
        joined(town, first.pk)
    assert Joiner.objects.count() == 0


def test_the_reporter_does_not_join_the_own_case(town: Town) -> None:
    first = forward(town, until="in_progress")
    with pytest.raises(Conflict, match="join_own"):
        actions.join(
            case_id=first.pk,
            doing=doing(town, Role.RESIDENT, town.now + DAY),
            reporter=Reporter(),
        )


def test_a_repeated_message_is_kept_as_a_contact_and_the_progress_is_told(town: Town) -> None:
    first = again(town, minutes=1)
    at = town.now + DAY
    case = actions.repeat(case_id=first.pk, doing=doing(town, CLERK, at), text="来电再问进度")
    assert case.state == State.REGISTERED
    assert Step.objects.filter(case_id=first.pk, action=Action.REPEAT).count() == 1
    row = Outbox.objects.get(template="case_progress")
    assert row.recipient == PHONE and row.params["number"] == first.number
