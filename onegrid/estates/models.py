"""Old estates: the register, statements with their evidence, the steps of the path, works."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.estates.terms import (
    OLDEST_YEAR,
    SERVED,
    About,
    Deed,
    Form,
    PathStage,
    ServiceKind,
    WorkKind,
    WorkState,
)


class EstateBatch(TenantModel):
    """Estates that were brought in together, so that they can be taken back together."""

    name = models.CharField(max_length=30)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "name"],
                condition=Q(undone_at__isnull=True),
                name="estatebatch_name_uq",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Estate(TenantModel):
    """An old estate (老旧小区) and where it stands; steps and statements say how it came there."""

    name = models.CharField(max_length=60)
    #: where most of its households live; follows its buildings when a plan begins
    community = TenantFK("grids.Area", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    year_built = models.SmallIntegerField(null=True)
    kind = models.CharField(max_length=10, choices=ServiceKind.choices)
    stage = models.CharField(max_length=10, choices=PathStage.choices)
    stage_on = models.DateField()
    #: until when the next step is owed; NULL at the end of the path
    due_on = models.DateField(null=True)
    #: the person of the community in charge of the next step
    person_id = models.UUIDField(null=True)
    person_name = models.CharField(max_length=64, blank=True)
    batch = TenantFK(EstateBatch, null=True, on_delete=models.PROTECT, related_name="estates")
    registered_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant_id", "community", "name"],
                condition=Q(removed_at__isnull=True),
                name="estate_community_ix",
            ),
            models.Index(fields=["tenant_id", "batch"], name="estate_batch_ix"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="estate_named"),
            models.CheckConstraint(
                condition=Q(kind__in=ServiceKind.values), name="estate_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=PathStage.values), name="estate_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(year_built__isnull=True)
                | Q(year_built__gte=OLDEST_YEAR, year_built__lte=2100),
                name="estate_year",
            ),
            models.CheckConstraint(
                condition=Q(stage=PathStage.REVIEWED, due_on__isnull=True)
                | (~Q(stage=PathStage.REVIEWED) & Q(due_on__isnull=False)),
                name="estate_due_iff_on_the_way",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=SERVED) | ~Q(kind=ServiceKind.NONE),
                name="estate_running_has_service",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EstateBuilding(TenantModel):
    """A building of an estate; a building is in one estate at most."""

    estate = TenantFK(Estate, on_delete=models.PROTECT, related_name="members")
    building = TenantFK("grids.Building", on_delete=models.PROTECT, related_name="+")

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "estate"], name="estatebuilding_estate_ix")]
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "building"], name="estatebuilding_one_uq")
        ]

    def __str__(self) -> str:
        return str(self.building_id)


class Statement(TenantModel):
    """What is said of an estate, since when, and who said so. Append-only; the latest counts."""

    estate = TenantFK(Estate, on_delete=models.PROTECT, related_name="statements")
    about = models.CharField(max_length=10, choices=About.choices)
    value = models.CharField(max_length=200)
    since = models.DateField(null=True)
    source = models.CharField(max_length=200)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant_id", "estate", "about", "at"], name="statement_latest_ix")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(about__in=About.values), name="statement_about_known"
            ),
            models.CheckConstraint(
                condition=~Q(value="") & ~Q(source=""), name="statement_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.about


class Step(TenantModel):
    """A step of the path: history and audit in one. Append-only."""

    estate = TenantFK(Estate, on_delete=models.PROTECT, related_name="steps")
    deed = models.CharField(max_length=10, choices=Deed.choices)
    before = models.CharField(max_length=10, choices=PathStage.choices, blank=True)
    stage = models.CharField(max_length=10, choices=PathStage.choices)
    #: the day on which it happened, as the minutes say
    day = models.DateField()
    due_on = models.DateField(null=True)
    person_id = models.UUIDField(null=True)
    person_name = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    form = models.CharField(max_length=10, choices=Form.choices, blank=True)
    #: estates with which it is joined
    joined_ids = ArrayField(models.UUIDField(), default=list)
    #: corrected columns of the register: what they said, what they say
    changes = models.JSONField(default=dict)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "estate", "at"], name="estatestep_ix")]
        constraints = [
            models.CheckConstraint(condition=Q(deed__in=Deed.values), name="estatestep_deed_known"),
            models.CheckConstraint(
                condition=Q(stage__in=PathStage.values), name="estatestep_stage_known"
            ),
            models.CheckConstraint(
                condition=~Q(deed__in=[Deed.SKIP, Deed.BACK, Deed.KEEP, Deed.REMOVE])
                | ~Q(reason=""),
                name="estatestep_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.deed


class Agreement(TenantModel):
    """How the owners decided, as typed in from the minutes. Append-only; a vote may link here."""

    step = TenantFK(Step, on_delete=models.PROTECT, related_name="agreements")
    owners = models.IntegerField()
    owners_took = models.IntegerField()
    owners_for = models.IntegerField()
    #: square metres; NULL when the minutes count owners only
    area = models.IntegerField(null=True)
    area_took = models.IntegerField(null=True)
    area_for = models.IntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "step"], name="agreement_step_uq"),
            models.CheckConstraint(
                condition=Q(
                    owners__gte=F("owners_took"),
                    owners_took__gte=F("owners_for"),
                    owners_for__gte=0,
                    owners__gt=0,
                ),
                name="agreement_owners",
            ),
            models.CheckConstraint(
                condition=Q(area__isnull=True, area_took__isnull=True, area_for__isnull=True)
                | Q(
                    area__gte=F("area_took"),
                    area_took__gte=F("area_for"),
                    area_for__gte=0,
                    area__gt=0,
                ),
                name="agreement_area",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owners_for}/{self.owners}"


class Work(TenantModel):
    """Something built or mended in an estate."""

    estate = TenantFK(Estate, on_delete=models.PROTECT, related_name="works")
    kind = models.CharField(max_length=10, choices=WorkKind.choices)
    what = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=WorkState.choices)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "estate"], name="work_estate_ix")]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="work_not_empty"),
            models.CheckConstraint(condition=Q(kind__in=WorkKind.values), name="work_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=WorkState.values), name="work_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.what


class WorkEvent(TenantModel):
    """How a work went on, with a picture if there is one. Append-only."""

    work = TenantFK(Work, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=10, choices=WorkState.choices)
    day = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    thumb_sha256 = models.CharField(max_length=64, blank=True)
    mime = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "work", "at"], name="workevent_work_ix")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=WorkState.values), name="workevent_state_known"
            )
        ]

    def __str__(self) -> str:
        return self.state
