"""A siting draft: where stations or charging sheds could stand, and how far people would walk."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.plans.models.layers import Layer
from onegrid.plans.terms import Aim, Purpose, RunState


class Siting(TenantModel):
    """What was asked, and the answer once it is there."""

    name = models.CharField(max_length=60)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    aim = models.CharField(max_length=12, choices=Aim.choices)
    scope = TenantFK("grids.Area", on_delete=models.PROTECT, related_name="+")
    #: number of sites in all, those that stand included; NULL for the fewest
    stations = models.IntegerField(null=True)
    #: metres; who walks farther is out of reach
    reach_m = models.IntegerField()
    #: uses of buildings that are candidates, and of those in which a site stands already
    uses = ArrayField(models.CharField(max_length=20), default=list)
    stands = ArrayField(models.CharField(max_length=20), default=list)
    #: its features are candidates too: the building nearest to each
    layer = TenantFK(Layer, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.QUEUED)
    fault = models.CharField(max_length=40, blank=True)
    made_by = models.UUIDField()
    made_by_name = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    #: sites and figures, as `siting.work` makes them
    result = models.JSONField(default=dict)
    #: walks of every building, one compressed file of arrays
    walks = models.BinaryField(default=bytes)
    dropped_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "made_at"], name="siting_made_ix")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reach_m__gt=0) & (Q(stations__isnull=True) | Q(stations__gt=0)),
                name="siting_numbers",
            ),
            models.CheckConstraint(
                condition=Q(aim=Aim.FEWEST, stations__isnull=True)
                | (~Q(aim=Aim.FEWEST) & Q(stations__isnull=False)),
                name="siting_count_unless_fewest",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values, aim__in=Aim.values),
                name="siting_kinds_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name
