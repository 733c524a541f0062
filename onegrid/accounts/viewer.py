"""The viewer: who asks, in which county, with which roles. First argument of every query."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from onegrid.accounts.terms import Role, ScopeLevel


@dataclass(frozen=True, slots=True)
class Grant:
    """One role with its scope; ``area_id`` is None for the whole county.

    Attributes:
        self_approval: plans and reports of done need nobody else's approval.
    """

    role: Role
    level: ScopeLevel
    area_id: UUID | None = None
    unit_id: UUID | None = None
    self_approval: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. Built once per request from the database; a removed role acts on the next one."""

    user_id: UUID | None
    tenant_id: int
    name: str = ""
    language: str = "zh-hans"
    grants: tuple[Grant, ...] = ()
    is_system: bool = False
    #: False until the second factor of a staff account has been shown in this session.
    verified: bool = True
    roles: frozenset[Role] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", frozenset(grant.role for grant in self.grants))

    @classmethod
    def anonymous(cls, tenant_id: int, language: str = "zh-hans") -> Viewer:
        """Return somebody who has not signed in."""
        return cls(user_id=None, tenant_id=tenant_id, language=language)

    @classmethod
    def system(cls, tenant_id: int) -> Viewer:
        """Return the product itself: sweeps, timers, imports."""
        return cls(user_id=None, tenant_id=tenant_id, name="system", is_system=True)

    def as_resident(self) -> Viewer:
        """Return the same person without any role: what is left are the person's own cases."""
        return replace(self, grants=())

    @property
    def is_staff(self) -> bool:
        """Tell whether the viewer holds any role besides being a resident."""
        return bool(self.roles - {Role.RESIDENT})

    def has(self, *roles: Role) -> bool:
        """Tell whether the viewer holds one of the roles anywhere."""
        return not self.roles.isdisjoint(roles)
