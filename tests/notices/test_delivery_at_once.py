"""Several workers deliver at the same time, in real transactions."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from onegrid.common.tenancy.context import tenant_tx
from onegrid.notices.actions import deliver_due, queue
from onegrid.notices.models import Outbox
from tests.twin import RunningTwin, running_twin

COUNTY = 370725
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[RunningTwin]:
    with running_twin(tmp_path / "phone.jsonl", NOW) as running:
        yield running


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Let rows be committed, and remove them as the run-time role may (it must not truncate)."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield
        with tenant_tx(COUNTY):
            Outbox.objects.all().delete()
        connection.close()


def put(number: int) -> None:
    queue(
        channel="sms",
        recipient=f"138000000{number:02d}",
        template="case_done",
        params={"number": f"CL{number}"},
        language="zh-hans",
        dedupe_key=f"at-once-{number}",
        now=NOW,
    )


def test_s55_four_workers_send_forty_notices_once_each(committed: None, twin: RunningTwin) -> None:
    with tenant_tx(COUNTY):
        for number in range(40):
            put(number)
    gateways = [twin.gateway() for _ in range(4)]

    def work(worker: int) -> int:
        run = deliver_due(tenant_id=COUNTY, now=NOW, gateway=gateways[worker], limit=40)
        connection.close()
        return run.sent

    with ThreadPoolExecutor(4) as workers:
        sent = list(workers.map(work, range(4)))
    assert sum(sent) == 40
    phones = [sms.phone for sms in twin.twin.provider.store.newest(100)]
    assert sorted(phones) == [f"138000000{number:02d}" for number in range(40)]


def test_s55_nobody_waits_for_a_notice_that_another_worker_holds(
    committed: None, twin: RunningTwin
) -> None:
    with tenant_tx(COUNTY):
        put(1)
        put(2)

    def other() -> int:
        run = deliver_due(tenant_id=COUNTY, now=NOW, gateway=twin.gateway(), limit=10)
        connection.close()
        return run.sent

    with tenant_tx(COUNTY), ThreadPoolExecutor(1) as workers:
        held = Outbox.objects.select_for_update().get(dedupe_key="at-once-1")
        assert workers.submit(other).result(timeout=30) == 1
        assert held.state == "pending"
    assert [sms.phone for sms in twin.twin.provider.store.newest(10)] == ["13800000002"]
