"""Supervise a case by hand, reply, accept the reply or ask again (督办; Weifang Art. 26)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from onegrid.cases import notify, oversight, standing
from onegrid.cases.actions.asks import said
from onegrid.cases.actions.closing import close_if_said
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Case, Supervision
from onegrid.cases.oversight_terms import (
    Receiver,
    ReminderReason,
    SupervisionKind,
    SupervisionState,
    Trigger,
)
from onegrid.cases.receivers import Directory
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.flow import Action, Actor

MAX_REPLY_DAYS = 30
_OPEN = (SupervisionState.OPEN, SupervisionState.REPLIED)


def supervise(
    *,
    case_id: UUID,
    doing: Doing,
    kind: str,
    trigger: int,
    text: str,
    days: int,
    publish: bool = False,
) -> Case:
    """Order a unit to answer for a case; it does not close before the reply was accepted.

    Args:
        trigger: 1 to 5, as in the article.
        days: working days for the reply, 1 to `MAX_REPLY_DAYS`.
        publish: the reporter reads the order and the reply.

    Raises:
        Forbidden: no person orders it; what rules order by themselves is `oversight.raise_due`.
        Invalid: kind, trigger or days are not on the list, or nothing is said.
        Conflict: the same was ordered and is not settled yet.
    """
    if doing.viewer.user_id is None:
        raise Forbidden("case.not_your_turn", action=Action.SUPERVISE.value)
    if kind not in SupervisionKind.values:
        raise Invalid("supervision.kind", field="kind")
    if trigger not in Trigger.values:
        raise Invalid("supervision.trigger", field="trigger")
    if not 1 <= days <= MAX_REPLY_DAYS:
        raise Invalid("supervision.days", field="days", most=MAX_REPLY_DAYS)
    words = said(text)

    def move(case: Case) -> Move:
        same = Supervision.objects.filter(
            case_id=case.pk, rule="", kind=kind, trigger=trigger, state__in=_OPEN
        )
        if same.exists():
            raise Conflict("supervision.open_already")
        now = _later(case, doing)
        row = oversight.issue(
            case,
            kind=kind,
            trigger=trigger,
            text=words,
            due=oversight.reply_due(now, days=days),
            now=now,
            staff=Directory(now=now),
            issued_by=doing.viewer.user_id,
            published=publish,
        )
        return Move(Action.SUPERVISE, text=words, data=oversight.said_of(row), shown=publish)

    return take(case_id, doing, Later(Action.SUPERVISE, move))


def reply_supervision(
    *, case_id: UUID, doing: Doing, text: str, supervision_id: UUID | None = None
) -> Case:
    """Answer for a case, as the unit that handles it or its head.

    Args:
        supervision_id: which of several; left out: the only one that waits.

    Raises:
        Conflict: nothing waits for a reply.
        Forbidden: the supervisor does not answer in the place of the unit.
    """
    words = said(text)

    def move(case: Case) -> Move:
        if Actor.SUPERVISOR in standing.relations(doing.viewer, case, handlers=frozenset()):
            raise Forbidden("supervision.not_own_reply")
        row = _one(case, supervision_id, SupervisionState.OPEN)
        row.state, row.reply = SupervisionState.REPLIED, words
        row.replied_at, row.replied_by = _later(case, doing), doing.viewer.user_id
        row.next_mark_at = None
        row.save()
        now = _later(case, doing)
        office = Directory(now=now).at(Receiver.OFFICE, case)
        oversight.remind(case, office, ReminderReason.REPLIED, now=now, supervision=row)
        return Move(
            Action.REPLY_SUPERVISION, text=words, data=oversight.said_of(row), shown=row.published
        )

    return take(case_id, doing, Later(Action.REPLY_SUPERVISION, move))


def settle_supervision(
    *, case_id: UUID, doing: Doing, text: str, supervision_id: UUID | None = None
) -> Case:
    """Accept a reply. A case that waited only for this closes by the verdict it was given.

    Raises:
        Conflict: no reply waits.
        Forbidden: whoever replied does not accept it.
    """
    words = said(text)

    def move(case: Case) -> Move:
        row = _one(case, supervision_id, SupervisionState.REPLIED)
        if row.replied_by == doing.viewer.user_id:
            raise Forbidden("supervision.another_person")
        row.state, row.settlement = SupervisionState.SETTLED, words
        row.settled_at, row.settled_by = _later(case, doing), doing.viewer.user_id
        row.save()
        case.supervised = Supervision.objects.filter(case_id=case.pk, state__in=_OPEN).exists()
        return Move(
            Action.SETTLE_SUPERVISION, text=words, data=oversight.said_of(row), shown=row.published
        )

    case = close_if_said(take(case_id, doing, Later(Action.SETTLE_SUPERVISION, move)), doing)
    if case.state == "closed":
        notify.tell(case, "case_closed", now=doing.now)
    return case


def reject_reply(
    *,
    case_id: UUID,
    doing: Doing,
    text: str,
    days: int = 1,
    supervision_id: UUID | None = None,
) -> Case:
    """Ask again: what the reply lacks, and in how many working days.

    Raises:
        Invalid: the days are out of range.
        Conflict: no reply waits.
    """
    if not 1 <= days <= MAX_REPLY_DAYS:
        raise Invalid("supervision.days", field="days", most=MAX_REPLY_DAYS)
    words = said(text)

    def move(case: Case) -> Move:
        row = _one(case, supervision_id, SupervisionState.REPLIED)
        row.state, row.rejections = SupervisionState.OPEN, row.rejections + 1
        row.asked_at, row.rung = _later(case, doing), 0
        row.reply_due = oversight.reply_due(row.asked_at, days=days)
        row.next_mark_at = oversight.next_look(row)
        row.save()
        staff = Directory(now=row.asked_at)
        _, handlers = staff.told(Receiver.HANDLER, case)
        heads = staff.at(Receiver.UNIT_HEAD, case)
        oversight.remind(
            case,
            (*handlers, *heads),
            ReminderReason.SUPERVISED,
            now=row.asked_at,
            supervision=row,
        )
        return Move(
            Action.REJECT_REPLY, text=words, data=oversight.said_of(row), shown=row.published
        )

    return take(case_id, doing, Later(Action.REJECT_REPLY, move))


def _one(case: Case, supervision_id: UUID | None, state: SupervisionState) -> Supervision:
    rows = Supervision.objects.select_for_update().filter(case_id=case.pk, state=state)
    if supervision_id is not None:
        rows = rows.filter(pk=supervision_id)
    found = list(rows.order_by("issued_at")[:2])
    if not found:
        raise Conflict(f"supervision.none_{state}")
    if len(found) > 1:
        raise Invalid("supervision.which", field="supervision")
    return found[0]


def _later(case: Case, doing: Doing) -> datetime:
    return max(doing.now, case.changed_at)
