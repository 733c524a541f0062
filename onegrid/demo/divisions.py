"""The real divisions of Changle county; source in places/README.md."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

COUNTY_CODE = "370725000000"
TENANT_ID = 370725
_FILE = Path(__file__).parent / "places" / "changle.csv"


@dataclass(frozen=True, slots=True)
class Division:
    """One row of the official list.

    Attributes:
        kind: county, street, town, urban_community or village.
        name: short name as people say it.
    """

    code: str
    kind: str
    name: str
    parent_code: str
    official_name: str


@cache
def divisions() -> tuple[Division, ...]:
    """Read the list in the order of the codes."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Division(**row) for row in csv.DictReader(file))


def of_kind(*kinds: str) -> tuple[Division, ...]:
    """Return the divisions of the given kinds."""
    return tuple(row for row in divisions() if row.kind in kinds)
