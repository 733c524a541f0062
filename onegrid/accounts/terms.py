"""Roles, the kinds of account and what each role may hold."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AccountKind(TextChoices):
    """Who is behind an account."""

    RESIDENT = "resident", _("resident")
    STAFF = "staff", _("staff")


class Role(TextChoices):
    """What a person may do; where is said by the scope of the grant."""

    RESIDENT = "resident", _("Resident")
    GRID_WORKER = "grid_worker", _("Grid worker")
    COMMUNITY_CLERK = "community_clerk", _("Community clerk")
    COMMUNITY_SECRETARY = "community_secretary", _("Community secretary")
    UNIT_MEMBER = "unit_member", _("Unit team member")
    UNIT_HEAD = "unit_head", _("Head of unit")
    STREET_OFFICER = "street_officer", _("Street officer")
    DISPATCHER = "dispatcher", _("County dispatcher")
    CALLBACK_AGENT = "callback_agent", _("Call-back agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDIT_ADMIN = "audit_admin", _("Audit administrator")


class ScopeLevel(TextChoices):
    """How far a grant reaches."""

    COUNTY = "county", _("County")
    STREET = "street", _("Street")
    COMMUNITY = "community", _("Community")
    GRID = "grid", _("Grid")
    UNIT = "unit", _("Unit")


class Change(TextChoices):
    """What happened to a role of somebody."""

    GIVEN = "given", _("given")
    ENDED = "ended", _("ended")
    SELF_ON = "self_on", _("self-approval given")
    SELF_OFF = "self_off", _("self-approval taken away")


#: GB/T 22239-2019 8.1.5: three administrators; no account may hold more than one of them.
ADMIN_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)

#: Roles that handle cases of a unit; only with them the right to approve one's own work is given.
SELF_APPROVAL_ROLES = (
    Role.GRID_WORKER,
    Role.COMMUNITY_CLERK,
    Role.COMMUNITY_SECRETARY,
    Role.UNIT_MEMBER,
    Role.UNIT_HEAD,
)

#: The level at which a role is granted.
ROLE_LEVEL: dict[Role, ScopeLevel] = {
    Role.GRID_WORKER: ScopeLevel.GRID,
    Role.COMMUNITY_CLERK: ScopeLevel.COMMUNITY,
    Role.COMMUNITY_SECRETARY: ScopeLevel.COMMUNITY,
    Role.UNIT_MEMBER: ScopeLevel.UNIT,
    Role.UNIT_HEAD: ScopeLevel.UNIT,
    Role.STREET_OFFICER: ScopeLevel.STREET,
    Role.DISPATCHER: ScopeLevel.COUNTY,
    Role.CALLBACK_AGENT: ScopeLevel.COUNTY,
    Role.SUPERVISOR: ScopeLevel.COUNTY,
    Role.SYSTEM_ADMIN: ScopeLevel.COUNTY,
    Role.SECURITY_ADMIN: ScopeLevel.COUNTY,
    Role.AUDIT_ADMIN: ScopeLevel.COUNTY,
}


class TokenScope(TextChoices):
    """What an API token allows."""

    OPEN = "cases:open", _("open cases")
    READ_OWN = "cases:read_own", _("read own cases")
    READ = "cases:read", _("read the cases of the desk")
    ACT = "cases:act", _("act on cases")
    OPEN311 = "open311", _("report by Open311")
