"""Jobs of plans: a run of the planner, and what happens when an adopted plan begins."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from contextlib import suppress
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone
from procrastinate.contrib.django import app

from onegrid.accounts.queries import county_codes
from onegrid.common.tenancy.context import tenant_tx
from onegrid.plans import actions
from onegrid.plans.siting.jobs import find_sites  # noqa: F401 - known to the worker by this
from onegrid.plans.telling import remind
from onegrid.runtime.processes import die_with_parent

logger = logging.getLogger(__name__)

#: seconds between two looks at the process of a run
_LOOK = 5.0


def command(*, tenant_id: int, run_id: str) -> list[str]:
    """Return the command that makes the plan of a run."""
    return [sys.executable, "-m", "onegrid.cli", "plan-draft", str(tenant_id), run_id]


@app.task(queue="plans", lock="plans.run", pass_context=False)
def plan_draft(tenant_id: int, run_id: str) -> int:
    """Run the planner in a process of its own; one at a time on this machine.

    A process that does not come to its end is followed by another one, which goes on.

    Returns:
        The exit code of the process.
    """
    with tenant_tx(tenant_id):
        again = actions.times_taken_up(run_id=UUID(run_id))
    if again is None:
        return 0
    child = subprocess.Popen(
        command(tenant_id=tenant_id, run_id=run_id),
        stdin=subprocess.DEVNULL,
        env=os.environ,
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
    )
    code = _watched(child, tenant_id, UUID(run_id), again)
    if code:
        logger.error("the planner of run %s ended with %s", run_id, code)
        with tenant_tx(tenant_id):
            actions.take_up(run_id=UUID(run_id), again=again, now=timezone.now())
    return code


def _watched(child: subprocess.Popen[bytes], tenant_id: int, run_id: UUID, again: int) -> int:
    """Say that the process is there until it has ended; return its exit code."""
    while True:
        try:
            return child.wait(timeout=_LOOK)
        except subprocess.TimeoutExpired:
            with suppress(DatabaseError), tenant_tx(tenant_id):
                actions.hear(run_id=run_id, again=again, now=timezone.now())


@app.periodic(cron="* * * * * */10")
@app.task(queue="clocks", queueing_lock="plans.take_up", pass_context=False)
def take_up_runs(timestamp: int) -> int:
    """Take up the runs whose process is gone with the worker; return how many."""
    found = 0
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            found += actions.take_up_silent(now=timezone.now())
    return found


@app.periodic(cron="5 * * * *")
@app.task(queue="clocks", queueing_lock="plans.remind", pass_context=False)
def remind_of_handovers(timestamp: int) -> int:
    """Remind whom hand-over lists still wait for; return how many."""
    found = 0
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            found += remind(now=timezone.now())
    return found


@app.periodic(cron="* * * * *")
@app.task(queue="clocks", queueing_lock="plans.begin", pass_context=False)
def begin_plans(timestamp: int) -> int:
    """Move people, units and open cases when an adopted plan begins; return how many cases."""
    now = timezone.now()
    moved = 0
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            due = actions.due_adoptions(now=now)
        for adoption_id in due:
            with tenant_tx(tenant_id):
                actions.begin(adoption_id=adoption_id, now=now)
            more = True
            while more:
                with tenant_tx(tenant_id):
                    batch = actions.move_cases(adoption_id=adoption_id, now=now)
                moved += batch
                more = batch > 0
    return moved
