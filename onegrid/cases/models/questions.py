"""Further questions of a category and what reporters answered (E6)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from onegrid.cases.models.case import Case
from onegrid.cases.models.setup import Category
from onegrid.common.tenancy.models import TenantFK, TenantModel
from onegrid.core.questions import LISTS, Datatype

_LISTS = sorted(item.value for item in LISTS)
_DATATYPES = [(item.value, item.value) for item in Datatype]


class CategoryQuestion(TenantModel):
    """A question that reports of a category are asked, besides what everybody is asked."""

    category = TenantFK(Category, on_delete=models.PROTECT, related_name="questions")
    code = models.CharField(max_length=24)
    datatype = models.CharField(max_length=16, choices=_DATATYPES)
    text = models.CharField(max_length=120)
    text_en = models.CharField(max_length=200)
    hint = models.CharField(max_length=120, blank=True)
    hint_en = models.CharField(max_length=200, blank=True)
    required = models.BooleanField(default=False)
    #: False: something to read, nothing is answered
    asks = models.BooleanField(default=True)
    #: of the two lists: [{"key", "name", "name_en"}]
    choices = models.JSONField(default=list)
    position = models.SmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "category", "code"], name="categoryquestion_code_uq"
            ),
            models.CheckConstraint(
                condition=Q(datatype__in=[item.value for item in Datatype]),
                name="categoryquestion_datatype_known",
            ),
            models.CheckConstraint(
                condition=(Q(datatype__in=_LISTS) & ~Q(choices=[]))
                | (~Q(datatype__in=_LISTS) & Q(choices=[])),
                name="categoryquestion_lists_have_choices",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class QuestionAnswer(TenantModel):
    """What the reporter of a case answered to a question; a list of several has several values."""

    case = TenantFK(Case, on_delete=models.PROTECT, related_name="question_answers")
    question = TenantFK(CategoryQuestion, on_delete=models.PROTECT, related_name="+")
    given = ArrayField(models.TextField())

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "case", "question"], name="questionanswer_once_uq"
            ),
            models.CheckConstraint(condition=~Q(given=[]), name="questionanswer_not_empty"),
        ]

    def __str__(self) -> str:
        return "answer"
