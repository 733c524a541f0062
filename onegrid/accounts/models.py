"""Counties, accounts (identity plane) and role grants, tokens, codes (tenant plane)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q

from onegrid.accounts.terms import (
    ADMIN_ROLES,
    SELF_APPROVAL_ROLES,
    AccountKind,
    Change,
    Role,
    ScopeLevel,
)
from onegrid.common.ids import uuid7
from onegrid.common.tenancy.models import TenantModel


class County(models.Model):
    """A tenant: one county with its own rows, addresses and people."""

    code = models.IntegerField(primary_key=True)
    name = models.CharField(max_length=64)
    hosts = ArrayField(models.CharField(max_length=253), default=list)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__gte=100000, code__lte=999999), name="county_code_six_digits"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class UserManager(BaseUserManager["User"]):
    """Looks accounts up by user name."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """An account; it belongs to one county. What it may do is said by role grants."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.IntegerField()
    username = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16, choices=AccountKind.choices)
    full_name = models.CharField(max_length=64)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    #: the password was set by somebody else and must be changed at the next sign-in
    password_is_temporary = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AccountKind.values), name="user_kind_known"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "phone"],
                condition=Q(kind=AccountKind.RESIDENT) & ~Q(phone=""),
                name="user_resident_phone_uq",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def is_staff_account(self) -> bool:
        """Tell whether this account needs a second factor."""
        return self.kind == AccountKind.STAFF

    def natural_key(self) -> tuple[Any, ...]:
        return (self.username,)


class Session(AbstractBaseSession):
    """A browser with its data; the columns repeat parts of them, to list and end sessions."""

    session_key = models.CharField(max_length=40, primary_key=True)
    user_id = models.UUIDField(null=True)
    signed_in_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["user_id"], condition=Q(user_id__isnull=False), name="session_user_ix"
            ),
        ]


class RoleGrant(TenantModel):
    """A role given to a person for an area or a unit, for a time.

    A role of an administrator has no planned end, it is ended: otherwise a second one could be
    given beside one that ends next year.
    """

    user_id = models.UUIDField()
    role = models.CharField(max_length=24, choices=Role.choices)
    area_level = models.CharField(max_length=12, choices=ScopeLevel.choices)
    area_id = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    granted_by = models.UUIDField(null=True)
    #: may publish a plan and report done without the approval that the county asks for
    self_approval = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "user_id"], name="rolegrant_user_ix")]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="rolegrant_role_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="rolegrant_valid_span",
            ),
            models.CheckConstraint(
                condition=(
                    Q(area_level=ScopeLevel.UNIT, unit_id__isnull=False, area_id__isnull=True)
                    | Q(area_level=ScopeLevel.COUNTY, unit_id__isnull=True)
                    | Q(
                        area_level__in=[ScopeLevel.STREET, ScopeLevel.COMMUNITY, ScopeLevel.GRID],
                        area_id__isnull=False,
                        unit_id__isnull=True,
                    )
                ),
                name="rolegrant_scope_complete",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "user_id"],
                condition=Q(role__in=ADMIN_ROLES, ended_at__isnull=True),
                name="rolegrant_one_admin_role",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=ADMIN_ROLES)
                | Q(valid_to__isnull=True, ended_at__isnull=True)
                | Q(ended_at__isnull=False, valid_to=F("ended_at")),
                name="rolegrant_admin_not_timed",
            ),
            models.CheckConstraint(
                condition=Q(self_approval=False) | Q(role__in=SELF_APPROVAL_ROLES),
                name="rolegrant_self_approval_handles",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "user_id", "role", "area_id", "unit_id"],
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
                name="rolegrant_current_uq",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} @ {self.area_level}"


class RoleChange(TenantModel):
    """A role given, changed or ended: who, whom, which, where, when and why. Append-only.

    Names are written down as they were; `RoleGrant` says what holds now.
    """

    at = models.DateTimeField()
    change = models.CharField(max_length=8, choices=Change.choices)
    #: None, with an empty name: the product itself (first set-up, demo)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=64)
    user_id = models.UUIDField()
    username = models.CharField(max_length=64)
    full_name = models.CharField(max_length=64)
    role = models.CharField(max_length=24)
    area_level = models.CharField(max_length=12)
    area_id = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True)
    #: planned end of a role given, real end of a role ended
    valid_to = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "at"], name="rolechange_at_ix")]
        constraints = [
            models.CheckConstraint(
                condition=Q(change__in=Change.values), name="rolechange_change_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.role} {self.change}"


class LoginCode(TenantModel):
    """A one-time sign-in code sent to a resident's phone; only its hash is kept."""

    phone = models.CharField(max_length=20)
    browser = models.CharField(max_length=64)
    #: keyed hash of the network address, for its own cap
    source = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant_id", "phone", "sent_at"], name="logincode_phone_ix"),
            models.Index(fields=["tenant_id", "sent_at"], name="logincode_sent_ix"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="logincode_five_tries"),
        ]

    def __str__(self) -> str:
        return f"code of {self.sent_at:%Y-%m-%d %H:%M}"


class ApiToken(TenantModel):
    """A bearer token of an account with closed scopes; only its hash is kept."""

    user_id = models.UUIDField()
    label = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=20))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "token_hash"], name="apitoken_hash_uq"),
        ]

    def __str__(self) -> str:
        return self.label
