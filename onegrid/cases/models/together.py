"""What a case shares with other units and cases: requests to be ruled on, co-units, meetings."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from onegrid.cases import terms
from onegrid.cases.models.case import Case
from onegrid.common.tenancy.models import TenantFK, TenantModel


class Ask(TenantModel):
    """What a unit asks for and another person decides, by its kind."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="asks")
    kind = models.CharField(max_length=12, choices=terms.AskKind.choices)
    state = models.CharField(max_length=8, choices=terms.AskState.choices, default="open")
    round = models.SmallIntegerField()
    unit = TenantFK("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    text = models.TextField()
    reason = models.CharField(max_length=24, blank=True)
    #: return: which duty speaks against it, and whose it is instead
    item = models.CharField(max_length=64, blank=True)
    proposed_unit = TenantFK(
        "organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: return: the unit that a ruling named
    ruled_unit = TenantFK(
        "organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: hold: until when, and when it ended
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: extension: duty minutes on top of the promise
    minutes = models.IntegerField(null=True)
    #: plan, closure: what shall be published or reported (`approval.PlanGiven`, `ClosureGiven`)
    given = models.JSONField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    ruling = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "case", "kind"],
                condition=Q(state="open"),
                name="ask_one_open_uq",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="ask_decided_iff_not_open",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="ask_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(kind="hold") | Q(until__isnull=False), name="ask_hold_has_end"
            ),
            models.CheckConstraint(
                condition=~Q(kind="extension") | Q(minutes__gt=0), name="ask_extension_has_time"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=terms.APPROVALS, given__isnull=False)
                | (~Q(kind__in=terms.APPROVALS) & Q(given__isnull=True)),
                name="ask_approval_has_content",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "until"],
                name="ask_running_hold_ix",
                condition=Q(kind="hold", state="granted", ended_at__isnull=True),
            ),
            models.Index(
                fields=["tenant_id", "decided_at"],
                name="ask_ruling_ix",
                condition=Q(kind="return", state__in=["granted", "refused"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class CoUnit(TenantModel):
    """A unit that helps the leading one, with a sub-deadline and a report of its own."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="co_units")
    unit = TenantFK("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    round = models.SmallIntegerField()
    task = models.TextField()
    added_at = models.DateTimeField()
    #: copy of what the clock of the case says; empty where no time is promised
    due_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    report = models.TextField(blank=True)
    released_at = models.DateTimeField(null=True)
    #: the highest share of its time that was said to be used up, in per cent
    rung = models.SmallIntegerField(default=0)
    #: when the sweep must look; NULL when it has nothing more to say
    next_mark_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant_id", "next_mark_at"],
                name="counit_sweep_ix",
                condition=Q(
                    next_mark_at__isnull=False, reported_at__isnull=True, released_at__isnull=True
                ),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "case", "unit", "round"],
                condition=Q(released_at__isnull=True),
                name="counit_once_uq",
            ),
            models.CheckConstraint(
                condition=Q(report="", reported_at__isnull=True)
                | (~Q(report="") & Q(reported_at__isnull=False)),
                name="counit_report_has_time",
            ),
        ]

    def __str__(self) -> str:
        return "co-unit"


class Meeting(TenantModel):
    """A consultation (会商), joint meeting (联席会议) or study by the government office."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="meetings")
    kind = models.CharField(max_length=12, choices=terms.MeetingKind.choices)
    round = models.SmallIntegerField()
    held_at = models.DateTimeField()
    unit_ids = ArrayField(models.UUIDField(), default=list)
    minutes = models.TextField()
    ruling = models.TextField()
    written_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "case"], name="meeting_case_ix")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(minutes="") & ~Q(ruling=""), name="meeting_has_ruling"
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Link(TenantModel):
    """How one case belongs to another; an ended link stays for the record."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="links")
    other = TenantFK(Case, on_delete=models.PROTECT, related_name="linked_from")
    kind = models.CharField(max_length=12, choices=terms.LinkKind.choices)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "case", "other", "kind"],
                condition=Q(ended_at__isnull=True),
                name="link_once_uq",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "case"],
                condition=Q(kind__in=["merged", "child"], ended_at__isnull=True),
                name="link_one_parent_uq",
            ),
            models.CheckConstraint(condition=~Q(case=F("other")), name="link_not_itself"),
        ]
        indexes = [models.Index(fields=["tenant_id", "other", "kind"], name="link_other_ix")]

    def __str__(self) -> str:
        return self.kind
