"""The small county with a roster."""

from __future__ import annotations

import pytest

from tests.calls.people import Roster, make_roster
from tests.county import Town


@pytest.fixture
def roster(town: Town) -> Roster:
    return make_roster(town)
