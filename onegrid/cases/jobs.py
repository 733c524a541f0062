"""Timers of the cases app; the rules are in `actions`."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from onegrid.accounts.queries import county_codes
from onegrid.cases import actions
from onegrid.common.tenancy.context import tenant_tx


@app.periodic(cron="* * * * * */10")
@app.task(queue="clocks", queueing_lock="cases.sweep", pass_context=False)
def sweep_clocks(timestamp: int) -> int:
    """Mark what is due soon or overdue in every county; one case is one transaction."""
    now = timezone.now()
    written = 0
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            due = actions.due_case_ids(now=now)
        for case_id in due:
            with tenant_tx(tenant_id):
                written += actions.mark_case(case_id=case_id, now=now)
    return written
