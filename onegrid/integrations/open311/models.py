"""Other cities, and which request of theirs is which case of ours."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.integrations.open311.terms import Direction, Form, Standing


class Neighbour(TenantModel):
    """Another city that speaks Open311: where it is, what we may do there, and how far we read."""

    code = models.CharField(max_length=24)
    #: as a case names the body it was handed over to
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=200)
    form = models.CharField(max_length=8, choices=Form.choices)
    jurisdiction_id = models.CharField(max_length=64, blank=True)
    #: sealed, see `onegrid.common.sealed`; empty: nothing is handed over to it
    api_key = models.TextField(blank=True)
    #: its service codes and the codes of our categories: {"theirs": "ours"}
    services = models.JSONField(default=dict)
    pulls = models.BooleanField(default=True)
    #: it knows ``updated_after``; otherwise what is open is asked for again one by one
    tells_updates = models.BooleanField(default=False)
    pulled_to = models.DateTimeField(null=True)
    #: when everything that waited was last handed over
    pushed_at = models.DateTimeField(null=True)
    #: why the last exchange ended early; empty: it did not
    error = models.CharField(max_length=80, blank=True)
    failed_at = models.DateTimeField(null=True)
    #: somebody wants to know whether it answers; the worker looks within seconds
    check_wanted = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True)
    check_error = models.CharField(max_length=80, blank=True)
    #: its services when it was last looked at: [[code, name], …]
    their_services = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="neighbour_code_uq"),
            models.UniqueConstraint(fields=["tenant_id", "name"], name="neighbour_name_uq"),
        ]

    def __str__(self) -> str:
        return self.code


class Exchanged(TenantModel):
    """A request that both sides have; each side knows it by its own number."""

    neighbour = TenantFK(Neighbour, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    case = TenantFK("cases.Case", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=64, blank=True)
    #: they answered with a token instead of a number
    token = models.CharField(max_length=64, blank=True)
    standing = models.CharField(max_length=8, choices=Standing.choices)
    first_at = models.DateTimeField()
    tried_at = models.DateTimeField()
    #: what they said last, to tell news from repetitions
    their_status = models.CharField(max_length=8, blank=True)
    their_notes = models.TextField(blank=True)
    their_updated_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=80, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "neighbour", "external_id"],
                condition=~Q(external_id=""),
                name="exchanged_external_uq",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "neighbour", "case"], name="exchanged_case_uq"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "neighbour", "standing"], name="exchanged_standing_ix"
            )
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.standing}"
