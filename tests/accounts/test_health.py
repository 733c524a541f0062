"""Probes for load balancers and operators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from onegrid.common.tenancy.context import tenant_tx
from onegrid.notices.actions import queue
from tests.accounts.conftest import People
from tests.conftest import COUNTY


def test_health_counts_what_waits_in_the_outbox(people: People) -> None:
    before = Client().get("/healthz").json()
    assert before["outbox"] == {"pending": 0, "failed": 0, "oldest_seconds": None}
    with tenant_tx(COUNTY):
        queue(
            channel="sms",
            recipient="13800000001",
            template="case_closed",
            params={"number": "CL1"},
            language="zh-hans",
            dedupe_key="x",
            now=timezone.now() - timedelta(minutes=5),
        )
    answer = Client().get("/healthz")
    after = answer.json()
    assert after["status"] == after["database"] == "ok"
    assert after["outbox"]["pending"] == 1
    assert 300 <= after["outbox"]["oldest_seconds"] < 400
    assert "13800000001" not in answer.content.decode()


def test_health_counts_jobs_that_are_due(people: People) -> None:
    before = Client().get("/healthz").json()["jobs"]["waiting"]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at) VALUES "
            "('q', 'now', NULL), ('q', 'past', now() - interval '1 min'),"
            "('q', 'future', now() + interval '1 hour')"
        )
    assert Client().get("/healthz").json()["jobs"]["waiting"] == before + 2


def test_probes_answer_at_any_host_and_set_no_cookie(people: People) -> None:
    for path in ("/healthz", "/readyz"):
        answer = Client().get(path, headers={"host": "10.2.3.4"})
        assert answer.status_code == 200
        assert not answer.cookies
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_database_that_does_not_answer_is_told(people: People) -> None:
    def broken(*args: Any) -> Any:
        raise OperationalError("gone")

    with connection.execute_wrapper(broken):
        for path in ("/healthz", "/readyz"):
            answer = Client().get(path)
            assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")


def test_probes_take_no_forms(people: People) -> None:
    assert Client().post("/healthz").status_code == 405
