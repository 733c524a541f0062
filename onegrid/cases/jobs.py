"""Timers of the cases app; the rules are in `actions`."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from onegrid.accounts.queries import county_codes
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions.late_helpers import remind_helpers
from onegrid.common.files import default_store, kept
from onegrid.common.ids import uuid7
from onegrid.common.refusals import Conflict
from onegrid.common.tenancy.context import tenant_tx
from onegrid.core.errors import CoreError

logger = logging.getLogger(__name__)

#: So many batches of a county at most in one run; the next run goes on.
_SWEEPS = 20


@app.periodic(cron="* * * * * */10")
@app.task(queue="clocks", queueing_lock="cases.sweep", pass_context=False)
def sweep_clocks(timestamp: int) -> int:
    """Mark what is due soon or overdue in every county, a few hundred cases at once."""
    now = timezone.now()
    written = 0
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            written += remind_helpers(now=now)
        for _ in range(_SWEEPS):
            with tenant_tx(tenant_id):
                due = actions.due_case_ids(now=now)
            if not due:
                break
            written += _marked(tenant_id, due, now)
    return written


def _marked(tenant_id: int, case_ids: list[UUID], now: datetime) -> int:
    """Mark a batch; where one case cannot be read, the others are marked one by one."""
    try:
        with tenant_tx(tenant_id):
            return actions.mark_cases(case_ids=case_ids, now=now)
    except CoreError:
        written = 0
    for case_id in case_ids:
        try:
            with tenant_tx(tenant_id):
                written += actions.mark_case(case_id=case_id, now=now)
        except CoreError:
            logger.exception("the clocks of case %s cannot be read", case_id)
    return written


@app.periodic(cron="* * * * *")
@app.task(queue="clocks", queueing_lock="cases.checks", pass_context=False)
def look_at_new_steps(timestamp: int) -> int:
    """Look at every case with new steps: does its matter come back, is it handled fairly?

    Returns:
        How many recurrences and alarms were found.
    """
    now = timezone.now()
    found = 0
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            waiting = actions.to_check_ids()
        for case_id in waiting:
            with tenant_tx(tenant_id):
                found += actions.note_recurrence(case_id=case_id, now=now)
            with tenant_tx(tenant_id):
                found += actions.check_case(case_id=case_id, now=now)
    return found


@app.periodic(cron="41 3 * * *")
@app.task(queue="clocks", queueing_lock="cases.files", pass_context=False)
def drop_orphans(timestamp: int) -> int:
    """Remove uploads of abandoned drafts and rolled back requests, two days old or older."""
    before = timezone.now() - timedelta(days=2)
    removed = 0
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            swept = default_store().sweep(tenant_id=tenant_id, known=kept, before=before)
        removed += swept.files
    return removed


@app.periodic(cron="* * * * *")
@app.task(queue="clocks", queueing_lock="cases.holds", pass_context=False)
def end_holds(timestamp: int) -> int:
    """Let cases go on whose hold has come to its end."""
    now = timezone.now()
    ended = 0
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            over = actions.hold_over_ids(now=now)
        for case_id in over:
            doing = actions.Doing(Viewer.system(tenant_id), now, uuid7())
            with suppress(Conflict), tenant_tx(tenant_id):  # resumed by hand at this very moment
                actions.end_hold(case_id=case_id, doing=doing)
                ended += 1
    return ended


@app.periodic(cron="*/5 * * * *")
@app.task(queue="clocks", queueing_lock="cases.waits", pass_context=False)
def end_waits(timestamp: int) -> int:
    """Let cases go on whose reporter has not sent what was asked for in time."""
    now = timezone.now()
    ended = 0
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            waiting = actions.waited_out_ids(now=now)
        for case_id in waiting:
            doing = actions.Doing(Viewer.system(tenant_id), now, uuid7())
            with suppress(Conflict), tenant_tx(tenant_id):  # answered at this very moment
                actions.give_up_waiting(case_id=case_id, doing=doing)
                ended += 1
    return ended
