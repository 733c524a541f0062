"""What makes sure that nothing slips: rules, supervisions, escalations, reminders, alarms."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from onegrid.accounts.terms import Role
from onegrid.cases import oversight_terms as terms
from onegrid.cases.models.case import Case
from onegrid.common.tenancy.models import TenantFK, TenantModel


class WatchRule(TenantModel):
    """A version of a rule that raises a supervision by itself."""

    code = models.CharField(max_length=24)
    trigger = models.SmallIntegerField(choices=terms.Trigger.choices)
    kind = models.CharField(max_length=8, choices=terms.SupervisionKind.choices)
    fact = models.CharField(max_length=20, choices=terms.FACTS)
    at_least = models.IntegerField()
    reply_days = models.SmallIntegerField()
    basis = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "code", "valid_from"], name="watchrule_version_uq"
            ),
            models.CheckConstraint(
                condition=Q(at_least__gt=0, reply_days__gt=0, trigger__range=(1, 5)),
                name="watchrule_numbers",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="watchrule_valid_span",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Rung(TenantModel):
    """A version of a rung of the escalation ladder: who is told when so much time is used up."""

    percent = models.SmallIntegerField()
    receiver = models.CharField(max_length=12, choices=terms.Receiver.choices)
    clocks = ArrayField(models.CharField(max_length=12, choices=terms.LADDER_CLOCKS))
    sms = models.BooleanField()
    #: NULL: from the beginning
    since = models.DateTimeField(null=True)
    #: NULL: it holds now
    until = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "percent"],
                condition=Q(until__isnull=True),
                name="rung_one_holds_uq",
            ),
            models.CheckConstraint(condition=Q(percent__range=(1, 1000)), name="rung_percent"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="rung_valid_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent}"


class RuleChange(TenantModel):
    """Who changed a rung or a watch rule, when, why, and from what to what. Append-only."""

    at = models.DateTimeField()
    by = models.UUIDField()
    by_name = models.CharField(max_length=64)
    subject = models.CharField(max_length=8, choices=terms.RuleSubject.choices)
    #: percentage of the rung, code of the rule
    code = models.CharField(max_length=24)
    #: empty: there was none, or none follows
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="rulechange_says_why"),
        ]
        indexes = [models.Index(fields=["tenant_id", "at"], name="rulechange_at_ix")]

    def __str__(self) -> str:
        return f"{self.subject} {self.code}"


class Supervision(TenantModel):
    """An order to answer for a case (督办); the case does not close while it is open."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="supervisions")
    kind = models.CharField(max_length=8, choices=terms.SupervisionKind.choices)
    trigger = models.SmallIntegerField(choices=terms.Trigger.choices)
    #: the rule that raised it; empty by hand
    rule = models.CharField(max_length=24, blank=True)
    round = models.SmallIntegerField()
    unit = TenantFK("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField(null=True)
    text = models.TextField()
    #: the reporter reads it
    published = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=terms.SupervisionState.choices, default="open")
    #: when the reply was last asked for, and when it is due
    asked_at = models.DateTimeField()
    reply_due = models.DateTimeField()
    rung = models.SmallIntegerField(default=0)
    next_mark_at = models.DateTimeField(null=True)
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True)
    replied_by = models.UUIDField(null=True)
    rejections = models.SmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    settlement = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "case", "rule", "round"],
                condition=~Q(rule=""),
                name="supervision_rule_once_uq",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "case", "trigger", "kind"],
                condition=Q(rule="", state__in=["open", "replied"]),
                name="supervision_by_hand_once_uq",
            ),
            models.CheckConstraint(
                condition=Q(trigger__range=(1, 5)) & ~Q(text=""), name="supervision_says_why"
            ),
            models.CheckConstraint(
                condition=Q(rule="", issued_by__isnull=False)
                | (~Q(rule="") & Q(issued_by__isnull=True)),
                name="supervision_has_author",
            ),
            models.CheckConstraint(
                condition=~Q(state="replied") | (Q(replied_at__isnull=False) & ~Q(reply="")),
                name="supervision_reply_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "replied"], settled_at__isnull=True)
                | Q(state__in=["settled", "lapsed"], settled_at__isnull=False),
                name="supervision_settled_has_time",
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | ~Q(settled_by=F("replied_by")),
                name="supervision_settled_by_another",
            ),
            models.CheckConstraint(
                condition=Q(next_mark_at__isnull=True) | Q(state="open"),
                name="supervision_marks_only_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "reply_due"],
                name="supervision_open_ix",
                condition=Q(state__in=["open", "replied"]),
            ),
            models.Index(
                fields=["tenant_id", "next_mark_at"],
                name="supervision_sweep_ix",
                condition=Q(next_mark_at__isnull=False),
            ),
            models.Index(fields=["tenant_id", "issued_at"], name="supervision_issued_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Escalation(TenantModel):
    """One rung that a case has reached. Append-only; who was told is in `Reminder`."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="escalations")
    supervision = TenantFK(
        Supervision, null=True, on_delete=models.PROTECT, related_name="escalations"
    )
    #: the helping unit whose report is late
    co_unit = TenantFK(
        "cases.CoUnit", null=True, on_delete=models.PROTECT, related_name="escalations"
    )
    clock = models.CharField(max_length=12, choices=terms.ESCALATED)
    round = models.SmallIntegerField()
    percent = models.SmallIntegerField()
    #: who was to be told, and who was told because nobody holds that place
    receiver = models.CharField(max_length=12, choices=terms.Receiver.choices)
    reached = models.CharField(max_length=12, blank=True, choices=terms.Receiver.choices)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "tenant_id",
                    "case",
                    "supervision",
                    "co_unit",
                    "clock",
                    "round",
                    "percent",
                ],
                nulls_distinct=False,
                name="escalation_once_uq",
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "at"], name="escalation_at_ix")]

    def __str__(self) -> str:
        return f"{self.clock} {self.percent}"


class Reminder(TenantModel):
    """What one person was told about a case, by which way, and when it was read."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="reminders")
    escalation = TenantFK(Escalation, null=True, on_delete=models.PROTECT, related_name="reminders")
    supervision = TenantFK(
        Supervision, null=True, on_delete=models.PROTECT, related_name="reminders"
    )
    reason = models.CharField(max_length=12, choices=terms.ReminderReason.choices)
    account_id = models.UUIDField()
    role = models.CharField(max_length=24, choices=Role.choices)
    at = models.DateTimeField()
    sms = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant_id", "account_id", "at"], name="reminder_account_ix"),
            models.Index(
                fields=["tenant_id", "account_id"],
                name="reminder_unread_ix",
                condition=Q(read_at__isnull=True),
            ),
            models.Index(fields=["tenant_id", "case"], name="reminder_case_ix"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "escalation", "account_id"],
                condition=Q(escalation__isnull=False),
                name="reminder_once_uq",
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(read_at__gte=F("at")),
                name="reminder_read_after",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class Alarm(TenantModel):
    """Something about how a case was handled that a supervisor should look at.

    About a case and its unit; no person is named or counted here.
    """

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="alarms")
    unit = TenantFK("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    check_code = models.CharField(max_length=20, choices=terms.CheckCode.choices)
    round = models.SmallIntegerField()
    #: the step it is about
    step_seq = models.IntegerField()
    found_at = models.DateTimeField()
    evidence = models.JSONField(default=dict)
    finding = models.CharField(max_length=12, blank=True, choices=terms.Finding.choices)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    words = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "case", "check_code", "step_seq"], name="alarm_once_uq"
            ),
            models.CheckConstraint(
                condition=Q(finding="", settled_at__isnull=True, words="")
                | (~Q(finding="") & ~Q(words="") & Q(settled_at__isnull=False)),
                name="alarm_settled_with_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "found_at"],
                name="alarm_open_ix",
                condition=Q(settled_at__isnull=True),
            ),
            models.Index(fields=["tenant_id", "found_at", "id"], name="alarm_found_ix"),
        ]

    def __str__(self) -> str:
        return self.check_code
