"""An e-mail address that wants to hear of what is published in an area."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.outreach.terms import MAX_EMAIL


class Subscription(TenantModel):
    """Counts only once it is confirmed from the mailbox; leaving removes the row."""

    #: in small letters
    email = models.CharField(max_length=MAX_EMAIL)
    #: none: the whole county
    area = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    #: none: every category
    category = TenantFK("cases.Category", null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    #: address of the site on which it was asked for: links in e-mails lead there
    site = models.CharField(max_length=255)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant_id", "area"],
                condition=Q(confirmed_at__isnull=False),
                name="subscription_area_ix",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "email", "area", "category"],
                name="subscription_once_uq",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return "subscription"
