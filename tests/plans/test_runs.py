"""Runs of the planner in a process of its own: done, ended early, killed, started again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from onegrid.accounts.terms import Role
from onegrid.common.tenancy.context import tenant_tx
from onegrid.plans import actions, jobs, queries
from onegrid.plans.actions import Doing, runs
from onegrid.plans.models import Draft, DraftEdit, DraftGrid, DraftRun
from onegrid.plans.terms import LOST_AFTER, RunState, Status
from onegrid.plans.work import work
from tests.conftest import COUNTY, MONDAY
from tests.county import Town, county, make_town
from tests.plans.steps import a_draft, does

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """The county, visible to other processes, which find this test's database."""
    with county(MONDAY):
        town = make_town(MONDAY)
    url = os.environ["ONEGRID_DATABASE_URL"]
    name = str(connection.settings_dict["NAME"])
    monkeypatch.setenv("ONEGRID_DATABASE_URL", url.replace("/onegrid?", f"/{name}?"))
    return town


def asked(town: Town, **wish: int) -> tuple[UUID, UUID]:
    """Make a draft and ask for a run; return both ids."""
    with tenant_tx(COUNTY):
        draft_id = a_draft(town, **wish)
        doing = Doing(town.viewer(Role.STREET_OFFICER), timezone.now(), uuid4())
        return draft_id, actions.start(doing=doing, draft_id=draft_id)


def run_of(run_id: UUID) -> DraftRun:
    with tenant_tx(COUNTY):
        return DraftRun.objects.get(pk=run_id)


def until(told: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not told():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_run_in_a_process_of_its_own_leaves_a_plan(committed: Town) -> None:
    draft_id, run_id = asked(committed, seconds=1)
    assert jobs.plan_draft(tenant_id=COUNTY, run_id=str(run_id)) == 0
    run = run_of(run_id)
    assert (run.state, run.share, run.fault) == (RunState.DONE, 1.0, "")
    with tenant_tx(COUNTY):
        viewer = committed.viewer(Role.STREET_OFFICER)
        found = queries.draft(viewer=viewer, draft_id=draft_id, now=timezone.now())
        assert found.row.status == Status.READY
        assert [one.households for one in found.grids] == [144, 144]
    assert jobs.plan_draft(tenant_id=COUNTY, run_id=str(run_id)) == 0
    with tenant_tx(COUNTY):
        assert DraftEdit.objects.filter(draft_id=draft_id).count() == 1


def test_a_killed_run_says_so_and_starts_again_without_doubling_anything(
    committed: Town,
) -> None:
    draft_id, run_id = asked(committed, seconds=60)
    child = subprocess.Popen(jobs.command(tenant_id=COUNTY, run_id=str(run_id)))
    until(lambda: run_of(run_id).state == RunState.RUNNING)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    viewer = committed.viewer(Role.STREET_OFFICER)
    later = timezone.now() + timedelta(seconds=LOST_AFTER + 5)
    with tenant_tx(COUNTY):
        run = queries.progress(viewer=viewer, draft_id=draft_id, now=later)
        assert run.state == RunState.LOST
        again = actions.start(doing=Doing(viewer, later, uuid4()), draft_id=draft_id)
        Draft.objects.filter(pk=draft_id).update(seconds=1)
    assert jobs.plan_draft(tenant_id=COUNTY, run_id=str(again)) == 0
    assert [run_of(one).state for one in (run_id, again)] == [RunState.LOST, RunState.DONE]
    with tenant_tx(COUNTY):
        assert Draft.objects.get(pk=draft_id).status == Status.READY
        assert DraftGrid.objects.filter(draft_id=draft_id).count() == 2


def test_a_process_that_fails_leaves_the_draft_as_it_was(
    committed: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id, run_id = asked(committed, seconds=1)
    monkeypatch.setenv("ONEGRID_DATABASE_URL", "postgresql:///nothing?host=/nowhere")
    assert jobs.plan_draft(tenant_id=COUNTY, run_id=str(run_id)) != 0
    run = run_of(run_id)
    assert (run.state, run.fault) == (RunState.FAILED, "plan.broken_off")
    with tenant_tx(COUNTY):
        assert Draft.objects.get(pk=draft_id).status == Status.DRAFT


def test_the_timer_begins_plans_and_moves_cases_once(committed: Town) -> None:
    from onegrid.cases.models import Case
    from tests.county import middle, report
    from tests.plans.steps import approved, planned
    from tests.plans.test_adoption import AFTER, BEFORE, DAY

    with tenant_tx(COUNTY):
        case_id = report(committed, point=middle(0, 0)).case_id
        draft_id = planned(committed)
        approved(committed, draft_id)
        actions.adopt(doing=does(committed, Role.SUPERVISOR), draft_id=draft_id, effective_on=DAY)
    with time_machine.travel(BEFORE, tick=False):
        assert jobs.begin_plans(timestamp=0) == 0
    with time_machine.travel(AFTER, tick=False):
        assert jobs.begin_plans(timestamp=0) == 1
        assert jobs.begin_plans(timestamp=0) == 0
    with tenant_tx(COUNTY):
        assert Case.objects.get(pk=case_id).grid_id != committed.areas["G11"]


def test_a_run_that_is_ended_early_keeps_the_best_so_far(
    committed: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id, run_id = asked(committed, seconds=300)
    viewer = committed.viewer(Role.STREET_OFFICER)

    def ended_at_once(**given: Any) -> Any:
        task = claim(**given)
        actions.cancel(doing=Doing(viewer, timezone.now(), uuid4()), draft_id=draft_id)
        return task

    claim = runs.claim
    monkeypatch.setattr(runs, "claim", ended_at_once)
    assert work(tenant_id=COUNTY, run_id=run_id, clock=timezone.now)
    run = run_of(run_id)
    assert (run.state, run.cancel) == (RunState.CANCELLED, True)
    with tenant_tx(COUNTY):
        told = queries.progress(viewer=viewer, draft_id=draft_id, now=timezone.now())
        assert told.stage
        assert Draft.objects.get(pk=draft_id).status == Status.READY
        assert DraftGrid.objects.filter(draft_id=draft_id).count() == 2
