"""What the county sets up: categories, promised times, standard texts; and people's own filters."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from onegrid.cases import terms
from onegrid.cases.models.codes import ACTIONS, CLOCKS
from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.core.similar import MAX_RADIUS_M


class Category(TenantModel):
    """What a case is about; two levels; the county's own list."""

    code = models.CharField(max_length=24)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    parent = TenantFK("self", null=True, on_delete=models.PROTECT, related_name="children")
    default_class = models.CharField(max_length=8, choices=terms.CaseClass.choices)
    icon = models.CharField(max_length=32, default="circle-help")
    words = ArrayField(models.CharField(max_length=16), default=list)
    default_unit = TenantFK(
        "organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    position = models.SmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    #: first level: how far apart two requests may be one matter; those below take their parent's
    radius_m = models.SmallIntegerField(null=True)
    #: about one person: two people's matters are never one; those below take their parent's
    personal = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(radius_m__isnull=True) | Q(radius_m__range=(1, MAX_RADIUS_M)),
                name="category_radius_small",
            ),
            models.UniqueConstraint(fields=["tenant_id", "code"], name="category_code_uq"),
            models.CheckConstraint(
                condition=Q(default_class__in=terms.CaseClass.values), name="category_class_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SlaPolicy(TenantModel):
    """A promised time: which clock, for which cases, how long, on which legal basis."""

    clock = models.CharField(max_length=12, choices=CLOCKS)
    case_class = models.CharField(max_length=8, blank=True, choices=terms.CaseClass.choices)
    category = TenantFK(Category, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16, blank=True, choices=terms.Channel.choices)
    unit = TenantFK("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    calendar = models.CharField(max_length=24)
    minutes = models.IntegerField(null=True)
    working_days = models.SmallIntegerField(null=True)
    basis = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gt=0, working_days__isnull=True)
                | Q(minutes__isnull=True, working_days__gt=0),
                name="slapolicy_one_amount",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="slapolicy_valid_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.case_class or '*'}"


class StandardText(TenantModel):
    """A prepared sentence for an action and a category (E8); placeholders are filled."""

    code = models.CharField(max_length=40)
    action = models.CharField(max_length=20, choices=ACTIONS)
    category = TenantFK(Category, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=60)
    body = models.TextField()
    is_active = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "code", "language"], name="standardtext_code_uq"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SavedFilter(TenantModel):
    """A filter of the queue that somebody keeps."""

    user_id = models.UUIDField()
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=400)
    position = models.SmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "user_id", "name"], name="savedfilter_name_uq"
            ),
        ]

    def __str__(self) -> str:
        return self.name
