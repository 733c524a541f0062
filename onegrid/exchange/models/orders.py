"""Orders of other systems, the messages about them, and how their words become ours."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.exchange.terms import Direction, Kind, MapKind, Standing, System


class Partner(TenantModel):
    """Another system of this county: where it is, and the key both sides sign with."""

    system = models.CharField(max_length=16, choices=System.choices)
    url = models.CharField(max_length=200, blank=True)
    key_id = models.CharField(max_length=64)
    #: sealed, see `onegrid.common.sealed`
    secret = models.TextField()
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "system"], name="partner_system_uq"),
        ]

    def __str__(self) -> str:
        return self.system


class ExternalOrder(TenantModel):
    """An order of another system and the case it became; ``case`` is empty until its order came."""

    system = models.CharField(max_length=16, choices=System.choices)
    external_id = models.CharField(max_length=64)
    case = TenantFK("cases.Case", null=True, on_delete=models.PROTECT, related_name="+")
    #: sequence number of the last message of theirs that counts as come
    in_seq = models.IntegerField(default=0)
    first_at = models.DateTimeField()
    #: until when they want the result
    reply_due_at = models.DateTimeField(null=True)
    #: e-mail: who wrote, and the mail that answers go to (RFC 5322 Message-ID)
    reply_to = models.CharField(max_length=254, blank=True)
    thread = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "system", "external_id"], name="externalorder_id_uq"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "case"],
                condition=Q(case__isnull=False),
                name="externalorder_case_uq",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.external_id}"


class Message(TenantModel):
    """One message about an order: the inbox and the outbox in one table."""

    order = TenantFK(ExternalOrder, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    #: counts from 1 without gaps, in each direction of an order
    seq = models.IntegerField()
    #: theirs: all messages of theirs up to here that have not come are void
    supersedes = models.IntegerField(default=0)
    #: the sender's id of the message: the same for every attempt
    dedupe_key = models.CharField(max_length=64)
    at = models.DateTimeField()
    payload = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=Standing.choices)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "order", "direction", "seq"], name="message_seq_uq"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "order", "direction", "dedupe_key"], name="message_dedupe_uq"
            ),
            models.CheckConstraint(
                condition=Q(direction="in", state__in=["held", "applied", "refused", "superseded"])
                | Q(direction="out", state__in=["pending", "sent", "failed"]),
                name="message_state_fits",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", next_attempt_at__isnull=False) | ~Q(state="pending"),
                name="message_pending_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "next_attempt_at"],
                condition=Q(state="pending"),
                name="message_pending_ix",
            ),
            models.Index(
                fields=["tenant_id", "at"],
                condition=Q(state__in=["held", "refused", "failed"]),
                name="message_trouble_ix",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.seq} {self.kind}"


class Mapping(TenantModel):
    """One word of theirs and what it is called here."""

    system = models.CharField(max_length=16, choices=System.choices)
    kind = models.CharField(max_length=8, choices=MapKind.choices)
    theirs = models.CharField(max_length=64)
    their_name = models.CharField(max_length=80, blank=True)
    #: code of a category, or of a street, community or grid
    ours = models.CharField(max_length=40)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "system", "kind", "theirs"], name="mapping_theirs_uq"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theirs} = {self.ours}"
