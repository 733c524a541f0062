"""Teams of departments in an area, who is on duty when, and swaps of duties."""

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

from onegrid.calls.terms import SwapState, TeamKind
from onegrid.common.tenancy.models import TenantFK, TenantModel


class DutyTeam(TenantModel):
    """A team of a unit: resident in some streets or communities, or on call for the county."""

    unit = TenantFK("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=TeamKind.choices)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    #: streets and communities; empty for a team on call
    area_ids = ArrayField(models.UUIDField(), default=list)
    is_active = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="dutyteam_code_uq"),
            models.CheckConstraint(
                condition=Q(kind=TeamKind.ON_CALL, area_ids=[])
                | (Q(kind=TeamKind.RESIDENT) & ~Q(area_ids=[])),
                name="dutyteam_resident_has_areas",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RosterBatch(TenantModel):
    """Duties that were brought in together, so that they can be taken back together."""

    unit = TenantFK("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=30)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "unit", "name"],
                condition=Q(undone_at__isnull=True),
                name="rosterbatch_name_uq",
            )
        ]

    def __str__(self) -> str:
        return self.name


def _single(expression: Any) -> Func[BigIntegerRangeField]:
    """Turn a whole number into a range of one, which GiST can compare without an extension."""
    return Func(
        expression,
        expression,
        Value("[]"),
        function="int8range",
        output_field=BigIntegerRangeField(),
    )


def _one_place_at_a_time(name: str) -> ExclusionConstraint:
    """Let a person be on one duty at any moment; the person is compared by a 63-bit hash."""
    digest = Func(
        F("person_id"),
        template="(hashtextextended((%(expressions)s)::text, 0) / 2)",
        output_field=BigIntegerField(),
    )
    span = Func(
        F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()
    )
    return ExclusionConstraint(
        name=name,
        expressions=[
            (_single(F("tenant_id")), RangeOperators.OVERLAPS),
            (_single(digest), RangeOperators.OVERLAPS),
            (span, RangeOperators.OVERLAPS),
        ],
        condition=Q(cancelled_at__isnull=True),
    )


class Shift(TenantModel):
    """A person on duty for a team from one moment to another; a changed duty is a new row."""

    team = TenantFK(DutyTeam, on_delete=models.PROTECT, related_name="shifts")
    person_id = models.UUIDField()
    person_name = models.CharField(max_length=64)
    phone = models.CharField(max_length=20, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    batch = TenantFK(RosterBatch, null=True, on_delete=models.PROTECT, related_name="shifts")
    #: the duty this one took over by a swap
    instead_of = TenantFK("self", null=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant_id", "team", "starts_at"],
                condition=Q(cancelled_at__isnull=True),
                name="shift_team_ix",
            ),
            models.Index(
                fields=["tenant_id", "person_id", "starts_at"],
                condition=Q(cancelled_at__isnull=True),
                name="shift_person_ix",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_span"),
            _one_place_at_a_time("shift_one_place_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Swap(TenantModel):
    """One asks another to take a duty over; both names and times are the signatures."""

    shift = TenantFK(Shift, on_delete=models.PROTECT, related_name="swaps")
    #: a duty of the other that is taken over in return
    other = TenantFK(Shift, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=SwapState.choices, default=SwapState.ASKED)
    asked_by = models.UUIDField()
    asked_name = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    to_id = models.UUIDField()
    to_name = models.CharField(max_length=64)
    words = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    key = models.UUIDField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "key"], name="swap_key_uq"),
            models.UniqueConstraint(
                fields=["tenant_id", "shift"],
                condition=Q(state=SwapState.ASKED),
                name="swap_one_open_uq",
            ),
            models.CheckConstraint(
                condition=Q(state=SwapState.ASKED, answered_at__isnull=True)
                | (~Q(state=SwapState.ASKED) & Q(answered_at__isnull=False)),
                name="swap_answered_iff_not_asked",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("to_id")), name="swap_between_two_people"
            ),
        ]

    def __str__(self) -> str:
        return self.state
