"""The case: current state in one row, history in append-only steps, clocks as their projection."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from onegrid.cases import terms
from onegrid.cases.models.codes import ACTIONS, CLOCKS, FINAL, STATES, UNIT_STATES
from onegrid.cases.models.setup import Category, SlaPolicy
from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.core.flow import Action, State


class Case(TenantModel):
    """A request of a resident on its way from discovery to feedback (诉求)."""

    number = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=STATES)
    before_wait = models.CharField(max_length=16, blank=True)
    before_merge = models.CharField(max_length=16, blank=True)
    channel = models.CharField(max_length=16, choices=terms.Channel.choices)
    kind = models.CharField(max_length=12, choices=terms.Kind.choices)
    title = models.CharField(max_length=120)
    text = models.TextField()
    language = models.CharField(max_length=10)
    category = TenantFK(Category, null=True, on_delete=models.PROTECT, related_name="+")
    #: the duty it is worked on under; none: "no item", flagged on the page (S20)
    item = TenantFK("duties.DutyItem", null=True, on_delete=models.PROTECT, related_name="+")
    case_class = models.CharField(max_length=8, choices=terms.CaseClass.choices)
    class_confirmed = models.BooleanField(default=False)
    safety = models.BooleanField(default=False)
    confidential = models.BooleanField(default=False)
    #: account of the reporter, if any; names and phones are in `Contact`
    reporter_id = models.UUIDField(null=True)
    #: staff account that entered it on somebody's behalf
    entered_by = models.UUIDField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    input_system = models.CharField(max_length=8, default="wgs84")
    address = models.CharField(max_length=200)
    building = TenantFK("grids.Building", null=True, on_delete=models.PROTECT, related_name="+")
    grid = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    community = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    street = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    lead_unit = TenantFK("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    #: units that help the leading one; their sub-deadlines are in `CoUnit`
    co_unit_ids = ArrayField(models.UUIDField(), default=list)
    owner_id = models.UUIDField(null=True)
    round = models.SmallIntegerField(default=1)
    info_waits = models.SmallIntegerField(default=0)
    #: a unit has asked for something that another person decides
    asks_open = models.BooleanField(default=False)
    #: a plan or a report of done waits for the head of the leading unit
    approval_open = models.BooleanField(default=False)
    #: duty minutes granted on top of the promise of this round
    extension_minutes = models.IntegerField(default=0)
    #: a supervision is open: the case does not close
    supervised = models.BooleanField(default=False)
    #: accounts and units that a complaint is about: they never see or handle it
    excluded_ids = ArrayField(models.UUIDField(), default=list)
    #: the worker has not looked at its latest steps yet (recurrence, checks of handling)
    to_check = models.BooleanField(default=False)
    step_count = models.IntegerField(default=1)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    #: earliest due time of a running clock, for sorting the queue
    due_at = models.DateTimeField(null=True)
    mark = models.CharField(max_length=8, choices=terms.ClockMark.choices, default="none")
    result = models.CharField(max_length=16, blank=True, choices=terms.Result.choices)
    batch = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=64, blank=True)
    #: where like cases are found (`core.similar.cell`); empty for what must never be found so
    cell = models.CharField(max_length=48, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "number"], name="case_number_uq"),
            models.UniqueConstraint(
                fields=["tenant_id", "batch", "external_id"],
                condition=~Q(external_id=""),
                name="case_external_uq",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="case_state_known"
            ),
            models.CheckConstraint(
                condition=Q(case_class__in=terms.CaseClass.values), name="case_class_known"
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(text="") & ~Q(address=""), name="case_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="case_point_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=UNIT_STATES) | Q(lead_unit__isnull=False),
                name="case_dispatched_has_unit",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FINAL, closed_at__isnull=False)
                | (~Q(state__in=FINAL) & Q(closed_at__isnull=True)),
                name="case_closed_at_iff_final",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["closed", "not_accepted"], supervised=True),
                name="case_supervised_stays_open",
            ),
            models.CheckConstraint(
                condition=Q(lead_unit__isnull=True)
                | ~Q(excluded_ids__contains=[F("lead_unit_id")]),
                name="case_accused_never_leads",
            ),
            models.CheckConstraint(
                condition=~Q(excluded_ids__overlap=F("co_unit_ids")),
                name="case_accused_never_helps",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "due_at"],
                name="case_open_due_ix",
                condition=~Q(state__in=FINAL),
            ),
            models.Index(
                fields=["tenant_id", "community", "due_at"],
                name="case_community_ix",
                condition=~Q(state__in=FINAL),
            ),
            models.Index(
                fields=["tenant_id", "grid", "due_at"],
                name="case_grid_ix",
                condition=~Q(state__in=FINAL),
            ),
            models.Index(
                fields=["tenant_id", "lead_unit", "due_at"],
                name="case_unit_ix",
                condition=~Q(state__in=FINAL),
            ),
            models.Index(fields=["tenant_id", "state", "opened_at"], name="case_state_ix"),
            models.Index(fields=["tenant_id", "opened_at"], name="case_opened_ix"),
            models.Index(fields=["tenant_id", "changed_at"], name="case_changed_ix"),
            models.Index(fields=["tenant_id", "due_at", "opened_at", "id"], name="case_due_ix"),
            models.Index(
                fields=["tenant_id", "due_at"],
                name="case_asks_ix",
                condition=Q(asks_open=True),
            ),
            models.Index(
                fields=["tenant_id", "lead_unit"],
                name="case_approval_ix",
                condition=Q(approval_open=True),
            ),
            models.Index(
                fields=["tenant_id", "item"],
                name="case_item_ix",
                condition=Q(item__isnull=False),
            ),
            models.Index(
                fields=["tenant_id", "changed_at"],
                name="case_to_check_ix",
                condition=Q(to_check=True),
            ),
            models.Index(
                fields=["tenant_id", "closed_at"],
                name="case_closed_ix",
                condition=Q(state=State.CLOSED),
            ),
            GinIndex(fields=["co_unit_ids"], name="case_co_units_ix", condition=~Q(co_unit_ids=[])),
            models.Index(
                fields=["tenant_id", "cell", "opened_at", "lon", "lat"],
                name="case_cell_near_ix",
                condition=Q(cell__gt="") & ~Q(state__in=FINAL),
            ),
            models.Index(
                fields=["tenant_id", "cell", "closed_at"],
                name="case_cell_closed_ix",
                condition=Q(cell__gt="", state=State.CLOSED),
            ),
            models.Index(
                fields=["tenant_id", "reporter_id", "opened_at"],
                name="case_reporter_ix",
                condition=Q(reporter_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Contact(TenantModel):
    """How to reach the reporter. Personal: read through `queries.contact` only, which logs."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    wants_reply = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant_id", "phone"], condition=~Q(phone=""), name="contact_phone_ix"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "case"], name="contact_case_uq"),
            models.CheckConstraint(condition=~Q(name="") | ~Q(phone=""), name="contact_not_empty"),
        ]

    def __str__(self) -> str:
        return "contact"


class Part(TenantModel):
    """One of several matters in a request; each is answered by itself (N7)."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="parts")
    n = models.SmallIntegerField()
    text = models.TextField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    #: case that was split off for this matter and answers it
    child = TenantFK(Case, null=True, on_delete=models.PROTECT, related_name="parts_of_parent")

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant_id", "child"],
                name="part_child_ix",
                condition=Q(child__isnull=False),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "case", "n"], name="part_n_uq"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="part_answer_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.n}"


class Step(TenantModel):
    """One event of a case: history, audit and event log in one. Append-only."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="steps")
    seq = models.IntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=20, choices=ACTIONS)
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16, choices=STATES)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=64, blank=True)
    actor_role = models.CharField(max_length=24, blank=True)
    relation = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=16, choices=terms.Channel.choices)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    key = models.UUIDField(null=True)
    shown_to_reporter = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "case", "seq"], name="step_seq_uq"),
            models.UniqueConstraint(
                fields=["tenant_id", "key"], condition=Q(key__isnull=False), name="step_key_uq"
            ),
            models.CheckConstraint(
                condition=Q(action__in=[action.value for action in Action]),
                name="step_action_known",
            ),
            models.CheckConstraint(
                condition=Q(to_state__in=[state.value for state in State]), name="step_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class Clock(TenantModel):
    """A clock as last computed from the steps (`core.clock`); never edited by hand.

    ``ended_at`` is when its time stopped counting: a promise was kept if that is not after
    ``due_at``. Waiting for verification afterwards is nobody's delay.
    """

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=12, choices=CLOCKS)
    round = models.SmallIntegerField()
    policy = TenantFK(SlaPolicy, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    paused = models.BooleanField(default=False)
    mark = models.CharField(max_length=8, choices=terms.ClockMark.choices, default="none")
    #: highest rung of the escalation ladder that was said, in per cent
    rung = models.SmallIntegerField(default=0)
    #: when the sweep must look again; NULL when it has nothing more to say
    next_mark_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "case", "kind", "round"], name="clock_kind_round_uq"
            ),
            models.CheckConstraint(
                condition=Q(next_mark_at__isnull=True) | Q(ended_at__isnull=True, paused=False),
                name="clock_marks_only_running",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "next_mark_at"],
                name="clock_sweep_ix",
                condition=Q(next_mark_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.round}"
