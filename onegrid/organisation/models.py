"""Units that handle cases, and the hours in which they are on duty."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.organisation.terms import UnitKind


class DutyCalendar(TenantModel):
    """Weekly duty hours. Official holidays come from `OfficialDay`."""

    code = models.CharField(max_length=24)
    name = models.CharField(max_length=60)
    #: seven lists (Monday first) of [start, end] in minutes of the local day
    weekly = models.JSONField()
    follows_holidays = models.BooleanField(default=True)
    always = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="dutycalendar_code_uq")
        ]

    def __str__(self) -> str:
        return self.name


class OfficialDay(TenantModel):
    """A holiday or a make-up working day (调休); filled from the State Council's list, editable."""

    day = models.DateField()
    is_workday = models.BooleanField()
    name = models.CharField(max_length=40)
    source = models.CharField(max_length=40)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "day"], name="officialday_day_uq")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Unit(TenantModel):
    """A body that can be given a case."""

    kind = models.CharField(max_length=20, choices=UnitKind.choices)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)
    area = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    calendar = TenantFK(DutyCalendar, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="unit_code_uq"),
            models.CheckConstraint(condition=Q(kind__in=UnitKind.values), name="unit_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class UnitBatch(TenantModel):
    """Units that were brought in together, and how the changed ones were before."""

    name = models.CharField(max_length=30)
    at = models.DateTimeField()
    added = ArrayField(models.UUIDField(), default=list)
    #: by the id of a unit: its values before the batch
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "name"],
                condition=Q(undone_at__isnull=True),
                name="unitbatch_name_uq",
            )
        ]

    def __str__(self) -> str:
        return self.name
