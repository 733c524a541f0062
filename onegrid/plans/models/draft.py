"""A draft: which building would belong to which grid, how it came about, who said what of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.plans.terms import Deed, EditKind, RunState, Status


class Draft(TenantModel):
    """A proposed plan of a street or of the county.

    `ground` holds the buildings with all that is known of them (`plans.ground.Ground`); building
    `i` would belong to the grid with the number `labels[i]` (four bytes each).
    """

    name = models.CharField(max_length=60)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    scope = TenantFK("grids.Area", on_delete=models.PROTECT, related_name="+")
    #: households of a grid
    least = models.IntegerField()
    most = models.IntegerField()
    #: households of a community; NULL: communities stay as they are, no grid crosses their border
    community_least = models.IntegerField(null=True)
    community_most = models.IntegerField(null=True)
    most_grids = models.IntegerField(null=True)
    #: weights 0 to 100 of borders, workload, change and station against compactness, which weighs
    #: 100
    wishes = models.JSONField(default=dict)
    #: where people are served (`plans.stations`)
    stations = models.JSONField(default=dict)
    #: grids of today that stay as they are
    frozen = ArrayField(models.UUIDField(), default=list)
    seed = models.IntegerField(default=0)
    seconds = models.IntegerField()
    #: the state of the county that the draft starts from
    base_version = models.UUIDField(null=True)
    base_at = models.DateTimeField()
    #: what was taken for granted, in the words of whoever made the draft
    assumptions = models.TextField(blank=True)
    ground = models.BinaryField()
    labels = models.BinaryField(default=bytes)
    #: figures of today and of the draft (`plans.figures`)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    #: counts up with every change of the labels or names
    version = models.IntegerField(default=0)
    made_by = models.UUIDField()
    made_by_name = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_by = models.UUIDField(null=True)
    #: who has agreed, and for which street; position by position
    agreed_by = ArrayField(models.UUIDField(), default=list)
    agreed_streets = ArrayField(models.UUIDField(), default=list)
    approved_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "changed_at"], name="draft_changed_ix")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="draft_status_known"
            ),
            models.CheckConstraint(
                condition=Q(least__gte=0, most__gte=F("least"), most__gt=0), name="draft_band"
            ),
            models.CheckConstraint(
                condition=Q(community_least__isnull=True, community_most__isnull=True)
                | Q(community_least__gte=0, community_most__gte=F("community_least")),
                name="draft_community_band",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.APPROVED, Status.ADOPTED])
                | (Q(submitted_by__isnull=False, approved_by__isnull=False) & ~Q(agreed_by=[])),
                name="draft_two_levels",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (~Q(agreed_by__contains=[F("approved_by")]) & ~Q(approved_by=F("submitted_by"))),
                name="draft_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DraftGrid(TenantModel):
    """A grid of a draft: its name, where it belongs and its figures."""

    draft = TenantFK(Draft, on_delete=models.PROTECT, related_name="grids")
    number = models.IntegerField()
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=60)
    community_code = models.CharField(max_length=24)
    community_name = models.CharField(max_length=60)
    #: the grid of today that most of its households are in
    today = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    buildings = models.IntegerField()
    households = models.IntegerField()
    #: cases of the last year
    cases = models.IntegerField()
    #: root mean square distance of the households to the middle of the grid, metres
    rms = models.FloatField()
    compactness = models.FloatField()
    within = models.BooleanField()
    connected = models.BooleanField()
    #: the station nearest to its middle, and the mean walk there in metres; NULL: there is no way
    station = models.CharField(max_length=120, blank=True)
    walk = models.FloatField(null=True)
    #: why it is not as asked for: reason, crossed, least, most, proved
    miss = models.JSONField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "draft", "number"], name="draftgrid_number_uq"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DraftRun(TenantModel):
    """One run of the planner for a draft, with its live progress."""

    draft = TenantFK(Draft, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.QUEUED)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    #: last sign of life
    heard_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    cancel = models.BooleanField(default=False)
    #: how often it was taken up again after an interruption; who writes must know the number
    again = models.SmallIntegerField(default=0)
    stage = models.CharField(max_length=12, blank=True)
    share = models.FloatField(default=0)
    elapsed = models.FloatField(default=0)
    grids = models.IntegerField(default=0)
    rms = models.FloatField(default=0)
    within = models.FloatField(default=0)
    #: labels of the best plan so far, as in `Draft`
    preview = models.BinaryField(default=bytes)
    #: code of what went wrong
    fault = models.CharField(max_length=60, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "draft", "asked_at"], name="draftrun_ix")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RunState.values), name="draftrun_state_known"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "draft"],
                condition=Q(state__in=[RunState.QUEUED, RunState.RUNNING]),
                name="draftrun_one_alive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.share:.0%}"


class DraftEdit(TenantModel):
    """A change by hand, with what was before. Append-only; undoing is a further entry."""

    draft = TenantFK(Draft, on_delete=models.PROTECT, related_name="edits")
    seq = models.IntegerField()
    kind = models.CharField(max_length=8, choices=EditKind.choices)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=64)
    #: rows, before, after (labels); names before and after
    data = models.JSONField()
    #: the entry that this one undoes or does again
    of = models.IntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "draft", "seq"], name="draftedit_seq_uq"),
            models.CheckConstraint(
                condition=Q(kind__in=EditKind.values), name="draftedit_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class DraftComment(TenantModel):
    """What a community says of a draft. Append-only."""

    draft = TenantFK(Draft, on_delete=models.PROTECT, related_name="comments")
    community = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=64)
    text = models.TextField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "draft", "at"], name="draftcomment_ix")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="draftcomment_not_empty"),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class DraftDecision(TenantModel):
    """A step of a draft towards adoption, or away from it. Append-only."""

    draft = TenantFK(Draft, on_delete=models.PROTECT, related_name="decisions")
    deed = models.CharField(max_length=12, choices=Deed.choices)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=64)
    reason = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "draft", "at"], name="draftdecision_ix")]
        constraints = [
            models.CheckConstraint(condition=Q(deed__in=Deed.values), name="draftdecision_known"),
            models.CheckConstraint(
                condition=~Q(deed__in=[Deed.SEND_BACK, Deed.WITHDRAW, Deed.REVOKE]) | ~Q(reason=""),
                name="draftdecision_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deed} {self.by_name}"
