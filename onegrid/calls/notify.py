"""Text messages to the people of a call or a roster, through the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from onegrid.accounts.queries.staff import people_of_unit
from onegrid.accounts.terms import Role
from onegrid.calls.models import Shift, Summons
from onegrid.notices import actions as notices

#: A message about a call is worthless after so long.
_KEEP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody who can be told something."""

    user_id: UUID
    name: str
    phone: str
    language: str


def on_duty(shifts: Iterable[Shift], summons: Summons, *, now: datetime) -> tuple[Reached, ...]:
    """Return who of some duties can be told something; nobody: the heads of the unit.

    The number of the roster comes before that of the account. Whom the case is about is left out.
    """
    people = people_of_unit(unit_id=summons.unit_id, now=now)
    known = {person.id: person for person in people}
    found = []
    for shift in shifts:
        person = known.get(shift.person_id)
        phone = shift.phone or (person.phone if person else "")
        language = person.language if person else "zh-hans"
        if phone and not _named(summons, shift.person_id):
            found.append(Reached(shift.person_id, shift.person_name, phone, language))
    return tuple(found) or heads(summons, now=now)


def heads(summons: Summons, *, now: datetime) -> tuple[Reached, ...]:
    """Return the heads of the unit that was called."""
    found = people_of_unit(unit_id=summons.unit_id, now=now, roles=(Role.UNIT_HEAD,))
    return tuple(
        Reached(one.id, one.name, one.phone, one.language)
        for one in found
        if not _named(summons, one.id)
    )


def _named(summons: Summons, user_id: UUID) -> bool:
    """Tell whether the case is about this person (trust.md D8)."""
    case = summons.call.case
    return case is not None and user_id in case.excluded_ids


def tell(
    summons: Summons, people: Iterable[Reached], template: str, *, now: datetime, **params: str
) -> tuple[str, ...]:
    """Send one message to each person of whom a number is known; return the names of those told."""
    told = []
    for person in people:
        if not person.phone:
            continue
        notices.queue(
            channel="sms",
            recipient=person.phone,
            recipient_user_id=person.user_id,
            template=template,
            params={"number": summons.call.number, **params},
            language=person.language,
            dedupe_key=f"{summons.pk}:{template}:{person.user_id}",
            now=now,
            expires_at=now + _KEEP,
        )
        told.append(person.name)
    return tuple(told)


def moment(at: datetime) -> str:
    """Return a moment as messages say it."""
    return localtime(at).strftime("%m-%d %H:%M")
