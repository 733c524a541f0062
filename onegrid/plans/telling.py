"""Text messages about hand-overs: to who signs, and to who has to name somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from onegrid.accounts.queries.holders import Holder, holders
from onegrid.accounts.terms import Role
from onegrid.grids.queries import area
from onegrid.notices import actions as notices
from onegrid.notices.terms import Template
from onegrid.plans.models import Adoption, Handover

#: Who has not signed is reminded so long before the day, and on it.
EARLY = timedelta(days=3)
#: Nobody is reminded before this hour of the day.
_MORNING = 8
#: Who was told so shortly before is not reminded yet.
_JUST_TOLD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many lists wait for somebody: to be signed, or to get a name for who takes over."""

    to_sign: Counter[UUID]
    to_name: Counter[UUID]


def waiting(rows: Iterable[Handover], *, now: datetime) -> Waiting:
    """Count what waits for whom; what has no taker waits for the officers of the old street."""
    found = Waiting(Counter(), Counter())
    officers = holders(roles=[Role.STREET_OFFICER], now=now)
    for row in rows:
        if row.main:
            continue
        sides = (row.giver_id, row.giver_signed_at), (row.taker_id, row.taker_signed_at)
        found.to_sign.update({one for one, signed in sides if one is not None and signed is None})
        if row.taker_id is None:
            street = _street(row.old_id)
            found.to_name.update({one.id for one in officers if one.grant.area_id == street})
    return found


def _street(grid_id: UUID) -> UUID | None:
    community = area(area_id=grid_id).parent_id
    return None if community is None else area(area_id=community).parent_id


def tell_adopted(adoption: Adoption, *, now: datetime) -> None:
    """Tell everybody a plan waits for: one message to each, however many lists."""
    found = waiting(Handover.objects.filter(adoption=adoption), now=now)
    people = _people(now)
    for template, counts in (
        (Template.HANDOVER_TO_SIGN, found.to_sign),
        (Template.HANDOVER_TO_NAME, found.to_name),
    ):
        for user_id, lists in counts.items():
            _queue(adoption, people.get(user_id), template, lists, mark=template, now=now)


def tell_taker(row: Handover, *, now: datetime) -> None:
    """Tell somebody who was named to take over."""
    if row.taker_id is not None:
        mark = str(row.pk)
        person = _people(now).get(row.taker_id)
        _queue(row.adoption, person, Template.HANDOVER_TO_SIGN, 1, mark=mark, now=now)


def remind(*, now: datetime) -> int:
    """Remind whom lists still wait for, three days before the day and on it.

    Returns:
        How many messages were asked for; who was told before is not told again.
    """
    local = localtime(now)
    if local.hour < _MORNING:
        return 0
    coming = Adoption.objects.filter(
        revoked_at=None, effective_at__gt=now - timedelta(days=1), effective_at__lte=now + EARLY
    )
    people, told = _people(now), 0
    for adoption in coming:
        mark = "day" if adoption.effective_at <= now else "early"
        if mark == "early" and now - adoption.at < _JUST_TOLD:
            continue
        found = waiting(Handover.objects.filter(adoption=adoption), now=now)
        for user_id, lists in (found.to_sign + found.to_name).items():
            person = people.get(user_id)
            told += _queue(adoption, person, Template.HANDOVER_REMINDER, lists, mark=mark, now=now)
    return told


def _people(now: datetime) -> dict[UUID, Holder]:
    return {one.id: one for one in holders(roles=Role, now=now)}


def _queue(
    adoption: Adoption,
    person: Holder | None,
    template: Template,
    lists: int,
    *,
    mark: str,
    now: datetime,
) -> bool:
    if person is None or not person.phone:
        return False
    notices.queue(
        channel="sms",
        recipient=person.phone,
        recipient_user_id=person.id,
        template=template,
        params={"day": f"{localtime(adoption.effective_at):%Y-%m-%d}", "lists": str(lists)},
        language=person.language,
        dedupe_key=f"{adoption.pk}:{mark}:{person.id}",
        now=now,
        expires_at=max(now, adoption.effective_at) + timedelta(days=1),
    )
    return True
