"""Text messages about hand-overs: to who signs, and to who has to name somebody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from onegrid.accounts.queries.holders import Holder, holders
from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.notices import actions as notices
from onegrid.notices.terms import Template
from onegrid.plans.models import Adoption, Handover
from onegrid.plans.terms import PLANNERS

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


def waiting(adoption: Adoption, *, now: datetime) -> Waiting:
    """Count what waits for whom."""
    found = Waiting(Counter(), Counter())
    namers = _namers(adoption, now)
    for row in Handover.objects.filter(adoption=adoption, main=False):
        sides = (row.giver_id, row.giver_signed_at), (row.taker_id, row.taker_signed_at)
        found.to_sign.update({one for one, signed in sides if one is not None and signed is None})
        if row.taker_id is None:
            found.to_name.update(namers)
    return found


def _namers(adoption: Adoption, now: datetime) -> set[UUID]:
    """Return who names takers: the officers of the street that was cut, else the county."""
    scope_id = adoption.draft.scope_id
    found = holders(roles=PLANNERS, now=now)
    own = {one.id for one in found if one.grant.area_id == scope_id}
    return own or {one.id for one in found if one.grant.level is ScopeLevel.COUNTY}


def tell_adopted(adoption: Adoption, *, now: datetime) -> None:
    """Tell everybody a plan waits for: one message to each, however many lists."""
    found = waiting(adoption, now=now)
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
        found = waiting(adoption, now=now)
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
