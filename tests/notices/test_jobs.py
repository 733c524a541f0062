"""The timers of notices, run by a real worker of the job queue."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from onegrid.accounts.models import County
from onegrid.common.tenancy.context import tenant_tx
from onegrid.integrations.sms import adapter
from onegrid.notices import jobs
from onegrid.notices.actions import queue
from tests.twin import KEY, RunningTwin, running_twin

COUNTY = 370725


@pytest.fixture
def twin(tmp_path: Path, settings: LazySettings) -> Iterator[RunningTwin]:
    with running_twin(tmp_path / "phone.jsonl", timezone.now()) as running:
        running.twin.clock = time.time
        settings.SMS_ENDPOINT = running.address
        settings.SMS_ALLOWED_HOSTS = ["127.0.0.1"]
        settings.SMS_ACCESS_KEY, settings.SMS_ACCESS_SECRET = KEY.key_id, KEY.secret
        yield running
        adapter.from_settings().close()
        adapter._gateway.cache_clear()


@pytest.fixture
def committed(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let rows be committed; the worker's threads give their connections back after each job."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    County.objects.create(code=COUNTY, name="昌乐县", created_at=timezone.now())
    yield
    connection.close()


def work() -> None:
    """Let a worker do what is queued, then end."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(
            queues=["notices"], wait=False, install_signal_handlers=False, listen_notify=False
        )


def put() -> None:
    with tenant_tx(COUNTY):
        queue(
            channel="sms",
            recipient="13800000017",
            template="case_done",
            params={"number": "CL26112300017"},
            language="zh-hans",
            dedupe_key="job",
            now=timezone.now(),
        )


def test_the_timer_delivers_what_every_county_has_queued(
    committed: None, twin: RunningTwin
) -> None:
    put()
    jobs.deliver.defer(timestamp=0)
    work()
    assert len(twin.shown()) == 1


def test_s56_a_job_of_a_killed_worker_is_taken_up_again(committed: None, twin: RunningTwin) -> None:
    put()
    job_id = jobs.deliver.defer(timestamp=0)
    ProcrastinateJob.objects.filter(id=job_id).update(status="doing")
    jobs.take_up_stalled.defer(timestamp=0)
    work()
    assert len(twin.shown()) == 1
    assert not ProcrastinateJob.objects.filter(status="doing").exists()


def test_s56_a_stalled_job_does_not_stand_in_the_way_of_its_equal(
    committed: None, twin: RunningTwin
) -> None:
    stalled = jobs.deliver.defer(timestamp=0)
    ProcrastinateJob.objects.filter(id=stalled).update(status="doing", lock="held")
    waiting = jobs.deliver.configure(schedule_in={"hours": 1}).defer(timestamp=1)
    jobs.take_up_stalled.defer(timestamp=0)
    work()
    states = dict(ProcrastinateJob.objects.values_list("id", "status"))
    assert (states[stalled], states[waiting]) == ("failed", "todo")
