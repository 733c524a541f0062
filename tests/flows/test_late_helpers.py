"""A helping unit whose report is late is reminded level by level, once each, with receipts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from onegrid.accounts.models import RoleGrant, User
from onegrid.accounts.terms import AccountKind, Role, ScopeLevel
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions.late_helpers import remind_helpers
from onegrid.cases.models import Case, CoUnit, Escalation, Reminder, Step
from onegrid.core.flow import Action
from onegrid.notices.models import Outbox
from tests.county import COUNTY, Town
from tests.flows.sharing import HOUR, MINUTE, by, member
from tests.flows.test_joint import REPORT, begun, shared
from tests.web.staff import browser, travel
from tests.web.staff import words as raw_words

#: When the report of `shared` is due: 48 minutes 24 seconds after nine.
DUE = 2 * MINUTE + 58 * MINUTE * 0.8


def words(response: Any) -> str:
    return " ".join(raw_words(response).split())


def helping_staff(town: Town, role: Role, name: str) -> User:
    """Give somebody a role in the helping unit, with a phone."""
    user = User.objects.create(
        tenant_id=COUNTY, username=name, kind=AccountKind.STAFF, full_name=name,
        phone=f"1390000{len(name):04d}", created_at=town.now, password="!",
    )  # fmt: skip
    RoleGrant.objects.create(
        user_id=user.id, role=role, area_level=ScopeLevel.UNIT,
        unit_id=town.units["urban_management"], valid_from=town.now - timedelta(days=9),
    )  # fmt: skip
    return user


def levels(case: Case) -> list[tuple[int, str]]:
    rows = Escalation.objects.filter(case_id=case.pk, clock="helping").order_by("percent")
    return list(rows.values_list("percent", "reached"))


def told(case: Case, percent: int) -> set[object]:
    rows = Reminder.objects.filter(
        escalation__case_id=case.pk, escalation__clock="helping", escalation__percent=percent
    )
    return set(rows.values_list("account_id", flat=True))


def test_n4_each_level_is_said_once_to_the_helping_unit_its_head_and_the_office(
    town: Town,
) -> None:
    staff = helping_staff(town, Role.UNIT_MEMBER, "helper")
    head = helping_staff(town, Role.UNIT_HEAD, "helping-head")
    case = begun(town, shared(town))
    assert remind_helpers(now=town.now + DUE - MINUTE) == 0
    assert remind_helpers(now=town.now + DUE) == 1
    assert remind_helpers(now=town.now + DUE + MINUTE) == 0, "once"
    assert levels(case) == [(100, "handler")]
    lead = town.staff[Role.UNIT_MEMBER].user_id
    assert told(case, 100) == {staff.id, head.id, lead}, "the leading unit hears of it too"
    assert remind_helpers(now=town.now + 3 * HOUR) == 2
    assert levels(case) == [(100, "handler"), (150, "unit_head"), (200, "office")]
    assert told(case, 150) == {head.id}
    assert told(case, 200) == {town.staff[Role.SUPERVISOR].user_id}
    assert remind_helpers(now=town.now + 300 * HOUR) == 0, "nothing is left to say"
    steps = Step.objects.filter(case_id=case.pk, action=Action.ESCALATE, data__clock="helping")
    assert [step.data["unit"] for step in steps] == ["县综合行政执法局"] * 3
    assert Case.objects.get(pk=case.pk).step_count == Step.objects.filter(case_id=case.pk).count()
    texts = Outbox.objects.filter(template="staff_ladder").values_list("recipient_user_id")
    assert {pk for (pk,) in texts} == {staff.id, head.id}


def test_n4_nobody_is_reminded_of_a_report_that_came_was_released_or_rests(town: Town) -> None:
    reported, released, held = (begun(town, shared(town)) for _ in range(3))
    actions.co_report(
        case_id=reported.pk, doing=by(town, member(town, "urban_management"), 20 * MINUTE),
        text=REPORT,
    )  # fmt: skip
    actions.release_unit(
        case_id=released.pk, doing=by(town, Role.DISPATCHER, 20 * MINUTE),
        unit_id=town.units["urban_management"], text="不再需要",
    )  # fmt: skip
    until = town.now + 2 * HOUR
    actions.ask_hold(
        case_id=held.pk, doing=by(town, Role.UNIT_MEMBER, 20 * MINUTE), reason="weather",
        until=until, text="等待停雨",
    )  # fmt: skip
    actions.decide_hold(
        case_id=held.pk, doing=by(town, Role.DISPATCHER, 21 * MINUTE), ok=True, text="同意"
    )
    assert remind_helpers(now=until - MINUTE) == 0
    assert not Escalation.objects.filter(clock="helping").exists()
    actions.end_hold(
        case_id=held.pk,
        doing=actions.Doing(Viewer.system(COUNTY), until, uuid4()),
    )
    moved = CoUnit.objects.get(case_id=held.pk)
    assert moved.due_at is not None and moved.due_at > until
    assert remind_helpers(now=moved.due_at) == 1


def test_n4_where_nobody_holds_a_place_the_next_higher_one_is_told(town: Town) -> None:
    case = begun(town, shared(town))
    assert remind_helpers(now=town.now + DUE) == 1
    assert levels(case) == [(100, "office")], "the helping unit has no staff here"


def test_the_page_of_the_leading_unit_shows_the_late_report_and_its_receipt(town: Town) -> None:
    case = begun(town, shared(town))
    at = town.now + DUE
    remind_helpers(now=at)
    with travel(at + MINUTE):
        lead = browser(town, Role.UNIT_MEMBER)
        seen = words(lead.get(f"/desk/case/{case.number}/", headers={"Accept-Language": "en"}))
        assert "100 % Report of a helping unit 县综合行政执法局" in seen
        assert "The report is late" in seen
        inbox = words(lead.get("/desk/reminders/", headers={"Accept-Language": "en"}))
        assert "Report of a helping unit: 100 % of the time used up" in inbox
        lead.post("/desk/reminders/read/", {"number": case.number})
    row = Reminder.objects.get(
        escalation__clock="helping", account_id=town.users[Role.UNIT_MEMBER].pk
    )
    assert row.read_at == at + MINUTE


def test_many_late_reports_are_written_in_as_many_statements_as_one(town: Town) -> None:
    counts = []
    for cases in (1, 4):
        for _ in range(cases):
            begun(town, shared(town))
        with CaptureQueriesContext(connection) as found:
            assert remind_helpers(now=town.now + DUE) == cases
        counts.append(len(found))
    assert counts[0] == counts[1]
