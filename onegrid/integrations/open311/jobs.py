"""Timers of the exchange with other cities."""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from onegrid.accounts.queries import county_codes
from onegrid.common.sealed import SealBroken
from onegrid.common.tenancy.context import tenant_tx
from onegrid.integrations.open311.running import check, exchanged, wanted_checks
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
        done = exchanged(tenant_id=tenant_id, code=code, outgoing=outgoing, now=timezone.now())
    except SealBroken:
        _log.error("the key of %s was sealed by another signing key: enter it again", code)
        return
    if done.error:
        _log.warning("%s: %s", code, done.error)


@app.periodic(cron="* * * * * */10")
@app.task(queue="exchange", queueing_lock="open311.checks", pass_context=False)
def look_whether_they_answer(timestamp: int) -> int:
    """Ask the cities that somebody wants to know about for their services; return how many."""
    looked = 0
    outgoing = Outgoing(private_hosts=settings.PRIVATE_HOSTS)
    try:
        for tenant_id in county_codes():
            with tenant_tx(tenant_id):
                codes = wanted_checks()
            for code in codes:
                check(tenant_id=tenant_id, code=code, outgoing=outgoing, now=timezone.now())
                looked += 1
    finally:
        outgoing.close()
    return looked
