"""Where things are: county, street, community, grid, building, dwelling, each valid for a time."""

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
from django.db.models import BigIntegerField, F, Func, Q, Value
from django.db.models.functions import Concat

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.grids.terms import AreaLevel, CoordinateSystem, LayerKind


def _span_check(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name=name
    )


def _point_range(expression: Any) -> Func[BigIntegerRangeField]:
    """Turn a whole number into a range of one, which GiST can compare without an extension."""
    return Func(
        expression,
        expression,
        Value("[]"),
        function="int8range",
        output_field=BigIntegerRangeField(),
    )


def _one_at_a_time(name: str) -> ExclusionConstraint:
    """Allow one area of a level and code at any moment.

    The code is compared by its 64-bit hash; the hash is halved so that it never is the largest
    number, whose range has no upper end.
    """
    key = Concat(F("level"), Value("/"), F("code"))
    digest = Func(
        key,
        template="(hashtextextended(%(expressions)s, 0) / 2)",
        output_field=BigIntegerField(),
    )
    span = Func(
        F("valid_from"), F("valid_to"), function="tstzrange", output_field=DateTimeRangeField()
    )
    return ExclusionConstraint(
        name=name,
        expressions=[
            (_point_range(F("tenant_id")), RangeOperators.OVERLAPS),
            (_point_range(digest), RangeOperators.OVERLAPS),
            (span, RangeOperators.OVERLAPS),
        ],
    )


class PlanVersion(TenantModel):
    """Counts up whenever places change; processes reload their index when they see a new number."""

    number = models.IntegerField()
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant_id"], name="planversion_one")]

    def __str__(self) -> str:
        return str(self.number)


class PlaceBatch(TenantModel):
    """Areas that were brought in together, so that they can be taken back together."""

    name = models.CharField(max_length=30)
    at = models.DateTimeField()
    added = ArrayField(models.UUIDField(), default=list)
    #: areas that were there and were given their outline
    outlined = ArrayField(models.UUIDField(), default=list)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "name"],
                condition=Q(undone_at__isnull=True),
                name="placebatch_name_uq",
            )
        ]

    def __str__(self) -> str:
        return self.name


class BuildingBatch(TenantModel):
    """Buildings that were brought in together, so that they can be taken back together."""

    name = models.CharField(max_length=30)
    at = models.DateTimeField()
    added = ArrayField(models.UUIDField(), default=list)
    #: by id of a building: what was changed, each with what it was and what it became
    changed = models.JSONField(default=dict)
    #: buildings that end with `at`
    ended = ArrayField(models.UUIDField(), default=list)
    #: the layer of which they are
    source = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "name"],
                condition=Q(undone_at__isnull=True),
                name="buildingbatch_name_uq",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Area(TenantModel):
    """County, street (or town), community (or village) or grid, for a span of time."""

    level = models.CharField(max_length=12, choices=AreaLevel.choices)
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=60)
    parent = TenantFK("self", null=True, on_delete=models.PROTECT, related_name="children")
    #: codes from the county down, joined by "/"
    path = models.CharField(max_length=120)
    households = models.IntegerField(null=True)
    #: outline in WGS 84 as WKB; NULL for villages of which no outline is known
    geom = models.BinaryField(null=True)
    input_system = models.CharField(max_length=8, choices=CoordinateSystem.choices)
    sketch = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "level", "parent"], name="area_level_ix")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "level", "code", "valid_from"], name="area_code_from_uq"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "level", "code"],
                condition=Q(valid_to__isnull=True),
                name="area_code_current_uq",
            ),
            models.CheckConstraint(
                condition=Q(level__in=AreaLevel.values), name="area_level_known"
            ),
            models.CheckConstraint(
                condition=Q(input_system__in=CoordinateSystem.values), name="area_system_known"
            ),
            models.CheckConstraint(
                condition=Q(level=AreaLevel.COUNTY, parent__isnull=True)
                | (~Q(level=AreaLevel.COUNTY) & Q(parent__isnull=False)),
                name="area_parent_iff_not_county",
            ),
            _span_check("area_valid_span"),
            _one_at_a_time("area_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.name


class Building(TenantModel):
    """A building of a compound, with the count of its households."""

    grid = TenantFK(Area, on_delete=models.PROTECT, related_name="buildings")
    compound = models.CharField(max_length=60)
    number = models.CharField(max_length=20)
    use = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    floors = models.SmallIntegerField()
    units = models.SmallIntegerField()
    households = models.IntegerField()
    lon = models.FloatField()
    lat = models.FloatField()
    #: footprint in WGS 84 as WKB
    geom = models.BinaryField(null=True)
    input_system = models.CharField(max_length=8, choices=CoordinateSystem.choices)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "grid", "compound"], name="building_grid_ix")]
        constraints = [
            models.CheckConstraint(
                condition=Q(floors__gte=1, units__gte=0, households__gte=0), name="building_counts"
            ),
            models.CheckConstraint(
                condition=Q(lon__range=(-180, 180), lat__range=(-90, 90)), name="building_point"
            ),
            models.CheckConstraint(
                condition=Q(input_system__in=CoordinateSystem.values), name="building_system_known"
            ),
            _span_check("building_valid_span"),
        ]

    def __str__(self) -> str:
        return self.address


class Membership(TenantModel):
    """From a moment on a building belongs to another grid than the one it was entered with.

    The latest one that has begun counts, so at any moment a building is in exactly one grid.
    """

    building = TenantFK(Building, on_delete=models.PROTECT, related_name="memberships")
    grid = TenantFK(Area, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "grid"], name="membership_grid_ix")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "building", "valid_from"], name="membership_from_uq"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d}"


class Dwelling(TenantModel):
    """A flat; who lives there is not known here."""

    building = TenantFK(Building, on_delete=models.PROTECT, related_name="dwellings")
    unit = models.SmallIntegerField()
    floor = models.SmallIntegerField()
    room = models.CharField(max_length=10)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "building", "unit", "room", "valid_from"], name="dwelling_uq"
            ),
            _span_check("dwelling_valid_span"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}-{self.room}"


class PlaceLayer(TenantModel):
    """A road, railway, water or green for the map; no case hangs on it."""

    kind = models.CharField(max_length=12, choices=LayerKind.choices)
    name = models.CharField(max_length=60, blank=True)
    rank = models.SmallIntegerField(default=2)
    width_m = models.FloatField(default=0)
    geom = models.BinaryField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "kind"], name="placelayer_kind_ix")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=LayerKind.values), name="placelayer_kind_known"
            )
        ]

    def __str__(self) -> str:
        return self.name
