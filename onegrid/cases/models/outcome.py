"""How a case ends: its plan, what the reporter says of the result, photos and voice notes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from onegrid.cases import terms
from onegrid.cases.models.case import Case
from onegrid.common.tenancy.models import TenantFK, TenantModel


class Plan(TenantModel):
    """The deliverable of a complex case: measures, owner, told to the resident (S29)."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="plans")
    round = models.SmallIntegerField()
    measures = models.TextField()
    owner_name = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "case", "round"], name="plan_round_uq"),
            models.CheckConstraint(condition=~Q(measures=""), name="plan_has_measures"),
        ]

    def __str__(self) -> str:
        return f"plan {self.round}"


class Milestone(TenantModel):
    """A dated part of a plan."""

    plan = TenantFK(Plan, on_delete=models.PROTECT, related_name="milestones")
    n = models.SmallIntegerField()
    title = models.CharField(max_length=120)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "plan", "n"], name="milestone_n_uq"),
        ]

    def __str__(self) -> str:
        return f"milestone {self.n}"


class Verdict(TenantModel):
    """What the reporter says of the result, or that nobody could be reached (N5)."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="verdicts")
    round = models.SmallIntegerField()
    at = models.DateTimeField()
    by_reporter = models.BooleanField()
    caller_id = models.UUIDField(null=True)
    reached = models.BooleanField()
    answered = models.BooleanField(null=True)
    solved = models.CharField(max_length=8, blank=True, choices=terms.Solved.choices)
    satisfied = models.CharField(max_length=12, blank=True, choices=terms.Satisfied.choices)
    reason = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "case"], name="verdict_case_ix")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reached=False, solved="", satisfied="", answered__isnull=True)
                | (Q(reached=True, answered__isnull=False) & ~Q(solved="") & ~Q(satisfied="")),
                name="verdict_complete_if_reached",
            ),
            models.CheckConstraint(
                condition=Q(by_reporter=True, caller_id__isnull=True)
                | Q(by_reporter=False, caller_id__isnull=False),
                name="verdict_has_author",
            ),
        ]

    def __str__(self) -> str:
        return "verdict"


class Attachment(TenantModel):
    """A cleaned file of a case; its bytes lie in the content-addressed store."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="attachments")
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=terms.FileKind.choices)
    phase = models.CharField(max_length=8, choices=terms.FilePhase.choices)
    sha256 = models.CharField(max_length=64)
    thumb_sha256 = models.CharField(max_length=64, blank=True)
    mime = models.CharField(max_length=40)
    size = models.IntegerField()
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    uploaded_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "case", "phase", "sha256"], name="attachment_once"
            ),
        ]

    def __str__(self) -> str:
        return self.kind
