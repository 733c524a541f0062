"""What is under supervision, which rungs were reached, what the checks found, who was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from onegrid.accounts.queries.holders import Holder, holders, staff_names
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import standing
from onegrid.cases.models import Alarm, Escalation, Reminder, Supervision
from onegrid.cases.oversight_terms import SupervisionState
from onegrid.cases.queries.detail import CaseView
from onegrid.common.refusals import Forbidden
from onegrid.core.flow import Actor
from onegrid.organisation.queries import units

#: Rows of a list at most.
MOST = 500
_OPEN = (SupervisionState.OPEN, SupervisionState.REPLIED)
#: Who may read the list of supervisions, each within their scope.
READERS = (
    Role.SUPERVISOR,
    Role.STREET_OFFICER,
    Role.DISPATCHER,
    Role.COMMUNITY_SECRETARY,
    Role.UNIT_HEAD,
    Role.UNIT_MEMBER,
)


@dataclass(frozen=True, slots=True)
class SupervisionRow:
    """One supervision; ``late``: the reply is overdue."""

    id: UUID
    number: str
    title: str
    unit: str
    kind: str
    trigger: int
    rule: str
    state: str
    round: int
    text: str
    issued_at: datetime
    issued_by: str
    reply_due: datetime
    reply: str
    replied_at: datetime | None
    rejections: int
    settlement: str
    settled_at: datetime | None
    published: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One person who was told of a rung."""

    name: str
    role: str
    sms: bool
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class RungRow:
    """One rung that was reached, and who was told; ``unit`` is the helping one whose time it is."""

    clock: str
    unit: str
    percent: int
    receiver: str
    reached: str
    at: datetime
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm with its evidence."""

    id: UUID
    number: str
    title: str
    unit: str
    code: str
    found_at: datetime
    evidence: Mapping[str, Any]
    finding: str
    words: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """One reminder of the signed-in person."""

    id: UUID
    number: str
    title: str
    reason: str
    clock: str
    percent: int | None
    at: datetime
    sms: bool
    read_at: datetime | None


def supervisions(
    viewer: Viewer, *, which: str = "open", now: datetime
) -> tuple[SupervisionRow, ...]:
    """Return supervisions of the viewer's scope, the reply due first on top, at most `MOST`.

    Args:
        which: ``open`` (a reply is awaited), ``replied``, ``settled`` or ``all``.

    Raises:
        Forbidden: the viewer has no part in supervision.
    """
    if not viewer.has(*READERS):
        raise Forbidden("forbidden")
    rows = Supervision.objects.filter(standing.visible(viewer, through="case__"))
    if which in {"open", "replied", "settled"}:
        rows = rows.filter(state=which)
    else:
        rows = rows.exclude(state=SupervisionState.LAPSED)
    order = ("-settled_at",) if which == "settled" else ("reply_due", "id")
    return _supervision_rows(rows.select_related("case").order_by(*order)[:MOST], now=now)


def supervision_counts(viewer: Viewer) -> dict[str, int]:
    """Return how many supervisions of the viewer's scope are open and replied."""
    rows = Supervision.objects.filter(standing.visible(viewer, through="case__"), state__in=_OPEN)
    states = list(rows.values_list("state", flat=True)[: MOST + 1])
    return {str(state): states.count(state) for state in _OPEN}


def supervisions_of(view: CaseView, *, now: datetime) -> tuple[SupervisionRow, ...]:
    """Return the supervisions of a case that a viewer sees: staff all, its reporter the public."""
    rows = Supervision.objects.filter(case_id=view.case.pk).select_related("case")
    if not view.relations - {Actor.REPORTER}:
        rows = rows.filter(published=True)
    return _supervision_rows(rows.order_by("issued_at"), now=now)


def _supervision_rows(rows: Iterable[Supervision], *, now: datetime) -> tuple[SupervisionRow, ...]:
    found = list(rows)
    names = staff_names(ids={row.issued_by for row in found if row.issued_by})
    known = units()
    return tuple(
        SupervisionRow(
            id=row.pk,
            number=row.case.number,
            title=row.case.title,
            unit=known[row.unit_id].name if row.unit_id in known else "",
            kind=row.kind,
            trigger=row.trigger,
            rule=row.rule,
            state=row.state,
            round=row.round,
            text=row.text,
            issued_at=row.issued_at,
            issued_by=names.get(row.issued_by, "") if row.issued_by else "",
            reply_due=row.reply_due,
            reply=row.reply,
            replied_at=row.replied_at,
            rejections=row.rejections,
            settlement=row.settlement,
            settled_at=row.settled_at,
            published=row.published,
            late=row.state == SupervisionState.OPEN and row.reply_due < now,
        )
        for row in found
    )


def rungs_of(view: CaseView) -> tuple[RungRow, ...]:
    """Return the rungs a case has reached, the latest first; nothing to its reporter."""
    if not view.relations - {Actor.REPORTER}:
        return ()
    found = Escalation.objects.filter(case_id=view.case.pk).select_related("co_unit")
    rows = list(found.order_by("-at", "-percent"))
    told: dict[UUID | None, list[Reminder]] = {}
    for row in Reminder.objects.filter(escalation_id__in=[row.pk for row in rows]):
        told.setdefault(row.escalation_id, []).append(row)
    names = staff_names(ids={row.account_id for found in told.values() for row in found})
    known = units()
    return tuple(
        RungRow(
            clock=row.clock,
            unit=known[row.co_unit.unit_id].name if row.co_unit else "",
            percent=row.percent,
            receiver=row.receiver,
            reached=row.reached,
            at=row.at,
            told=tuple(
                Told(names.get(one.account_id, ""), one.role, one.sms, one.read_at)
                for one in told.get(row.pk, ())
            ),
        )
        for row in rows
    )


def alarms(viewer: Viewer, *, settled: bool = False) -> tuple[AlarmRow, ...]:
    """Return what the checks found, the latest first, at most `MOST`.

    Raises:
        Forbidden: the viewer is no supervisor.
    """
    if not viewer.has(Role.SUPERVISOR):
        raise Forbidden("forbidden")
    rows = Alarm.objects.filter(
        standing.visible(viewer, through="case__"), settled_at__isnull=not settled
    )
    return _alarm_rows(rows.order_by("-found_at", "-id")[:MOST])


def alarms_of(viewer: Viewer, view: CaseView) -> tuple[AlarmRow, ...]:
    """Return what the checks found about a case; nothing to anybody but a supervisor."""
    if Actor.SUPERVISOR not in view.relations:
        return ()
    return _alarm_rows(Alarm.objects.filter(case_id=view.case.pk).order_by("found_at", "id"))


def _alarm_rows(rows: Any) -> tuple[AlarmRow, ...]:
    known = units()
    return tuple(
        AlarmRow(
            id=row.pk,
            number=row.case.number,
            title=row.case.title,
            unit=known[row.unit_id].name if row.unit_id in known else "",
            code=row.check_code,
            found_at=row.found_at,
            evidence=row.evidence,
            finding=row.finding,
            words=row.words,
            settled_at=row.settled_at,
        )
        for row in rows.select_related("case")
    )


def reminders(viewer: Viewer, *, size: int = 200) -> tuple[ReminderRow, ...]:
    """Return what the signed-in person was told: unread first, then the latest.

    Raises:
        Forbidden: nobody is signed in as staff.
    """
    if viewer.user_id is None or not viewer.is_staff:
        raise Forbidden("forbidden")
    rows = _told(viewer).select_related("case", "escalation").order_by("-at", "-id")[:size]
    found = [
        ReminderRow(
            id=row.pk,
            number=row.case.number,
            title=row.case.title,
            reason=row.reason,
            clock=row.escalation.clock if row.escalation else "",
            percent=row.escalation.percent if row.escalation else None,
            at=row.at,
            sms=row.sms,
            read_at=row.read_at,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda row: row.read_at is not None))


def unread(viewer: Viewer) -> int:
    """Return how many reminders the signed-in person has not read, of those that are listed."""
    if viewer.user_id is None or not viewer.is_staff:
        return 0
    return _told(viewer).filter(read_at__isnull=True).count()


def _told(viewer: Viewer) -> QuerySet[Reminder]:
    """Return what somebody was told, without cases that have become about that person."""
    assert viewer.user_id is not None
    barred = sorted(standing.marks(viewer.user_id, viewer.grants))
    rows = Reminder.objects.filter(account_id=viewer.user_id)
    return rows.exclude(case__excluded_ids__overlap=barred)


def nameable(viewer: Viewer, *, now: datetime) -> tuple[Holder, ...]:
    """Return the staff that a complaint may be about, each once; not the viewer."""
    found = {holder.id: holder for holder in holders(roles=standing.RELATIONS, now=now)}
    return tuple(holder for holder in found.values() if holder.id != viewer.user_id)
