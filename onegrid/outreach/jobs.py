"""Timers of outreach: tell those who follow an area, forget addresses nobody confirmed."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.utils import timezone
from procrastinate.contrib.django import app

from onegrid.accounts.queries import county_codes
from onegrid.common.tenancy.context import tenant_tx
from onegrid.outreach.actions.following import forget_unconfirmed, tell_followers

_log = logging.getLogger(__name__)
_MOST_PER_RUN = 20


@app.periodic(cron="* * * * *")
@app.task(queue="notices", queueing_lock="outreach.tell")
def tell(timestamp: int) -> None:
    """Queue e-mails about what was published since the last run, county by county."""
    for tenant_id in county_codes():
        try:
            with tenant_tx(tenant_id):
                tell_followers(now=timezone.now(), limit=_MOST_PER_RUN)
        except DatabaseError:
            _log.exception("followers of county %s could not be told", tenant_id)


@app.periodic(cron="23 4 * * *")
@app.task(queue="notices", queueing_lock="outreach.forget")
def forget(timestamp: int) -> None:
    """Remove addresses that were never confirmed."""
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            forget_unconfirmed(now=timezone.now())
