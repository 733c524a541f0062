"""The hotline and the county through faults and kills: at the end the books are equal (S26)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from benchmarks.storm import Storm, county_book, differences, make_county

ORDERS = 40


@pytest.mark.django_db(transaction=True)
def test_s26_after_faults_and_kills_both_books_are_equal(tmp_path: Path) -> None:
    url = make_conninfo(os.environ["ONEGRID_DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    storm = Storm(tmp_path, {"ONEGRID_DATABASE_URL": url}, ORDERS)
    make_county(timezone.now(), storm.hotline)
    try:
        found = storm.run(county_book)
    finally:
        storm.stop()
    assert differences(found, ORDERS) == []
    assert found["faults"] > ORDERS / 4
    assert {str(state) for _, state in found["county"]["orders"].values()} == {
        "closed",
        "returned",
        "recalled",
    }
