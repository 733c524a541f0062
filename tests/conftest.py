"""Fixtures shared by all tests: the database as the run-time role, one small county."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import hypothesis
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases

from onegrid.common.tenancy.backend.base import as_owner
from onegrid.common.tenant_cache import clear_all
from onegrid.locale.build import compile_messages
from tests.county import Town, county, make_town
from tests.duties.lists import listed  # noqa: F401 - a fixture for every test

hypothesis.settings.register_profile("house", derandomize=True, deadline=None)
hypothesis.settings.load_profile("house")

COUNTY = 370725
#: A Monday morning within duty hours: 2026-03-02 09:00 in Changle.
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """Let every page speak the translations as they are now, once for all workers."""
    if not hasattr(config, "workerinput"):
        compile_messages()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_modify_db_settings: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Make the test database as its owner; the tests then run as the run-time role."""
    with django_db_blocker.unblock(), as_owner():  # type: ignore[attr-defined]
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock(), as_owner():  # type: ignore[attr-defined]
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def flush_as_owner() -> Iterator[None]:
    """Let tests that commit be cleaned up by the owner: the run-time role may not truncate.

    Jobs go too (their tables are not the models' own): one that was killed keeps its lock.
    """
    plain = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with as_owner():
            plain(self)
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(autouse=True)
def cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with little memory, except where the real parameters are looked at (S12)."""
    if "test_s12" not in request.node.name:
        monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 64)
        monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)


@pytest.fixture(autouse=True)
def fresh_reference_data() -> Iterator[None]:
    """Let no cached reference data of one test reach the next."""
    clear_all()
    yield
    clear_all()


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    """Open the small county of `tests.county` at `MONDAY`."""
    with county(MONDAY):
        yield make_town(MONDAY)
