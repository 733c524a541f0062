"""Runs of the planner in a process of its own: done, ended early, killed, started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
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
from onegrid.plans.limits import Limits
from onegrid.plans.models import Draft, DraftEdit, DraftGrid, DraftRun
from onegrid.plans.terms import LOST_AFTER, MOST_AGAIN, RunState, Status
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


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """Work on what waits, as in a county, until nothing waits any more."""
    command = [sys.executable, "-m", "django", "procrastinate", "worker", "--queues", "plans"]
    process = subprocess.Popen([*command, "--one-shot"], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def planner_of(process: subprocess.Popen[bytes]) -> int | None:
    """Return the process that a worker has started for the planner."""
    found = [
        int(number)
        for tasks in Path(f"/proc/{process.pid}/task").glob("*/children")
        for number in tasks.read_text().split()
    ]
    return found[0] if found else None


def is_running(run_id: UUID) -> bool:
    return run_of(run_id).state == RunState.RUNNING


def kept(draft_id: UUID) -> tuple[str, int, int]:
    """Return the state of a draft, its grids, and how often a plan was taken over."""
    with tenant_tx(COUNTY):
        return (
            Draft.objects.get(pk=draft_id).status,
            DraftGrid.objects.filter(draft_id=draft_id).count(),
            DraftEdit.objects.filter(draft_id=draft_id).count(),
        )


def shorten(draft_id: UUID, seconds: int) -> None:
    with tenant_tx(COUNTY):
        Draft.objects.filter(pk=draft_id).update(seconds=seconds)


def silence(run_id: UUID) -> None:
    """Let the last sign of life be long ago."""
    with tenant_tx(COUNTY):
        past = timezone.now() - timedelta(seconds=LOST_AFTER + 1)
        DraftRun.objects.filter(pk=run_id).update(heard_at=past)


def test_a_planner_that_is_killed_goes_on_by_itself_and_ends_once(committed: Town) -> None:
    draft_id, run_id = asked(committed, seconds=600)
    with worker() as process:
        until(lambda: is_running(run_id))
        shorten(draft_id, 1)
        planner = planner_of(process)
        assert planner is not None
        os.kill(planner, signal.SIGKILL)
        until(lambda: run_of(run_id).state == RunState.DONE)
        assert process.wait(timeout=60) == 0
    run = run_of(run_id)
    assert (run.again, run.fault, run.share) == (1, "", 1.0)
    assert kept(draft_id) == (Status.READY, 2, 1)


def test_a_run_whose_worker_is_killed_goes_on_with_the_next_worker(committed: Town) -> None:
    draft_id, run_id = asked(committed, seconds=600)
    with worker() as process:
        until(lambda: is_running(run_id))
    assert is_running(run_id)
    assert jobs.take_up_runs(timestamp=0) == 0, "it may still be alive"
    silence(run_id)
    with tenant_tx(COUNTY):
        viewer = committed.viewer(Role.STREET_OFFICER)
        assert queries.progress(viewer=viewer, draft_id=draft_id, now=timezone.now()).silent
    assert jobs.take_up_runs(timestamp=0) == 1
    assert jobs.take_up_runs(timestamp=0) == 0
    shorten(draft_id, 1)
    assert jobs.plan_draft(tenant_id=COUNTY, run_id=str(run_id)) == 0
    run = run_of(run_id)
    assert (run.state, run.again) == (RunState.DONE, 1)
    assert kept(draft_id) == (Status.READY, 2, 1)
    assert process.returncode == -signal.SIGKILL


def test_who_was_thought_dead_and_is_not_writes_nothing(committed: Town) -> None:
    draft_id, run_id = asked(committed, seconds=1)
    with tenant_tx(COUNTY):
        old = runs.claim(run_id=run_id, now=timezone.now())
        assert old is not None
    silence(run_id)
    jobs.take_up_runs(timestamp=0)
    given: dict[str, Any] = {"run_id": run_id, "again": old.again, "now": timezone.now()}
    labels = old.ground.today
    with tenant_tx(COUNTY):
        assert not runs.tell(**given, preview=labels, stage="improve", share=0.5)
        limits = Limits(2, 288.0, None, None, 0)
        whole = {"labels": labels, "communities": None, "misses": {}, "limits": limits}
        assert not runs.finish(**given, **whole)
        new = runs.claim(run_id=run_id, now=timezone.now())
        assert new is not None
        assert (new.again, new.best) == (1, None)
        assert runs.tell(**{**given, "again": 1}, preview=labels, stage="improve", elapsed=7.5)
        assert not runs.take_up(run_id=run_id, again=old.again, now=timezone.now())
        runs.fail(run_id=run_id, again=old.again, now=timezone.now(), fault="town.empty")
    assert kept(draft_id) == (Status.RUNNING, 0, 0)
    silence(run_id)
    jobs.take_up_runs(timestamp=0)
    with tenant_tx(COUNTY):
        third = runs.claim(run_id=run_id, now=timezone.now())
    assert third is not None
    assert third.best is not None
    assert (third.spent, third.best.tolist()) == (7.5, labels.tolist())


def test_an_interrupted_run_that_was_stopped_meanwhile_keeps_the_best_so_far(
    committed: Town,
) -> None:
    draft_id, run_id = asked(committed, seconds=600)
    with worker():
        until(lambda: is_running(run_id))
    with tenant_tx(COUNTY):
        doing = Doing(committed.viewer(Role.STREET_OFFICER), timezone.now(), uuid4())
        actions.cancel(doing=doing, draft_id=draft_id)
    silence(run_id)
    assert jobs.take_up_runs(timestamp=0) == 1
    assert jobs.plan_draft(tenant_id=COUNTY, run_id=str(run_id)) == 0
    assert run_of(run_id).state == RunState.CANCELLED
    assert kept(draft_id) == (Status.READY, 2, 1)


def test_a_process_that_fails_each_time_says_so_and_leaves_the_draft_as_it_was(
    committed: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id, run_id = asked(committed, seconds=1)
    monkeypatch.setenv("ONEGRID_DATABASE_URL", "postgresql:///nothing?host=/nowhere")
    for again in range(MOST_AGAIN):
        assert jobs.plan_draft(tenant_id=COUNTY, run_id=str(run_id)) != 0
        run = run_of(run_id)
        assert (run.state, run.again) == (RunState.QUEUED, again + 1)
    assert jobs.plan_draft(tenant_id=COUNTY, run_id=str(run_id)) != 0
    run = run_of(run_id)
    assert (run.state, run.fault) == (RunState.FAILED, "plan.broken_off")
    assert kept(draft_id) == (Status.DRAFT, 0, 0)
    assert jobs.plan_draft(tenant_id=COUNTY, run_id=str(run_id)) == 0


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
