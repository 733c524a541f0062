"""The invented lists of the demo, in the small county."""

from __future__ import annotations

from pathlib import Path

import pytest

from onegrid.cases.reference import categories
from onegrid.duties import importing
from tests.county import Town

LISTS = Path(__file__).parents[2] / "onegrid" / "demo" / "duties.csv"


def known() -> frozenset[str]:
    """Return the codes of the categories of cases."""
    return frozenset(row.code for row in categories.get().values())


def read(town: Town, content: bytes) -> importing.Table:
    """Read a table in the small county."""
    return importing.read(content, categories=known(), now=town.now)


@pytest.fixture
def listed(town: Town) -> Town:
    """Bring the invented lists in."""
    table = read(town, LISTS.read_bytes())
    assert not table.problems
    importing.bring_in(table.rows, name="demo", now=town.now, is_demo=True, source="演示用虚构清单")
    return town
