"""A call, the way of each department that was called, its events, photos and ratings."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from onegrid.calls.flow import FINAL, Deed, Side, Stage
from onegrid.calls.models.roster import DutyTeam
from onegrid.calls.terms import DEED_LABELS, SIDE_LABELS, STAGE_LABELS, Urgency
from onegrid.common.tenancy.models import TenantFK, TenantModel

_FINAL = sorted(stage.value for stage in FINAL)
_STAGES = [(stage.value, STAGE_LABELS[stage]) for stage in Stage]
_DEEDS = [(deed.value, DEED_LABELS[deed]) for deed in Deed]
_SIDES = [(side.value, SIDE_LABELS[side]) for side in Side]


class Call(TenantModel):
    """A community or street calls departments to a place (吹哨)."""

    number = models.CharField(max_length=24)
    case = TenantFK("cases.Case", null=True, on_delete=models.PROTECT, related_name="+")
    urgency = models.CharField(max_length=8, choices=Urgency.choices)
    what = models.TextField()
    address = models.CharField(max_length=200)
    community = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    street = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    caller_name = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant_id", "opened_at"], name="call_opened_ix"),
            models.Index(
                fields=["tenant_id", "case"], condition=Q(case__isnull=False), name="call_case_ix"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "number"], name="call_number_uq"),
            models.CheckConstraint(
                condition=Q(urgency__in=Urgency.values), name="call_urgency_known"
            ),
            models.CheckConstraint(condition=~Q(what="") & ~Q(address=""), name="call_not_empty"),
            models.CheckConstraint(
                condition=Q(community__isnull=False) | Q(street__isnull=False),
                name="call_has_area",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Summons(TenantModel):
    """The way of one department through a call (报到)."""

    call = TenantFK(Call, on_delete=models.PROTECT, related_name="summonses")
    unit = TenantFK("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    team = TenantFK(DutyTeam, null=True, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=12, choices=_STAGES)
    #: who was on duty at that moment; empty: nobody, the head of the unit was told
    shift_ids = ArrayField(models.UUIDField(), default=list)
    due_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    result = models.TextField(blank=True)
    reminded_at = models.DateTimeField(null=True)
    #: when the sweep must look again; NULL when it has nothing more to say
    look_at = models.DateTimeField(null=True)
    code_tries = models.SmallIntegerField(default=0)
    code_since = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant_id", "look_at"],
                condition=Q(look_at__isnull=False),
                name="summons_sweep_ix",
            ),
            models.Index(
                fields=["tenant_id", "unit", "due_at"],
                condition=~Q(stage__in=_FINAL),
                name="summons_unit_ix",
            ),
            models.Index(fields=["tenant_id", "team"], name="summons_team_ix"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "call", "unit"], name="summons_once_uq"),
            models.CheckConstraint(
                condition=Q(stage__in=[stage.value for stage in Stage]),
                name="summons_stage_known",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=_FINAL, ended_at__isnull=False)
                | (~Q(stage__in=_FINAL) & Q(ended_at__isnull=True)),
                name="summons_ended_iff_final",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=["reported", "ended"])
                | (Q(reported_at__isnull=False, arrived_at__isnull=False) & ~Q(result="")),
                name="summons_reported_has_result",
            ),
            models.CheckConstraint(
                condition=Q(look_at__isnull=True) | Q(stage__in=["called", "reported"]),
                name="summons_looked_at_while_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.stage


class Event(TenantModel):
    """What happened in a call: history and audit in one. Append-only."""

    call = TenantFK(Call, on_delete=models.PROTECT, related_name="events")
    summons = TenantFK(Summons, null=True, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    deed = models.CharField(max_length=16, choices=_DEEDS)
    side = models.CharField(max_length=8, choices=_SIDES)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    key = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "call", "at"], name="callevent_call_ix")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "key"], condition=Q(key__isnull=False), name="callevent_key_uq"
            ),
            models.CheckConstraint(
                condition=Q(deed__in=[deed.value for deed in Deed]), name="callevent_deed_known"
            ),
        ]

    def __str__(self) -> str:
        return self.deed


class Rating(TenantModel):
    """What one side says of the same event: three agreed points from 1 to 5, and words."""

    summons = TenantFK(Summons, on_delete=models.PROTECT, related_name="ratings")
    side = models.CharField(max_length=8, choices=_SIDES)
    at = models.DateTimeField()
    by_id = models.UUIDField()
    first = models.SmallIntegerField()
    second = models.SmallIntegerField()
    third = models.SmallIntegerField()
    words = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "summons", "side"], name="callrating_once_uq"
            ),
            models.CheckConstraint(
                condition=Q(side__in=[Side.CALLER.value, Side.TEAM.value]), name="callrating_side"
            ),
            models.CheckConstraint(
                condition=Q(first__range=(1, 5), second__range=(1, 5), third__range=(1, 5)),
                name="callrating_one_to_five",
            ),
        ]

    def __str__(self) -> str:
        return "rating"


class Photo(TenantModel):
    """A cleaned photo of the result; its bytes lie in the content-addressed store."""

    summons = TenantFK(Summons, on_delete=models.PROTECT, related_name="photos")
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    thumb_sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=40)
    by_id = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "summons", "sha256"], name="callphoto_once_uq"
            ),
        ]

    def __str__(self) -> str:
        return "photo"
