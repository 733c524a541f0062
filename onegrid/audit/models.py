"""Who looked at personal data, when and why. Append-only."""

from __future__ import annotations

from django.db import models

from onegrid.common.tenancy.models import TenantModel


class Look(TenantModel):
    """One look at somebody's data; shown to that person."""

    at = models.DateTimeField()
    viewer_id = models.UUIDField(null=True)
    viewer_name = models.CharField(max_length=64)
    viewer_role = models.CharField(max_length=24)
    purpose = models.CharField(max_length=24)
    reason = models.CharField(max_length=200, blank=True)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.UUIDField()
    fields = models.CharField(max_length=100)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant_id", "subject_kind", "subject_id", "at"], name="look_subject_ix"
            ),
            models.Index(fields=["tenant_id", "at"], name="look_at_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.purpose}"
