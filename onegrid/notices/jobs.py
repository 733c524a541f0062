"""Timers of notices: deliver, take up stalled jobs, forget."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from onegrid.accounts.queries import county_codes
from onegrid.notices import actions
from onegrid.notices.ports import SmsGateway
from onegrid.notices.terms import Channel

_log = logging.getLogger(__name__)
_MOST_PER_RUN = 200
_KEPT = timedelta(days=90)


@app.periodic(cron="* * * * * */5")
@app.task(queue="notices", queueing_lock="notices.deliver")
def deliver(timestamp: int) -> None:
    """Send text messages that are due; the clock is read anew for every notice."""
    _deliver(import_string(settings.SMS_GATEWAY)(), Channel.SMS)


@app.periodic(cron="* * * * * */10")
@app.task(queue="notices", queueing_lock="notices.mail")
def deliver_mail(timestamp: int) -> None:
    """Send e-mails that are due."""
    _deliver(import_string(settings.MAIL_GATEWAY)(), Channel.EMAIL)


def _deliver(gateway: SmsGateway, channel: str) -> None:
    for tenant_id in county_codes():
        try:
            _deliver_county(tenant_id, gateway, channel)
        except DatabaseError:
            _log.exception("notices of county %s could not be delivered", tenant_id)


def _deliver_county(tenant_id: int, gateway: SmsGateway, channel: str) -> None:
    for _ in range(_MOST_PER_RUN):
        run = actions.deliver_due(
            tenant_id=tenant_id, now=timezone.now(), gateway=gateway, limit=1, channel=channel
        )
        if run.total == 0:
            return


@app.periodic(cron="* * * * *")
@app.task(queue="notices", queueing_lock="notices.stalled", pass_context=True)
async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """Queue jobs again whose worker was killed (no heartbeat for 30 seconds).

    A job whose equal waits already (the same queueing lock) cannot be queued again: it is ended,
    and so lets go of its lock.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)


@app.periodic(cron="17 3 * * *")
@app.task(queue="notices", queueing_lock="notices.forget")
def forget(timestamp: int) -> None:
    """Remove notices settled more than 90 days ago."""
    for tenant_id in county_codes():
        actions.forget_settled(tenant_id=tenant_id, before=timezone.now() - _KEPT)
