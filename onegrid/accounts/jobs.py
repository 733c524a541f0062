"""Timers of accounts: forget what has run out."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from onegrid.accounts.actions import forget_expired, phone
from onegrid.accounts.queries import county_codes
from onegrid.common.tenancy.context import tenant_tx

_CODES_KEPT = timedelta(days=2)


@app.periodic(cron="27 3 * * *")
@app.task(queue="accounts", queueing_lock="accounts.forget")
def forget(timestamp: int) -> None:
    """Remove sessions that have run out and sign-in codes older than two days."""
    now = timezone.now()
    forget_expired(now=now)
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            phone.forget_codes(before=now - _CODES_KEPT)
