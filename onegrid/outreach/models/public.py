"""What everybody may read of a case: the current edition in one row, every edition kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from onegrid.common.tenancy.models import TenantFK, TenantModel


class PublicCase(TenantModel):
    """The public page of a case. Its id stands in the address; the number of the case does not."""

    case = TenantFK("cases.Case", on_delete=models.PROTECT, related_name="+")
    edition = models.SmallIntegerField()
    shown = models.BooleanField(default=True)
    title = models.CharField(max_length=120)
    text = models.TextField()
    answer = models.TextField()
    category = TenantFK("cases.Category", null=True, on_delete=models.PROTECT, related_name="+")
    community = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    street = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    #: blurred: a knot of a net of about 100 m
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    first_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    #: when those who follow the area were told; NULL: still to be done
    told_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant_id", "-first_at", "-id"],
                condition=Q(shown=True),
                name="public_shown_ix",
            ),
            models.Index(
                fields=["tenant_id", "first_at"],
                condition=Q(shown=True, told_at__isnull=True),
                name="public_untold_ix",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "case"], name="public_case_uq"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(text="") & ~Q(answer=""), name="public_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Edition(TenantModel):
    """One edition of a public page, or its withdrawal. Append-only."""

    public = TenantFK(PublicCase, on_delete=models.PROTECT, related_name="editions")
    n = models.SmallIntegerField()
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=64)
    shown = models.BooleanField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    answer = models.TextField()
    #: why it was taken down
    reason = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "public", "n"], name="edition_n_uq"),
            models.CheckConstraint(
                condition=Q(shown=True) | ~Q(reason=""), name="edition_withdrawal_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"edition {self.n}"
