"""People of a unit or of areas: for rosters, to be in charge, and to tell them something."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from onegrid.accounts.models import RoleGrant, User
from onegrid.accounts.terms import Role


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff."""

    id: UUID
    username: str
    name: str
    phone: str
    language: str


def people_of_unit(
    *, unit_id: UUID, now: datetime, roles: Iterable[Role] = (Role.UNIT_MEMBER, Role.UNIT_HEAD)
) -> tuple[Person, ...]:
    """Return the active accounts that hold one of the roles for a unit, by user name."""
    return _holders(now=now, roles=roles, unit_id=unit_id)


def people_of_areas(
    *, area_ids: Collection[UUID], now: datetime, roles: Iterable[Role]
) -> tuple[Person, ...]:
    """Return the active accounts that hold one of the roles for one of some areas."""
    return _holders(now=now, roles=roles, area_id__in=area_ids)


def _holders(*, now: datetime, roles: Iterable[Role], **scope: object) -> tuple[Person, ...]:
    held = (
        RoleGrant.objects.filter(**scope, role__in=list(roles), valid_from__lte=now)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now))
        .values_list("user_id", flat=True)
    )
    rows = User.objects.filter(id__in=set(held), is_active=True).order_by("username")
    return tuple(
        Person(*row) for row in rows.values_list("id", "username", "full_name", "phone", "language")
    )
