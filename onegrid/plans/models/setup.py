"""What a county sets for its plans."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from onegrid.common.tenancy.models import TenantModel
from onegrid.plans.terms import BandLevel


class SizeBand(TenantModel):
    """How many households a grid or a community shall have (S3)."""

    level = models.CharField(max_length=12, choices=BandLevel.choices)
    least = models.IntegerField()
    most = models.IntegerField()
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "level"], name="sizeband_level_uq"),
            models.CheckConstraint(
                condition=Q(level__in=BandLevel.values), name="sizeband_level_known"
            ),
            models.CheckConstraint(
                condition=Q(least__gte=0, most__gte=F("least"), most__gt=0), name="sizeband_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.least}-{self.most}"
