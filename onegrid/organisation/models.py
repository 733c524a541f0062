"""Units that handle cases, and the hours in which they are on duty."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateTimeRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q, Value

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


def _single(expression: Any) -> Func[BigIntegerRangeField]:
    """Turn a whole number into a range of one, which GiST can compare without an extension."""
    return Func(
        expression,
        expression,
        Value("[]"),
        function="int8range",
        output_field=BigIntegerRangeField(),
    )


def _one_area_at_a_time(name: str) -> ExclusionConstraint:
    """Let a unit have had one area at any moment; the unit is compared by a 63-bit hash."""
    digest = Func(
        F("unit_id"),
        template="(hashtextextended((%(expressions)s)::text, 0) / 2)",
        output_field=models.BigIntegerField(),
    )
    span = Func(
        F("valid_from"), F("valid_to"), function="tstzrange", output_field=DateTimeRangeField()
    )
    return ExclusionConstraint(
        name=name,
        expressions=[
            (_single(F("tenant_id")), RangeOperators.OVERLAPS),
            (_single(digest), RangeOperators.OVERLAPS),
            (span, RangeOperators.OVERLAPS),
        ],
    )


class FormerArea(TenantModel):
    """The area that a unit was for until a moment; the present one stands in `Unit`. Append-only.

    ``area`` is NULL while it was for none, ``valid_from`` while no other area came before.
    """

    unit = TenantFK(Unit, on_delete=models.PROTECT, related_name="former_areas")
    area = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "area"], name="formerarea_area_ix")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="formerarea_span",
            ),
            _one_area_at_a_time("formerarea_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.valid_to:%Y-%m-%d}"


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
