"""Who holds which role where: for those who must be told something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from onegrid.accounts.models import RoleGrant, User
from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.accounts.viewer import Grant


@dataclass(frozen=True, slots=True)
class Holder:
    """An active account with one of its roles."""

    id: UUID
    name: str
    phone: str
    language: str
    grant: Grant


def holders(*, roles: Iterable[Role], now: datetime) -> tuple[Holder, ...]:
    """Return the active accounts of the county that hold one of the roles, by user name."""
    held = RoleGrant.objects.filter(role__in=list(roles), valid_from__lte=now).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now)
    )
    grants = list(held.values_list("user_id", "role", "area_level", "area_id", "unit_id"))
    people = {
        row[0]: row
        for row in User.objects.filter(id__in={grant[0] for grant in grants}, is_active=True)
        .order_by("username")
        .values_list("id", "full_name", "phone", "language")
    }
    order = {user_id: number for number, user_id in enumerate(people)}
    found = [
        Holder(*people[user_id], Grant(Role(role), ScopeLevel(level), area_id, unit_id))
        for user_id, role, level, area_id, unit_id in grants
        if user_id in people
    ]
    return tuple(sorted(found, key=lambda holder: order[holder.id]))


def staff_names(*, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of accounts of the county by id; unknown ids are left out."""
    return dict(User.objects.filter(id__in=list(ids)).values_list("id", "full_name"))


def staff_phones(*, ids: Iterable[UUID]) -> frozenset[str]:
    """Return the phone numbers of accounts of the county; accounts without one are left out."""
    found = User.objects.filter(id__in=list(ids)).exclude(phone="")
    return frozenset(found.values_list("phone", flat=True))


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody who held a role at a moment; `still`: holds it somewhere now, on an open account."""

    name: str
    still: bool


def held(*, role: Role, area_id: UUID, on: datetime, now: datetime) -> tuple[Held, ...]:
    """Return who held a role for an area at a moment, also on accounts closed since, by name."""
    there = _valid(role, on).filter(area_id=area_id).values("user_id")
    still = set(_valid(role, now).values_list("user_id", flat=True))
    found = User.objects.filter(id__in=there).order_by("full_name")
    rows = found.values_list("id", "full_name", "is_active")
    return tuple(Held(name, active and user_id in still) for user_id, name, active in rows)


def _valid(role: Role, on: datetime) -> QuerySet[RoleGrant]:
    begun = RoleGrant.objects.filter(role=role, valid_from__lte=on)
    return begun.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
