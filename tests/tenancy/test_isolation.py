"""Two counties in one database: neither sees the other."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions import Place, Request
from onegrid.cases.models import Case, Part
from onegrid.common.tenancy.checks import security_gaps, tenant_models
from onegrid.common.tenancy.context import NoTenant, tenant_tx
from tests.conftest import MONDAY
from tests.county import COUNTY, county, make_town

OTHER = 370703

pytestmark = pytest.mark.django_db


def _open(tenant_id: int) -> Case:
    receipt = actions.open_case(
        viewer=Viewer.anonymous(tenant_id),
        request=Request(text="路灯不亮", place=Place(address="东门")),
        now=MONDAY,
        key=uuid4(),
    )
    return Case.objects.get(pk=receipt.case_id)


@pytest.fixture
def two_cases() -> tuple[Case, Case]:
    with county(MONDAY):
        make_town(MONDAY)
        ours = _open(COUNTY)
    with county(MONDAY, OTHER):
        make_town_of_other()
        theirs = _open(OTHER)
    return ours, theirs


def make_town_of_other() -> None:
    from onegrid.starter.build import build

    build(now=MONDAY)


def test_the_orm_sees_one_county(two_cases: tuple[Case, Case]) -> None:
    ours, theirs = two_cases
    with tenant_tx(COUNTY):
        assert list(Case.objects.values_list("pk", flat=True)) == [ours.pk]
        assert not Case.objects.filter(pk=theirs.pk).exists()
    with tenant_tx(OTHER):
        assert list(Case.objects.values_list("pk", flat=True)) == [theirs.pk]


def test_raw_sql_sees_one_county(two_cases: tuple[Case, Case]) -> None:
    ours, _ = two_cases
    with tenant_tx(COUNTY), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM cases_case")
        assert cursor.fetchall() == [(ours.pk,)]
        cursor.execute("UPDATE cases_case SET title = 'x' WHERE tenant_id = %s", [OTHER])
        assert cursor.rowcount == 0


@pytest.mark.django_db(transaction=True)
def test_a_reused_connection_carries_no_county_over() -> None:
    with county(MONDAY):
        make_town_of_other()
        _open(COUNTY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        before = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM cases_case")
        assert cursor.fetchone() == (0,)
    with county(MONDAY, OTHER), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() == before
        cursor.execute("SELECT count(*) FROM cases_case")
        assert cursor.fetchone() == (0,)


def test_a_row_of_another_county_cannot_be_written(two_cases: tuple[Case, Case]) -> None:
    with tenant_tx(COUNTY), pytest.raises(DatabaseError), transaction.atomic():
        Part.objects.bulk_create([Part(tenant_id=OTHER, case_id=two_cases[1].pk, n=9, text="x")])


def test_a_row_cannot_point_to_another_county(two_cases: tuple[Case, Case]) -> None:
    with tenant_tx(COUNTY), pytest.raises(IntegrityError), transaction.atomic():
        Part.objects.create(case_id=two_cases[1].pk, n=9, text="x")


def test_history_cannot_be_rewritten(two_cases: tuple[Case, Case]) -> None:
    for statement in ("UPDATE cases_step SET text = 'x'", "DELETE FROM cases_step"):
        with (
            tenant_tx(COUNTY),
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_without_a_county_no_row_can_be_made() -> None:
    with pytest.raises(NoTenant):
        Part(n=1, text="x")


def test_every_tenant_table_is_protected_in_the_database() -> None:
    assert len(tenant_models()) > 20
    assert security_gaps() == []


@pytest.mark.django_db(transaction=True)
def test_a_table_without_row_security_is_noticed() -> None:
    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(dbname=name, autocommit=True, **settings.DATABASE_OWNER) as owner:
        owner.execute("ALTER TABLE cases_part NO FORCE ROW LEVEL SECURITY")
        try:
            assert security_gaps() == ["cases_part: row-level security is off"]
        finally:
            owner.execute("ALTER TABLE cases_part FORCE ROW LEVEL SECURITY")
