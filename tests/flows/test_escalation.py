"""The escalation ladder: N4. Who is told at which share of the promised time, and that it stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import Error, transaction

from onegrid.accounts.models import RoleGrant, User
from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.models import Case, Clock, Escalation, Reminder, Step, Supervision
from onegrid.core.flow import Action
from onegrid.core.oversight import LADDER, Fact, Rule, hits, next_percent
from onegrid.notices.models import Outbox
from tests.county import Town, doing
from tests.web.staff import forward

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def sweep(town: Town, *, after: timedelta) -> int:
    """Look at everything that is due, as the worker does."""
    now, written = town.now + after, 0
    while due := actions.due_case_ids(now=now):
        written += actions.mark_cases(case_ids=due, now=now)
    return written


def rungs(case: Case, clock: str = "solution") -> list[tuple[int, str]]:
    rows = Escalation.objects.filter(case_id=case.pk, clock=clock).order_by("percent")
    return list(rows.values_list("percent", "reached"))


def told(case: Case, percent: int) -> set[object]:
    rows = Reminder.objects.filter(escalation__case_id=case.pk, escalation__percent=percent)
    return set(rows.values_list("account_id", flat=True))


def test_n4_each_rung_tells_the_next_higher_one_at_its_share_of_the_promise(town: Town) -> None:
    case = forward(town, until="in_progress")
    expected = [
        (29, None), (30, (50, "handler")), (48, (80, "grid")), (60, (100, "community")),
        (90, (150, "street")), (120, (200, "unit_head")), (180, (300, "office")),
    ]  # fmt: skip
    seen: list[tuple[int, str]] = []
    for minutes, rung in expected:
        sweep(town, after=minutes * MINUTE)
        seen += [rung] if rung else []
        assert rungs(case) == seen
    ids = {role: viewer.user_id for role, viewer in town.staff.items()}
    assert told(case, 50) == {ids[Role.UNIT_MEMBER]}
    assert told(case, 80) == {ids[Role.GRID_WORKER], ids[Role.COMMUNITY_CLERK]}
    assert told(case, 100) == {ids[Role.COMMUNITY_SECRETARY]}
    assert told(case, 150) == {ids[Role.STREET_OFFICER]}
    assert told(case, 200) == {ids[Role.UNIT_HEAD]}
    assert told(case, 300) == {ids[Role.SUPERVISOR]}
    steps = Step.objects.filter(case_id=case.pk, action=Action.ESCALATE).order_by("seq")
    assert [step.data["percent"] for step in steps if step.data["clock"] == "solution"] == [
        percent for percent in LADDER
    ]
    assert not any(step.shown_to_reporter for step in steps)


def test_n4_a_second_sweep_at_the_same_time_changes_nothing(town: Town) -> None:
    case = forward(town, until="in_progress")
    assert sweep(town, after=2 * HOUR) > 0
    before = (
        Step.objects.count(), Escalation.objects.count(), Reminder.objects.count(),
        Outbox.objects.count(), Case.objects.get(pk=case.pk).step_count,
    )  # fmt: skip
    Clock.objects.filter(case_id=case.pk, ended_at=None).update(next_mark_at=town.now)
    assert sweep(town, after=2 * HOUR) == 0
    assert before == (
        Step.objects.count(), Escalation.objects.count(), Reminder.objects.count(),
        Outbox.objects.count(), Case.objects.get(pk=case.pk).step_count,
    )  # fmt: skip


def test_n4_a_late_sweep_says_every_rung_that_was_passed_the_lower_ones_first(town: Town) -> None:
    case = forward(town, until="in_progress")
    sweep(town, after=200 * MINUTE)
    assert [percent for percent, _ in rungs(case)] == list(LADDER)
    seqs = [step.seq for step in Step.objects.filter(case_id=case.pk).order_by("seq")]
    assert seqs == list(range(1, Case.objects.get(pk=case.pk).step_count + 1))


def test_n4_from_one_hundred_per_cent_a_text_message_goes_out_too(town: Town) -> None:
    User.objects.filter(pk=town.viewer(Role.COMMUNITY_SECRETARY).user_id).update(
        phone="13800000077"
    )
    User.objects.filter(pk=town.viewer(Role.UNIT_MEMBER).user_id).update(phone="13800000078")
    case = forward(town, until="in_progress")
    sweep(town, after=61 * MINUTE)
    sent = Outbox.objects.filter(template="staff_ladder")
    assert [(row.recipient, row.params["percent"]) for row in sent] == [("13800000077", "100")]
    assert sent.get().params["number"] == case.number
    assert Reminder.objects.filter(escalation__percent=100, sms=True).count() == 1
    assert not Reminder.objects.filter(escalation__percent=50, sms=True).exists()


def test_n4_where_nobody_holds_a_place_the_next_higher_one_is_told(town: Town) -> None:
    RoleGrant.objects.filter(role=Role.COMMUNITY_SECRETARY).delete()
    case = forward(town, until="in_progress")
    sweep(town, after=61 * MINUTE)
    row = Escalation.objects.get(case_id=case.pk, clock="solution", percent=100)
    assert (row.receiver, row.reached) == ("community", "street")
    assert told(case, 100) == {town.viewer(Role.STREET_OFFICER).user_id}


def test_n4_before_the_dispatch_whoever_assesses_is_told(town: Town) -> None:
    case = forward(town, until="registered")
    sweep(town, after=15 * MINUTE)
    row = Escalation.objects.get(case_id=case.pk, clock="response", percent=50)
    assert row.reached == "handler"
    assert told(case, 50) == {town.viewer(Role.COMMUNITY_CLERK).user_id}


def test_n4_a_clock_that_rests_or_has_ended_climbs_no_further(town: Town) -> None:
    case = forward(town, until="in_progress")
    sweep(town, after=31 * MINUTE)
    member = doing(town, Role.UNIT_MEMBER, town.now + 32 * MINUTE)
    actions.ask_info(case_id=case.pk, doing=member, text="请补充楼号")
    sweep(town, after=3 * HOUR)
    assert [percent for percent, _ in rungs(case)] == [50]
    back = doing(town, Role.RESIDENT, town.now + 4 * HOUR)
    actions.supply_info(case_id=case.pk, doing=back, text="5号楼")
    sweep(town, after=4 * HOUR + 15 * MINUTE)
    assert [percent for percent, _ in rungs(case)] == [50]
    sweep(town, after=4 * HOUR + 16 * MINUTE)
    assert [percent for percent, _ in rungs(case)] == [50, 80]


def test_n4_a_second_round_climbs_its_own_ladder(town: Town) -> None:
    case = forward(town, until="in_progress")
    sweep(town, after=31 * MINUTE)
    row = Clock.objects.get(case_id=case.pk, kind="solution")
    assert (row.round, row.rung) == (1, 50)
    Escalation.objects.get(case_id=case.pk, clock="solution", round=1, percent=50)


def test_n4_an_unanswered_supervision_climbs_the_ladder_too(town: Town) -> None:
    case = forward(town, until="in_progress", category="water.sewer", case_class="major")
    at = town.now + 10 * MINUTE
    actions.supervise(
        case_id=case.pk, doing=doing(town, Role.SUPERVISOR, at), kind="daily", trigger=5,
        text="请说明", days=1,
    )  # fmt: skip
    row = Supervision.objects.get(case_id=case.pk)
    assert row.next_mark_at is not None
    sweep(town, after=row.reply_due - town.now + MINUTE)
    assert rungs(case, "supervise")[:2] == [(50, "handler"), (80, "grid")]
    sweep(town, after=timedelta(days=9))
    climbed = row.escalations.order_by("percent").values_list("percent", flat=True)
    assert list(climbed) == list(LADDER)
    assert Supervision.objects.get(pk=row.pk).next_mark_at is None


def test_n4_a_rung_is_a_record_that_nobody_changes_or_removes(town: Town) -> None:
    case = forward(town, until="in_progress")
    sweep(town, after=31 * MINUTE)
    for change in (
        lambda: Escalation.objects.filter(case_id=case.pk).update(percent=10),
        lambda: Escalation.objects.filter(case_id=case.pk).delete(),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()
    assert not any(
        "escal" in field.name or "ladder" in field.name
        for field in Case._meta.get_fields()
        if field.concrete
    ), "a case has no switch for its ladder"


def test_rules_hold_from_their_day_and_the_ladder_ends_at_its_top() -> None:
    rule = Rule("late", 2, "daily", Fact.PROMISE_SHARE, 100, 1, date(2026, 1, 1), date(2026, 6, 1))
    facts = {Fact.PROMISE_SHARE: 100}
    assert hits([rule], facts, on=date(2026, 5, 31)) == (rule,)
    assert hits([rule], facts, on=date(2026, 6, 1)) == ()
    assert hits([rule], {Fact.PROMISE_SHARE: 99}, on=date(2026, 5, 31)) == ()
    assert [next_percent(LADDER, said) for said in (0, 50, 99, 300)] == [50, 80, 100, None]
