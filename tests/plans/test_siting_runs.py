"""Siting in a process of its own: one that is killed is followed by another."""

from __future__ import annotations

import signal
import sys
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from onegrid.common.tenancy.context import tenant_tx
from onegrid.plans.models import Siting
from onegrid.plans.siting import asking, jobs
from onegrid.plans.terms import MOST_AGAIN, RunState
from tests.conftest import COUNTY
from tests.county import Town
from tests.plans.test_runs import committed  # noqa: F401 - a fixture
from tests.plans.test_siting import asked

pytestmark = pytest.mark.django_db(transaction=True)

#: a process that is killed before it has done anything
KILLED = [sys.executable, "-c", f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})"]


@pytest.fixture
def siting(committed: Town, monkeypatch: pytest.MonkeyPatch) -> UUID:  # noqa: F811
    monkeypatch.setattr(jobs.find_sites, "defer", lambda **_: None)
    with tenant_tx(COUNTY):
        return asked(committed, uses=["residential"], stands=[])


def state(siting_id: UUID) -> tuple[str, str]:
    with tenant_tx(COUNTY):
        row = Siting.objects.get(pk=siting_id)
        return row.state, row.fault


def test_a_process_that_is_killed_is_followed_by_another(
    siting: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, begun = jobs.command, []

    def command(**given: Any) -> list[str]:
        begun.append(given)
        return KILLED if len(begun) == 1 else plain(**given)

    monkeypatch.setattr(jobs, "command", command)
    assert jobs.find_sites(tenant_id=COUNTY, siting_id=str(siting)) == 0
    assert (len(begun), state(siting)) == (2, (RunState.DONE, ""))


def test_a_job_that_comes_again_after_its_worker_was_killed_begins_anew(siting: UUID) -> None:
    with tenant_tx(COUNTY):
        asking.claim(siting_id=siting)
    assert state(siting)[0] == RunState.RUNNING
    assert jobs.find_sites(tenant_id=COUNTY, siting_id=str(siting)) == 0
    assert state(siting) == (RunState.DONE, "")
    with tenant_tx(COUNTY):
        before = Siting.objects.get(pk=siting).ended_at
    assert jobs.find_sites(tenant_id=COUNTY, siting_id=str(siting)) == 0
    with tenant_tx(COUNTY):
        assert Siting.objects.get(pk=siting).ended_at == before, "an answer is not made twice"


def test_when_every_process_is_killed_the_draft_says_so(
    siting: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(jobs, "command", lambda **given: begun.append(given) or KILLED)
    assert jobs.find_sites(tenant_id=COUNTY, siting_id=str(siting)) == -signal.SIGKILL
    assert len(begun) == 1 + MOST_AGAIN
    assert state(siting) == (RunState.FAILED, "plan.broken_off")


def test_what_was_dropped_meanwhile_is_not_computed(siting: UUID) -> None:
    with tenant_tx(COUNTY):
        Siting.objects.filter(pk=siting).update(dropped_at=timezone.now())
    assert jobs.find_sites(tenant_id=COUNTY, siting_id=str(siting)) == 0
    assert state(siting)[0] == RunState.QUEUED
