"""The outbox: what is to be told to whom, written in the transaction that makes it true."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from onegrid.common.tenancy.models import TenantModel
from onegrid.notices.terms import Channel, Delivery


class Outbox(TenantModel):
    """One notice to one recipient. Its id is the out-id the provider sees."""

    at = models.DateTimeField()
    channel = models.CharField(max_length=12, choices=Channel.choices)
    recipient_user_id = models.UUIDField(null=True)
    #: phone number, or e-mail address
    recipient = models.CharField(max_length=254)
    language = models.CharField(max_length=10)
    template = models.CharField(max_length=24)
    params = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=Delivery.choices, default=Delivery.PENDING)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    #: Set while the provider may have taken the notice without our knowing.
    unsure_since = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=80, blank=True)
    provider_id = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant_id", "next_attempt_at"],
                condition=Q(state=Delivery.PENDING),
                name="outbox_pending_ix",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "dedupe_key"], name="outbox_dedupe_uq"),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="outbox_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=Delivery.values), name="outbox_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=Delivery.PENDING, settled_at__isnull=True)
                | (~Q(state=Delivery.PENDING) & Q(settled_at__isnull=False)),
                name="outbox_settled_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.state}"
