"""Timers of the exchange: carry messages, call web hooks, forget."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from onegrid.accounts.queries import county_codes
from onegrid.common.tenancy.context import tenant_tx
from onegrid.exchange import actions
from onegrid.exchange.ports import Caller, Carrier, Fetcher

_log = logging.getLogger(__name__)
_MOST_PER_RUN = 200
_KEPT = timedelta(days=30)


@app.periodic(cron="* * * * * */5")
@app.task(queue="exchange", queueing_lock="exchange.deliver")
def deliver(timestamp: int) -> None:
    """Carry what is due, county by county; the clock is read anew for every message."""
    carriers: dict[str, Carrier] = {
        system: import_string(path)() for system, path in settings.EXCHANGE_CARRIERS.items()
    }
    for tenant_id in county_codes():
        try:
            _deliver_county(tenant_id, carriers)
        except DatabaseError:
            _log.exception("messages of county %s could not be carried", tenant_id)


def _deliver_county(tenant_id: int, carriers: dict[str, Carrier]) -> None:
    for _ in range(_MOST_PER_RUN):
        run = actions.deliver_due(
            tenant_id=tenant_id, now=timezone.now(), carriers=carriers, limit=1
        )
        if run.total == 0:
            return


@app.periodic(cron="* * * * * */5")
@app.task(queue="exchange", queueing_lock="exchange.hooks")
def call_hooks(timestamp: int) -> None:
    """Call web hooks that are due, county by county."""
    caller: Caller = import_string(settings.HOOK_CALLER)()
    for tenant_id in county_codes():
        for _ in range(_MOST_PER_RUN):
            made = actions.call_due(tenant_id=tenant_id, now=timezone.now(), caller=caller, limit=1)
            if made.total() == 0:
                break


@app.periodic(cron="* * * * * */20")
@app.task(queue="exchange", queueing_lock="exchange.fetch")
def fetch(timestamp: int) -> None:
    """Look for messages of systems that cannot call us, for the county they belong to."""
    codes = county_codes()
    county = settings.MAIL_COUNTY or (codes[0] if len(codes) == 1 else 0)
    if county not in codes:
        return
    for path in settings.EXCHANGE_FETCHERS.values():
        fetcher: Fetcher = import_string(path)()
        fetcher.fetch(tenant_id=county, now=timezone.now())


@app.periodic(cron="31 3 * * *")
@app.task(queue="exchange", queueing_lock="exchange.forget")
def forget(timestamp: int) -> None:
    """Remove calls of web hooks older than 30 days."""
    for tenant_id in county_codes():
        with tenant_tx(tenant_id):
            actions.forget_calls(before=timezone.now() - _KEPT)
