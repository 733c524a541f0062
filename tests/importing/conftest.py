"""A town to import into."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone

from onegrid.reports import queries as reports
from tests.county import Town, county, make_town


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    now = timezone.now()
    reports.clear()
    with county(now):
        yield make_town(now)
