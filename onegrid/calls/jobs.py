"""Timer of calls; the rules are in `actions`."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from onegrid.accounts.queries import county_codes
from onegrid.calls import actions
from onegrid.common.tenancy.context import tenant_tx


@app.periodic(cron="* * * * * */20")
@app.task(queue="clocks", queueing_lock="calls.sweep", pass_context=False)
def sweep_calls(timestamp: int) -> int:
    """Remind, tell heads of units and end ratings in every county; one way is one transaction."""
    now = timezone.now()
    done = 0
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            due = actions.due_ids(now=now)
        for summons_id in due:
            with tenant_tx(tenant_id):
                done += actions.look_at(summons_id=summons_id, now=now)
    return done
