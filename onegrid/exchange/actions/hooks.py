"""Web hooks: told of events through an outbox, each call signed, again until it is taken."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from onegrid.accounts.viewer import Viewer
from onegrid.cases.reference import categories
from onegrid.cases.terms import REPLAYED, VOID
from onegrid.cases.watching import Happening
from onegrid.common.refusals import Invalid, NotFound
from onegrid.common.sealed import seal, unseal
from onegrid.common.tenancy.context import tenant_tx
from onegrid.core.flow import FINAL, Action, State
from onegrid.exchange.actions.setup import check_admin, new_secret
from onegrid.exchange.models import HookCall, HookTarget
from onegrid.exchange.patience import HOOKS, Patience
from onegrid.exchange.ports import Answer, Call, Caller, Outcome
from onegrid.exchange.queries.hooks import listening
from onegrid.exchange.terms import HookEvent

#: So many attempts in a row may fail before a web hook is switched off.
MOST_FAILURES = 50
MOST_TARGETS = 20
#: The event of `try_target`: not subscribed to, sent on request.
TRIAL = "trial"


def heard(happening: Happening) -> None:
    """Write calls for everybody who wants to hear of these steps.

    Nothing is told of confidential cases or of archives; what is told names nobody.
    """
    if happening.confidential or happening.batch.startswith((REPLAYED, VOID)):
        return
    events = _events(happening)
    rows = [
        HookCall(
            target_id=target_id,
            event=event,
            payload=_payload(event, happening),
            at=happening.steps[-1].at,
            next_attempt_at=happening.steps[-1].at,
        )
        for target_id, wanted in listening.get()
        for event in events
        if event in wanted
    ]
    if rows:
        HookCall.objects.bulk_create(rows)


def _events(happening: Happening) -> list[HookEvent]:
    steps = happening.steps
    found = []
    if any(step.action == Action.OPEN for step in steps):
        found.append(HookEvent.OPENED)
    elif any(step.from_state != step.to_state for step in steps):
        found.append(HookEvent.MOVED)
    if any(step.to_state == State.CALLBACK != step.from_state for step in steps):
        found.append(HookEvent.ANSWERED)
    if happening.state in FINAL and any(step.from_state not in FINAL for step in steps):
        found.append(HookEvent.CLOSED)
    if any(step.action == Action.MARK_OVERDUE for step in steps):
        found.append(HookEvent.OVERDUE)
    return found


def _payload(event: str, happening: Happening) -> dict[str, Any]:
    category = categories.get().get(happening.category_id) if happening.category_id else None
    last = happening.steps[-1]
    return {
        "event": event,
        "number": happening.number,
        "state": happening.state,
        "from_state": happening.steps[0].from_state,
        "class": happening.case_class,
        "category": category.code if category else "",
        "channel": happening.channel,
        "due_at": happening.due_at.isoformat() if happening.due_at else None,
        "at": last.at.isoformat(),
        "seq": last.seq,
    }


def add_target(
    *, viewer: Viewer, url: str, events: tuple[str, ...], caller: Caller, now: datetime
) -> str:
    """Add a web hook; return its secret, which is shown once.

    Raises:
        Forbidden: the viewer is not a system administrator.
        Invalid: the address may not be called, no event is chosen, or there are too many already.
    """
    check_admin(viewer)
    if not events or not set(events) <= set(HookEvent.values):
        raise Invalid("hook.events", field="events")
    if HookTarget.objects.count() >= MOST_TARGETS:
        raise Invalid("hook.too_many", field="url", most=MOST_TARGETS)
    caller.check(url)
    secret = new_secret()
    HookTarget.objects.create(
        url=url,
        events=sorted(set(events)),
        secret=seal(secret),
        created_at=now,
        created_by=viewer.user_id,
    )
    listening.clear()
    return secret


def switch_target(*, viewer: Viewer, target_id: UUID, on: bool) -> None:
    """Switch a web hook on (its failures are forgotten) or off.

    Raises:
        Forbidden: the viewer is not a system administrator.
        NotFound: it is gone already.
    """
    check_admin(viewer)
    changes = {"is_active": on, **({"failures": 0, "given_up_at": None} if on else {})}
    if not HookTarget.objects.filter(id=target_id).update(**changes):
        raise NotFound("hook.not_found")
    if not on:
        HookCall.objects.filter(target_id=target_id).update(next_attempt_at=None)
    listening.clear()


def remove_target(*, viewer: Viewer, target_id: UUID) -> None:
    """Remove a web hook and its log.

    Raises:
        Forbidden: the viewer is not a system administrator.
        NotFound: it is gone already.
    """
    check_admin(viewer)
    removed, _ = HookTarget.objects.filter(id=target_id).delete()
    if not removed:
        raise NotFound("hook.not_found")
    listening.clear()


def try_target(*, viewer: Viewer, target_id: UUID, now: datetime) -> None:
    """Send a trial call, so that the receiver can be checked.

    Raises:
        Forbidden: the viewer is not a system administrator.
        NotFound: it is gone, or switched off.
    """
    check_admin(viewer)
    if not HookTarget.objects.filter(id=target_id, is_active=True).exists():
        raise NotFound("hook.not_found")
    payload = {"event": TRIAL, "at": now.isoformat()}
    HookCall.objects.create(
        target_id=target_id, event=TRIAL, payload=payload, at=now, next_attempt_at=now
    )


def call_due(
    *, tenant_id: int, now: datetime, caller: Caller, limit: int, patience: Patience = HOOKS
) -> Counter[str]:
    """Make due calls of a county, each in transactions of its own; return counts by outcome."""
    counts: Counter[str] = Counter()
    for _ in range(limit):
        row = _claim(tenant_id, now, patience)
        if row is None:
            break
        call = Call(
            url=row.target.url,
            call_id=str(row.id),
            event=row.event,
            payload=row.payload,
            secret=unseal(row.target.secret),
        )
        answer = caller.call(call, now=now)
        _settle(row, answer, tenant_id, now, patience)
        counts[answer.outcome] += 1
    return counts


def _claim(tenant_id: int, now: datetime, patience: Patience) -> HookCall | None:
    with tenant_tx(tenant_id):
        row = (
            HookCall.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("target")
            .filter(next_attempt_at__lte=now, target__is_active=True)
            .order_by("next_attempt_at", "id")
            .first()
        )
        if row is not None:
            row.attempts += 1
            row.next_attempt_at = now + patience.lease
            row.save(update_fields=["attempts", "next_attempt_at"])
        return row


def _settle(
    row: HookCall, answer: Answer, tenant_id: int, now: datetime, patience: Patience
) -> None:
    taken = answer.outcome is Outcome.ACCEPTED
    again = answer.outcome is Outcome.LATER and row.attempts < patience.attempts
    with tenant_tx(tenant_id):
        HookCall.objects.filter(
            id=row.id, attempts=row.attempts, next_attempt_at__isnull=False
        ).update(
            next_attempt_at=now + patience.pause(row.attempts) if again else None,
            settled_at=None if again else now,
            status=answer.status,
            error=answer.error[:120],
        )
        if taken:
            HookTarget.objects.filter(id=row.target_id).update(failures=0)
        else:
            _count_failure(row.target_id, now)


def _count_failure(target_id: UUID, now: datetime) -> None:
    """Count an attempt that failed; after `MOST_FAILURES` in a row the web hook is switched off."""
    HookTarget.objects.filter(id=target_id).update(failures=F("failures") + 1)
    ended = HookTarget.objects.filter(
        id=target_id, failures__gte=MOST_FAILURES, is_active=True
    ).update(is_active=False, given_up_at=now)
    if ended:
        HookCall.objects.filter(target_id=target_id).update(next_attempt_at=None)
        listening.clear()


def forget_calls(*, before: datetime) -> int:
    """Remove calls from before a moment; return how many."""
    removed, _ = HookCall.objects.filter(at__lt=before).delete()
    return removed
