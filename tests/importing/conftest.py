"""A town to import into."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from onegrid.reports import queries as reports
from tests.county import STARTED, Town, county, make_town


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    now = STARTED
    reports.clear()
    with county(now):
        yield make_town(now)
