"""A question to somebody without an account, answered by a link."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.outreach.terms import MAX_EMAIL, MAX_NAME, Way, Whom


class PartyRequest(TenantModel):
    """One question about a case to one person. The link opens this row and nothing else."""

    case = TenantFK("cases.Case", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    #: how the asker is named on the page: the unit, or the name of the person
    asker = models.CharField(max_length=120)
    whom = models.CharField(max_length=8, choices=Whom.choices)
    to_whom = models.CharField(max_length=MAX_NAME, blank=True)
    way = models.CharField(max_length=8, choices=Way.choices)
    #: phone number or e-mail address of an outside party; empty for the reporter
    recipient = models.CharField(max_length=MAX_EMAIL, blank=True)
    question = models.TextField()
    #: what the asker chose to tell of the matter; nothing else of the case is shown
    disclosed = models.TextField(blank=True)
    token_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=MAX_NAME, blank=True)
    #: key of the step that asked, so that a repeated form finds this row
    key = models.UUIDField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant_id", "case", "asked_at"], name="party_case_ix"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "token_hash"], name="party_token_uq"),
            models.UniqueConstraint(fields=["tenant_id", "key"], name="party_key_uq"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="party_way_known"),
            models.CheckConstraint(condition=Q(whom__in=Whom.values), name="party_whom_known"),
            models.CheckConstraint(condition=~Q(question=""), name="party_has_question"),
            models.CheckConstraint(
                condition=Q(whom="reporter", to_whom="", recipient="")
                | (Q(whom="other") & ~Q(to_whom="")),
                name="party_other_is_named",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="party_answer_has_time",
            ),
        ]

    def __str__(self) -> str:
        return "question by link"
