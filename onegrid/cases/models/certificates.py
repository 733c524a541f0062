"""Requests that ask for a certificate that was abolished: who still wants it (S21)."""

from __future__ import annotations

from django.db import models

from onegrid.cases.models.case import Case
from onegrid.common.tenancy.models import TenantFK, TenantModel


class CertificateAsk(TenantModel):
    """A case in whose words an abolished certificate was recognised."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="certificates")
    item = TenantFK("duties.DutyItem", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    #: the unit that wants it, as the text or a clerk names it
    unit = TenantFK("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    #: somebody outside our list of units, e.g. a bank
    outside = models.CharField(max_length=60, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "case", "item"], name="certificateask_once_uq"
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "at"], name="certificateask_at_ix")]

    def __str__(self) -> str:
        return "certificate"
