"""Many rows in one statement arrive as they were given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from onegrid.cases.models import Case, Step
from onegrid.common.ids import uuid7
from onegrid.common.tenancy.bulk import insert_all
from tests.county import COUNTY, Town, report


def steps(case: Case, count: int) -> list[Step]:
    """Return further steps of a case, not saved, with every kind of value."""
    at = case.opened_at + timedelta(microseconds=123_457)
    return [
        Step(
            case_id=case.pk,
            seq=100 + n,
            at=at,
            action="note",
            to_state=case.state,
            channel="web",
            text="引号 ' \" \\ 和换行\n，还有 %s {x} 𠮷",
            data={"list": [1, None, "一"], "deep": {"yes": True, "half": 0.5}},
            key=uuid4() if n % 2 else None,
        )
        for n in range(count)
    ]


def values(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_arrive_as_they_were_given_in_one_statement(
    town: Town, django_assert_num_queries: Any
) -> None:
    case = Case.objects.get(pk=report(town).case_id)
    given = steps(case, 5)
    with django_assert_num_queries(1):
        insert_all(given)
    kept = Step.objects.filter(case_id=case.pk, seq__gte=100).order_by("seq")
    assert [values(row) for row in kept] == [values(row) for row in given]


def test_lists_of_identities_arrive_too(town: Town) -> None:
    case = Case.objects.get(pk=report(town).case_id)
    case.pk, case.number, case.co_unit_ids = uuid7(), "another", [uuid4(), uuid4()]
    insert_all([case])
    assert values(Case.objects.get(number="another")) == values(case)


def test_nothing_asks_for_no_database() -> None:
    insert_all([])


def test_one_row_that_breaks_a_rule_keeps_all_of_them_out(town: Town) -> None:
    case = Case.objects.get(pk=report(town).case_id)
    given = steps(case, 3)
    given[2].seq = given[0].seq
    with pytest.raises(IntegrityError, match="step_seq_uq"), transaction.atomic():
        insert_all(given)
    assert not Step.objects.filter(case_id=case.pk, seq__gte=100).exists()


def test_a_row_of_another_county_is_refused(town: Town) -> None:
    case = Case.objects.get(pk=report(town).case_id)
    given = steps(case, 1)
    given[0].tenant_id = COUNTY + 1
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        insert_all(given)
