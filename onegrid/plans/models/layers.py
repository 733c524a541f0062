"""What was imported: a layer and its features."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.plans.terms import LayerKind


class Layer(TenantModel):
    """One file that was imported; the newest of a kind that was not taken back counts."""

    kind = models.CharField(max_length=20, choices=LayerKind.choices)
    name = models.CharField(max_length=60)
    file_name = models.CharField(max_length=120)
    #: coordinate system in which it came, e.g. EPSG:4490 or gcj02
    system = models.CharField(max_length=24)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    count = models.IntegerField()
    #: features whose geometry was mended with consent
    mended = models.IntegerField(default=0)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "kind", "at"], name="layer_kind_ix")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LayerKind.values), name="layer_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Feature(TenantModel):
    """One row of a layer."""

    layer = TenantFK(Layer, on_delete=models.PROTECT, related_name="features")
    n = models.IntegerField()
    code = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=120, blank=True)
    #: WGS 84 as WKB
    geom = models.BinaryField()
    attributes = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "layer", "n"], name="feature_n_uq"),
        ]

    def __str__(self) -> str:
        return self.name or self.code or str(self.n)
