"""Web hooks: who wants to be told what, and every call that tells it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.exchange.terms import HookEvent


class HookTarget(TenantModel):
    """An address that is told of events."""

    url = models.CharField(max_length=300)
    events = ArrayField(models.CharField(max_length=20, choices=HookEvent.choices))
    #: sealed, see `onegrid.common.sealed`
    secret = models.TextField()
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    #: attempts in a row that failed
    failures = models.IntegerField(default=0)
    #: set when repeated failure, not a person, ended it
    given_up_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(events=[]), name="hooktarget_has_events"),
        ]

    def __str__(self) -> str:
        return self.url


class HookCall(TenantModel):
    """One event told to one address; its id is the id that the receiver sees."""

    target = TenantFK(HookTarget, on_delete=models.CASCADE, related_name="calls")
    event = models.CharField(max_length=20)
    payload = models.JSONField()
    at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    status = models.SmallIntegerField(null=True)
    error = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(next_attempt_at__isnull=True) | Q(settled_at__isnull=True),
                name="hookcall_waits_or_settled",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="hookcall_pending_ix",
            ),
            models.Index(fields=["tenant_id", "target", "at"], name="hookcall_log_ix"),
        ]

    def __str__(self) -> str:
        return self.event
