"""Is this installation well? For load balancers and operators; no secrets, no personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count, Min, Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from onegrid.accounts.queries import county_codes
from onegrid.accounts.viewer import Viewer
from onegrid.common.tenancy.context import tenant_tx
from onegrid.notices.queries import outbox_health

#: Answered outside of any county and session, whatever host name was used.
PATHS = frozenset({"/healthz", "/readyz"})


def answer(request: HttpRequest) -> JsonResponse:
    """Answer a probe; 503 when the database does not.

    ``/readyz`` says only whether requests can be served; ``/healthz`` also how much work waits.
    """
    try:
        body = ready() if request.path_info == "/readyz" else health(now=timezone.now())
    except (DatabaseError, InterfaceError):
        return _json({"status": "unavailable", "database": "unavailable"}, status=503)
    return _json(body)


def ready() -> dict[str, Any]:
    """Return that the database answers.

    Raises:
        DatabaseError: it does not.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": "ok", "database": "ok"}


def health(*, now: datetime) -> dict[str, Any]:
    """Return how much waits in the outbox of all counties and among the jobs.

    Raises:
        DatabaseError: the database does not answer.
    """
    found = ready()
    notices = [_outbox(code, now) for code in county_codes()]
    due = Q(status="todo") & (Q(scheduled_at__isnull=True) | Q(scheduled_at__lte=now))
    jobs = ProcrastinateJob.objects.filter(due).aggregate(
        waiting=Count("id", distinct=True), oldest=Min("procrastinateevent__at")
    )
    oldest_notice = min((at for _, _, at in notices if at is not None), default=None)
    return {
        **found,
        "outbox": {
            "pending": sum(pending for pending, _, _ in notices),
            "failed": sum(failed for _, failed, _ in notices),
            "oldest_seconds": _age(oldest_notice, now),
        },
        "jobs": {"waiting": jobs["waiting"], "oldest_seconds": _age(jobs["oldest"], now)},
    }


def _outbox(code: int, now: datetime) -> tuple[int, int, datetime | None]:
    with tenant_tx(code):
        found = outbox_health(Viewer.system(code), now=now)
    return found.pending, found.failed, found.oldest_due


def _age(at: datetime | None, now: datetime) -> int | None:
    return None if at is None else max(0, int((now - at).total_seconds()))


def _json(body: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})
