"""Who else a case concerns: people who joined it instead of sending the same again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from onegrid.cases.models.case import Case
from onegrid.common.tenancy.models import TenantFK, TenantModel


class Joiner(TenantModel):
    """Somebody who said "me too". Personal: phone and words are for those who handle the case."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="joiners")
    at = models.DateTimeField()
    #: account, or a phone number
    account_id = models.UUIDField(null=True)
    phone = models.CharField(max_length=20, blank=True)
    wants_news = models.BooleanField(default=True)
    language = models.CharField(max_length=10)
    text = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "case", "account_id"],
                condition=Q(account_id__isnull=False),
                name="joiner_account_uq",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "case", "phone"],
                condition=~Q(phone=""),
                name="joiner_phone_uq",
            ),
            models.CheckConstraint(
                condition=Q(account_id__isnull=False) | ~Q(phone=""), name="joiner_is_somebody"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "account_id", "at"],
                name="joiner_account_ix",
                condition=Q(account_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return "joiner"
