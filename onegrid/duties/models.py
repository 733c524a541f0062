"""Lists of duties, routing rules and rules of law; a version is replaced, never edited."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.duties import terms


class DutyBatch(TenantModel):
    """Versions of lists that were brought in together."""

    name = models.CharField(max_length=30)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "name"],
                condition=Q(undone_at__isnull=True),
                name="dutybatch_name_uq",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DutyList(TenantModel):
    """One version of a list."""

    kind = models.CharField(max_length=12, choices=terms.ListKind.choices)
    version = models.IntegerField()
    source = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    #: invented, for a demo county
    is_demo = models.BooleanField(default=False)
    batch = TenantFK(DutyBatch, on_delete=models.PROTECT, related_name="lists")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "version"], name="dutylist_version_uq"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "kind"],
                condition=Q(valid_to__isnull=True),
                name="dutylist_one_open_uq",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="dutylist_valid_span",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=terms.ListKind.values), name="dutylist_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class DutyItem(TenantModel):
    """One duty, grid matter or abolished certificate."""

    duty_list = TenantFK(DutyList, on_delete=models.PROTECT, related_name="items")
    position = models.SmallIntegerField()
    code = models.CharField(max_length=24)
    #: heading of the list under which it stands (one of the 21 categories of a street)
    heading = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    basis = models.CharField(max_length=200)
    owner = models.CharField(max_length=12, choices=terms.Owner.choices)
    owner_unit = TenantFK(
        "organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: codes of categories of cases for which it is offered first
    category_codes = ArrayField(models.CharField(max_length=24), default=list)
    words = ArrayField(models.CharField(max_length=24), default=list)
    #: abolished certificates: what is used now
    instead = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "duty_list", "code"], name="dutyitem_code_uq"
            ),
            models.CheckConstraint(
                condition=Q(owner="unit", owner_unit__isnull=False)
                | (~Q(owner="unit") & Q(owner_unit__isnull=True)),
                name="dutyitem_owner_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RuleBook(TenantModel):
    """A version of the routing rules: drafted, tried on past cases, published, replaced."""

    version = models.IntegerField()
    state = models.CharField(max_length=8, choices=terms.BookState.choices, default="draft")
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    live_from = models.DateTimeField(null=True)
    live_to = models.DateTimeField(null=True)
    #: when and with what result the draft was tried; a change of the draft empties it
    tried_at = models.DateTimeField(null=True)
    tried_cases = models.IntegerField(default=0)
    tried_elsewhere = models.IntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "version"], name="rulebook_version_uq"),
            models.UniqueConstraint(
                fields=["tenant_id", "state"],
                condition=~Q(state="past"),
                name="rulebook_one_draft_one_live",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", live_from__isnull=True)
                | (~Q(state="draft") & Q(live_from__isnull=False)),
                name="rulebook_live_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"rules {self.version}"


class RoutingRule(TenantModel):
    """A rule of a version; empty conditions hold for every case."""

    book = TenantFK(RuleBook, on_delete=models.PROTECT, related_name="rules")
    position = models.SmallIntegerField()
    area = TenantFK("grids.Area", null=True, on_delete=models.PROTECT, related_name="+")
    category_code = models.CharField(max_length=24, blank=True)
    item_code = models.CharField(max_length=24, blank=True)
    words = ArrayField(models.CharField(max_length=24), default=list)
    hours = models.CharField(max_length=8, blank=True, choices=terms.Hours.choices)
    calendar = models.CharField(max_length=24, blank=True)
    target = models.CharField(max_length=12, choices=terms.Target.choices)
    unit = TenantFK("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    co_unit_ids = ArrayField(models.UUIDField(), default=list)
    why = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "book", "position"], name="routingrule_position_uq"
            ),
            models.CheckConstraint(
                condition=Q(target="unit", unit__isnull=False)
                | (~Q(target="unit") & Q(unit__isnull=True)),
                name="routingrule_target_whole",
            ),
            models.CheckConstraint(
                condition=Q(hours="", calendar="") | (~Q(hours="") & ~Q(calendar="")),
                name="routingrule_hours_whole",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="routingrule_says_why"),
        ]

    def __str__(self) -> str:
        return f"rule {self.position}"


class LawRule(TenantModel):
    """A sentence of a regulation in our own words, and the number that it sets, if any."""

    regulation = models.CharField(max_length=60)
    article = models.SmallIntegerField()
    version = models.SmallIntegerField(default=1)
    title = models.CharField(max_length=60)
    text = models.TextField()
    parameter = models.CharField(max_length=24, blank=True, choices=terms.Parameter.choices)
    amount = models.IntegerField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "regulation", "article", "parameter", "version"],
                name="lawrule_version_uq",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "parameter"],
                condition=Q(valid_to__isnull=True) & ~Q(parameter=""),
                name="lawrule_parameter_uq",
            ),
            models.CheckConstraint(
                condition=Q(parameter="", amount__isnull=True)
                | (~Q(parameter="") & Q(amount__gte=0)),
                name="lawrule_amount_whole",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="lawrule_valid_span",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="lawrule_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.regulation} {self.article}"
