"""A plan that was adopted for a date, and the lists by which grids are handed over."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.plans.models.draft import Draft


class Adoption(TenantModel):
    """A draft that becomes the plan at a moment; can be revoked until then."""

    draft = TenantFK(Draft, on_delete=models.PROTECT, related_name="adoptions")
    effective_at = models.DateTimeField()
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=64)
    #: areas that begin and areas that end at that moment
    added = ArrayField(models.UUIDField(), default=list)
    ended = ArrayField(models.UUIDField(), default=list)
    #: by the id of an area that ends: the one that most of its households go to
    successors = models.JSONField(default=dict)
    #: people, units, rosters and rules have moved
    applied_at = models.DateTimeField(null=True)
    #: every open case has moved
    moved_at = models.DateTimeField(null=True)
    cases_moved = models.IntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant_id", "effective_at"],
                name="adoption_due_ix",
                condition=Q(moved_at__isnull=True, revoked_at__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "draft"],
                condition=Q(revoked_at__isnull=True),
                name="adoption_draft_uq",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(applied_at__isnull=True),
                name="adoption_revoked_before_applied",
            ),
            models.CheckConstraint(
                condition=Q(moved_at__isnull=True) | Q(applied_at__isnull=False),
                name="adoption_people_before_cases",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_at:%Y-%m-%d}"


class Handover(TenantModel):
    """Buildings that go from one grid to another, signed by who gives and who takes."""

    adoption = TenantFK(Adoption, on_delete=models.PROTECT, related_name="handovers")
    old = TenantFK("grids.Area", on_delete=models.PROTECT, related_name="+")
    #: kept by id: the area goes when the adoption is revoked, the list stays
    new_id = models.UUIDField()
    new_name = models.CharField(max_length=60)
    new_code = models.CharField(max_length=24)
    #: most households of the old grid go this way: its people go along
    main = models.BooleanField()
    buildings = models.IntegerField()
    households = models.IntegerField()
    #: open cases when the list was made
    cases = models.IntegerField()
    giver_id = models.UUIDField(null=True)
    taker_id = models.UUIDField(null=True)
    giver_signed_at = models.DateTimeField(null=True)
    taker_signed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "adoption", "old", "new_id"], name="handover_pair_uq"
            ),
            models.CheckConstraint(
                condition=Q(giver_signed_at__isnull=True) | Q(giver_id__isnull=False),
                name="handover_giver_named",
            ),
            models.CheckConstraint(
                condition=Q(taker_signed_at__isnull=True) | Q(taker_id__isnull=False),
                name="handover_taker_named",
            ),
        ]

    def __str__(self) -> str:
        return self.new_name
