"""Timers of the exchange with other cities."""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from onegrid.accounts.queries import county_codes
from onegrid.common.sealed import SealBroken
from onegrid.common.tenancy.context import tenant_tx
from onegrid.integrations.open311.pull import pull
from onegrid.integrations.open311.push import push
from onegrid.integrations.open311.setup import active_codes
from onegrid.integrations.outgoing import Outgoing

_log = logging.getLogger(__name__)


@app.periodic(cron="*/5 * * * *")
@app.task(queue="exchange", queueing_lock="open311.exchange", lock="open311.exchange")
def exchange(timestamp: int) -> None:
    """Take in what is new at other cities, and hand over what is meant for them."""
    outgoing = Outgoing(private_hosts=settings.PRIVATE_HOSTS)
    try:
        for tenant_id in county_codes():
            with tenant_tx(tenant_id):
                codes = active_codes()
            for code in codes:
                exchange_with(tenant_id, code, outgoing)
    finally:
        outgoing.close()


def exchange_with(tenant_id: int, code: str, outgoing: Outgoing) -> None:
    """Exchange with one city; what it answers wrongly holds up no other city."""
    try:
        push(tenant_id=tenant_id, code=code, outgoing=outgoing, now=timezone.now())
        done = pull(tenant_id=tenant_id, code=code, outgoing=outgoing, now=timezone.now())
    except SealBroken:
        _log.error("the key of %s was sealed by another signing key: enter it again", code)
        return
    if done.error:
        _log.warning("%s: %s", code, done.error)
