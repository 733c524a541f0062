"""The outbox against the demo twin: what is promised is told once, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from onegrid.common.tenancy.context import tenant_tx
from onegrid.integrations.sms.signing import Credentials
from onegrid.notices import actions
from onegrid.notices.actions import LEASE, MAX_ATTEMPTS, Delivered, deliver_due, pause, queue
from onegrid.notices.models import Outbox
from onegrid.notices.ports import SmsGateway
from onegrid.notices.terms import Delivery
from tests.twin import RunningTwin, running_twin

COUNTY = 370725
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[RunningTwin]:
    with running_twin(tmp_path / "phone.jsonl", NOW) as running:
        yield running


def put(key: str = "k1", **other: object) -> None:
    given = {
        "channel": "sms",
        "recipient": "13800000017",
        "template": "case_done",
        "params": {"number": "CL26112300017"},
        "language": "zh-hans",
        "dedupe_key": key,
        "now": NOW,
        **other,
    }
    with tenant_tx(COUNTY):
        queue(**given)


def row(key: str = "k1") -> Outbox:
    with tenant_tx(COUNTY):
        return Outbox.objects.get(dedupe_key=key)


def deliver(gateway: SmsGateway, now: datetime = NOW, limit: int = 10) -> Delivered:
    return deliver_due(tenant_id=COUNTY, now=now, gateway=gateway, limit=limit)


def test_a_notice_reaches_the_phone_and_is_settled(twin: RunningTwin) -> None:
    put()
    assert deliver(twin.gateway()) == Delivered(sent=1)
    sent = row()
    assert (sent.state, sent.attempts, sent.settled_at) == (Delivery.SENT, 1, NOW)
    assert sent.provider_id and sent.unsure_since is None
    assert len(twin.shown()) == 1


def test_s55_a_rolled_back_event_tells_nobody(twin: RunningTwin) -> None:
    with pytest.raises(RuntimeError), tenant_tx(COUNTY):
        put()
        raise RuntimeError
    assert deliver(twin.gateway()).total == 0


def test_s54_the_same_event_twice_is_one_notice(twin: RunningTwin) -> None:
    for _ in range(3):
        put("same")
    deliver(twin.gateway())
    assert len(twin.shown()) == 1


def test_s55_a_lost_answer_is_looked_up_and_not_repeated(twin: RunningTwin) -> None:
    put()
    twin.twin.order(["lost"])
    assert deliver(twin.gateway()) == Delivered(later=1)
    assert row().unsure_since == NOW
    later = NOW + pause(1)
    twin.at(later)
    assert deliver(twin.gateway(), later) == Delivered(sent=1)
    assert len(twin.shown()) == 1


def test_s55_a_worker_killed_after_handing_over_leaves_no_second_message(
    twin: RunningTwin,
) -> None:
    put()
    claimed = actions._claim(tenant_id=COUNTY, now=NOW, channel="sms")
    assert claimed is not None
    actions._attempt(claimed, gateway=twin.gateway(), now=NOW)
    assert deliver(twin.gateway(), NOW + LEASE / 2).total == 0
    later = NOW + LEASE
    twin.at(later)
    assert deliver(twin.gateway(), later) == Delivered(sent=1)
    assert len(twin.shown()) == 1
    assert row().attempts == 2


def test_a_late_answer_does_not_overwrite_a_newer_attempt(twin: RunningTwin) -> None:
    put()
    slow = actions._claim(tenant_id=COUNTY, now=NOW, channel="sms")
    assert slow is not None
    later = NOW + LEASE
    twin.at(later)
    deliver(twin.gateway(), later)
    settled = row()
    answer = actions.Answer(actions.Outcome.NEVER, error="late")
    actions._settle(slow, answer, tenant_id=COUNTY, now=later)
    assert row().last_error == settled.last_error == ""
    assert row().state == Delivery.SENT


def test_trouble_is_met_with_growing_pauses_and_an_end(twin: RunningTwin) -> None:
    put()
    gateway = twin.gateway(credentials=Credentials("demo-key", "wrong"))
    now, pauses = NOW, []
    for _ in range(MAX_ATTEMPTS):
        twin.at(now)
        deliver(gateway, now)
        current = row()
        pauses.append(current.next_attempt_at - now)
        now = current.next_attempt_at
    assert pauses[:5] == [timedelta(seconds=s) for s in (30, 120, 480, 1920, 3600)]
    assert (current.state, current.last_error) == (Delivery.FAILED, "SignatureDoesNotMatch")
    assert deliver(gateway, now + timedelta(days=1)).total == 0
    assert twin.shown() == []


def test_a_bad_number_fails_at_once_and_does_not_hold_up_the_others(twin: RunningTwin) -> None:
    put("bad", recipient="12345")
    put("good")
    assert deliver(twin.gateway()) == Delivered(sent=1, failed=1)
    assert (row("bad").state, row("bad").last_error) == (
        Delivery.FAILED,
        "isv.MOBILE_NUMBER_ILLEGAL",
    )


def test_flow_control_comes_back_later(twin: RunningTwin) -> None:
    twin.twin.provider = replace(twin.twin.provider, per_minute=1)
    put("first")
    put("second")
    assert deliver(twin.gateway()) == Delivered(sent=1, later=1)
    later = NOW + timedelta(seconds=61)
    twin.at(later)
    assert deliver(twin.gateway(), later) == Delivered(sent=1)


def test_an_expired_code_is_not_sent(twin: RunningTwin) -> None:
    put(expires_at=NOW + timedelta(minutes=10))
    assert deliver(twin.gateway(), NOW + timedelta(minutes=10)) == Delivered(failed=1)
    assert (row().last_error, twin.shown()) == ("expired", [])


def test_s15_a_code_is_forgotten_once_it_is_sent(twin: RunningTwin) -> None:
    put(template="login_code", params={"code": "204816", "minutes": "10"})
    deliver(twin.gateway())
    assert "204816" in twin.shown()[0]
    assert row().params == {}


def test_the_language_is_the_recipients(twin: RunningTwin) -> None:
    put("en", language="en")
    deliver(twin.gateway())
    assert twin.shown()[0].startswith("Your case CL26112300017")


def test_another_county_sends_only_its_own(twin: RunningTwin) -> None:
    put()
    other = deliver_due(tenant_id=370724, now=NOW, gateway=twin.gateway(), limit=10)
    assert other.total == 0


def test_settled_notices_are_forgotten_and_pending_ones_are_not(twin: RunningTwin) -> None:
    put("old")
    deliver(twin.gateway())
    put("pending")
    later = NOW + timedelta(days=91)
    assert actions.forget_settled(tenant_id=COUNTY, before=later) == 1
    assert row("pending").state == Delivery.PENDING


@pytest.mark.parametrize(
    "wrong",
    [{"recipient": ""}, {"template": "nothing"}, {"channel": "smoke"}, {"params": {"x": "1"}}],
)
def test_a_notice_that_cannot_be_right_is_an_error_of_the_caller(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        put(**wrong)


def test_the_database_holds_the_states(twin: RunningTwin) -> None:
    put()
    with pytest.raises(IntegrityError), tenant_tx(COUNTY), transaction.atomic():
        Outbox.objects.update(state="sent")
