"""Merge a case into an earlier one of the same matter, and undo it (并案)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import F

from onegrid.accounts.viewer import Viewer
from onegrid.cases import alike, notify, standing
from onegrid.cases.actions.step import Doing, Later, Move, may_know, take
from onegrid.cases.models import Case, Link, Part
from onegrid.cases.terms import LinkKind
from onegrid.common.ids import uuid7
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.common.tenancy.context import current_tenant
from onegrid.core.flow import OPEN, Action, Actor, Evidence, State

SYSTEM = frozenset({Actor.SYSTEM})
#: States in which a case still leads others to its answer.
LEADS = OPEN - {State.MERGED, State.CALLBACK, State.REOPEN_REQ}


def merge(*, case_id: UUID, doing: Doing, into: UUID, text: str = "") -> Case:
    """Let a case follow an earlier one of the same matter; its reporter stays a reporter.

    Its clocks keep their own time. When the leading case is answered, it is answered with it and
    called back by itself.

    Raises:
        Invalid: the other case is unknown or out of the viewer's scope.
        Conflict: the two may not be one; see ``case.merge_*``.
        Forbidden: one of the two is confidential or reports a wrongdoing.
    """
    leading = _lock_both(case_id, into, doing)

    def move(case: Case) -> Move:
        _check_pair(case, leading)
        Link.objects.create(
            case_id=case.pk, other_id=leading.pk, kind=LinkKind.MERGED, at=doing.now
        )
        return Move(
            Action.MERGE,
            text=text,
            evidence=frozenset({Evidence.CASE}),
            data={"into": leading.number},
        )

    before = Case.objects.values_list("state", flat=True).get(pk=case_id)
    case = take(case_id, doing, Later(Action.MERGE, move))
    if case.state == State.MERGED and before != State.MERGED:
        _write_on_leading(case, leading, doing)
        notify.tell(case, "case_merged", now=doing.now)
    return case


def _write_on_leading(case: Case, leading: Case, doing: Doing) -> None:
    """Say on the leading case what joined it; the same person's is a repeated contact."""
    own = _same_doing(doing, "leading")
    data = {"number": case.number, "link": LinkKind.MERGED.value}
    if alike.same_person(case, leading):
        move = Move(Action.REPEAT, text=case.text[:500], data=data, shown=False, lent=SYSTEM)
    else:
        move = Move(Action.LINK, data=data, shown=False, lent=SYSTEM)
    take(leading.pk, own, move)


def _same_doing(doing: Doing, name: str) -> Doing:
    """Return a doing of the same person at the same time for a second case."""
    return Doing(
        viewer=doing.viewer, now=doing.now, key=uuid5(doing.key, name), channel=doing.channel
    )


def _lock_both(case_id: UUID, into: UUID, doing: Doing) -> Case:
    """Lock both rows, always in the same order, and return the leading one.

    Raises:
        Invalid: there is no such case in the viewer's scope.
    """
    rows = Case.objects.select_for_update().filter(pk__in=[case_id, into]).order_by("pk")
    found = {row.pk: row for row in rows}
    leading = found.get(into)
    if leading is None or into == case_id or not may_know(leading, doing):
        raise Invalid("case.merge_unknown", field="into")
    return leading


def _check_pair(case: Case, leading: Case) -> None:
    if alike.is_private(case) or alike.is_private(leading):
        raise Forbidden("case.merge_private")
    if leading.state not in LEADS:
        raise Conflict("case.merge_not_leading", number=leading.number)
    if (case.opened_at, case.pk) < (leading.opened_at, leading.pk):
        raise Conflict("case.merge_later", number=leading.number)
    _check_ties(case)
    both_known = alike.same_person(case, leading)
    if (alike.personal(case) or alike.personal(leading)) and not both_known:
        raise Conflict("case.merge_personal")


def _check_ties(case: Case) -> None:
    """Refuse chains: a case that leads others, is a part of one or has parts elsewhere."""
    active = Link.objects.filter(ended_at__isnull=True, kind__in=[LinkKind.MERGED, LinkKind.CHILD])
    if active.filter(other_id=case.pk).exists() or active.filter(case_id=case.pk).exists():
        raise Conflict("case.merge_tied", number=case.number)


def unmerge(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Undo a merger: the case goes on where it stood, its clocks as if it had never been merged."""

    def move(case: Case) -> Move:
        return _undone(case, doing.now, text, shown=not doing.viewer.is_system)

    case = take(case_id, doing, Later(Action.UNMERGE, move))
    notify.tell(case, "case_unmerged", now=doing.now)
    return case


def _undone(case: Case, now: datetime, text: str, *, shown: bool) -> Move:
    link = _link_of(case)
    _end(link, now)
    data = {"into": link.other.number} if link else {}
    return Move(Action.UNMERGE, text=text, data=data, shown=shown)


def _link_of(case: Case) -> Link | None:
    rows = Link.objects.filter(case_id=case.pk, kind=LinkKind.MERGED, ended_at__isnull=True)
    return rows.select_related("other").first()


def _end(link: Link | None, now: datetime) -> None:
    if link is not None:
        link.ended_at = now
        link.save(update_fields=["ended_at"])


def end_merger(case_id: UUID, now: datetime) -> None:
    """End the link of a merged case that was withdrawn by its reporter."""
    rows = Link.objects.filter(case_id=case_id, kind=LinkKind.MERGED, ended_at__isnull=True)
    rows.update(ended_at=now)


def let_follow(leading: Case, now: datetime) -> None:
    """Answer every case merged into one that was answered; each is called back by itself."""
    answers = "\n".join(
        part.answer for part in Part.objects.filter(case_id=leading.pk).order_by("n")
    )
    handlers = [str(one) for one in sorted(standing.handlers_of(leading), key=str)]
    for case_id in merged_into(leading.pk):

        def move(case: Case) -> Move:
            Part.objects.filter(case_id=case.pk, answered_at__isnull=True).update(
                answer=answers, answered_at=now
            )
            _end(_link_of(case), now)
            return Move(
                Action.FOLLOW,
                text=answers,
                evidence=frozenset({Evidence.RESULT, Evidence.PART_ANSWERS}),
                data={"into": leading.number, "result": leading.result, "handlers": handlers},
                changes={"result": leading.result},
            )

        case = take(case_id, _system(now), Later(Action.FOLLOW, move))
        notify.tell(case, "case_done", now=now)


def let_go(leading: Case, now: datetime) -> None:
    """Un-merge every case whose leading one was withdrawn or refused: each goes on by itself."""
    for case_id in merged_into(leading.pk):
        unmerge(case_id=case_id, doing=_system(now), text=f"{leading.number}: {leading.state}")


def merged_into(leading_id: UUID) -> list[UUID]:
    """Return the cases that follow one, the earliest first."""
    rows = Link.objects.filter(
        other_id=leading_id,
        kind=LinkKind.MERGED,
        ended_at__isnull=True,
        case__state=State.MERGED,
    )
    return list(rows.order_by(F("at"), F("case_id")).values_list("case_id", flat=True))


def _system(now: datetime) -> Doing:
    return Doing(viewer=Viewer.system(current_tenant()), now=now, key=uuid7())
