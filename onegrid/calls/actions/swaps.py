"""Swap duties: one asks, the other accepts; both names and times are kept as signatures."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from onegrid.accounts.queries.staff import Person, people_of_unit
from onegrid.accounts.viewer import Viewer
from onegrid.calls.actions.shifts import drop, write
from onegrid.calls.models import Shift, Swap
from onegrid.calls.terms import SwapState
from onegrid.cases.actions import Doing
from onegrid.common.refusals import Conflict, Invalid, NotFound
from onegrid.notices import actions as notices

_WORDS = 200


def ask_swap(
    *,
    doing: Doing,
    shift_id: UUID,
    to_id: UUID,
    other_id: UUID | None = None,
    words: str = "",
) -> UUID:
    """Ask a colleague of the same unit to take an own coming duty over, perhaps for one of theirs.

    Raises:
        NotFound: it is not the viewer's duty.
        Invalid: no colleague, not the colleague's duty, or too many words.
        Conflict: the duty has begun, was changed, or somebody is asked already.
    """
    viewer, now, me = doing.viewer, doing.now, doing.viewer.user_id
    if me is None:
        raise NotFound("roster.not_found")
    earlier = Swap.objects.filter(key=doing.key, asked_by=me).first()
    if earlier is not None:
        return earlier.id
    shift = _own(me, shift_id, now)
    person = _colleague(me, shift, to_id, now)
    if other_id is not None:
        other = Shift.objects.filter(pk=other_id, person_id=to_id, cancelled_at=None).first()
        if other is None or other.starts_at <= now:
            raise Invalid("swap.other", field="other")
    if len(words) > _WORDS:
        raise Invalid("call.too_long", field="words", most=_WORDS)
    row = Swap(
        shift_id=shift.id,
        other_id=other_id,
        asked_by=me,
        asked_name=viewer.name,
        asked_at=now,
        to_id=to_id,
        to_name=person.name,
        words=words.strip(),
        key=doing.key,
    )
    _insert(row)
    _tell(person, viewer, shift, row, now)
    return row.id


def _own(me: UUID, shift_id: UUID, now: datetime) -> Shift:
    row = (
        Shift.objects.select_for_update(of=("self",))
        .select_related("team")
        .filter(pk=shift_id, person_id=me)
        .first()
    )
    if row is None:
        raise NotFound("roster.not_found")
    if row.cancelled_at is not None or row.starts_at <= now:
        raise Conflict("shift.begun")
    return row


def _colleague(me: UUID, shift: Shift, to_id: UUID, now: datetime) -> Person:
    for person in people_of_unit(unit_id=shift.team.unit_id, now=now):
        if person.id == to_id and person.id != me:
            return person
    raise Invalid("swap.colleague", field="to")


def _insert(row: Swap) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "swap_one_open_uq" in str(error):
            raise Conflict("swap.asked_already") from error
        if "swap_key_uq" in str(error):
            raise Conflict("case.key_used", field="key") from error
        raise


def _tell(person: Person, viewer: Viewer, shift: Shift, row: Swap, now: datetime) -> None:
    if person.phone:
        notices.queue(
            channel="sms",
            recipient=person.phone,
            recipient_user_id=person.id,
            template="swap_asked",
            params={
                "name": viewer.name,
                "day": localtime(shift.starts_at).strftime("%m-%d %H:%M"),
            },
            language=person.language,
            dedupe_key=f"swap:{row.id}",
            now=now,
        )


def answer_swap(*, viewer: Viewer, swap_id: UUID, yes: bool, now: datetime) -> Swap:
    """Accept or decline; an accepted swap changes the roster at once. The same answer again: no-op.

    Raises:
        NotFound: the viewer was not asked.
        Conflict: answered otherwise or taken back, a duty has begun or was changed, or one of the
            two would be on duty twice at once.
    """
    row = _locked(swap_id)
    if row is None or row.to_id != viewer.user_id:
        raise NotFound("swap.not_found")
    wanted = SwapState.ACCEPTED if yes else SwapState.DECLINED
    if row.state == wanted:
        return row
    if row.state != SwapState.ASKED:
        raise Conflict("swap.over")
    row.state, row.answered_at = wanted, now
    if yes:
        _exchange(row, now)
    row.save(update_fields=["state", "answered_at"])
    return row


def withdraw_swap(*, viewer: Viewer, swap_id: UUID, now: datetime) -> Swap:
    """Take a request to swap back that was not answered yet.

    Raises:
        NotFound: the viewer did not ask.
        Conflict: it was answered.
    """
    row = _locked(swap_id)
    if row is None or row.asked_by != viewer.user_id:
        raise NotFound("swap.not_found")
    if row.state == SwapState.WITHDRAWN:
        return row
    if row.state != SwapState.ASKED:
        raise Conflict("swap.over")
    row.state, row.answered_at = SwapState.WITHDRAWN, now
    row.save(update_fields=["state", "answered_at"])
    return row


def _locked(swap_id: UUID) -> Swap | None:
    return Swap.objects.select_for_update().filter(pk=swap_id).first()


def _exchange(row: Swap, now: datetime) -> None:
    """End both duties and write them anew with the other person."""
    ids = [one for one in (row.shift_id, row.other_id) if one is not None]
    found = {
        shift.id: shift for shift in Shift.objects.select_for_update().filter(pk__in=sorted(ids))
    }
    if any(shift.cancelled_at or shift.starts_at <= now for shift in found.values()):
        raise Conflict("swap.changed")
    Swap.objects.filter(pk=row.pk).update(state=row.state, answered_at=now)
    drop(list(found.values()), now=now)
    given, taken = found[row.shift_id], found.get(row.other_id) if row.other_id else None
    their_phone = taken.phone if taken else ""
    write(_instead(given, row.to_id, row.to_name, their_phone))
    if taken is not None:
        write(_instead(taken, row.asked_by, row.asked_name, given.phone))


def _instead(old: Shift, person_id: UUID, name: str, phone: str) -> Shift:
    return Shift(
        team_id=old.team_id,
        person_id=person_id,
        person_name=name,
        phone=phone,
        starts_at=old.starts_at,
        ends_at=old.ends_at,
        batch_id=old.batch_id,
        instead_of=old,
    )
