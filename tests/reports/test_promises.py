"""The page on promises, and the arithmetic behind it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from onegrid.reports import queries as reports
from onegrid.reports.figures import BOUNDS, Share, buckets, quantile, share
from tests.county import STARTED, Town, county, make_town
from tests.importing.test_replay import ROWS, brought


@pytest.fixture
def town(db: None, settings: LazySettings) -> Iterator[Town]:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    now = STARTED
    reports.clear()
    with county(now):
        yield make_town(now)


def test_the_interval_is_that_of_wilson() -> None:
    half = Share(50, 100)
    assert (round(half.low, 1), round(half.high, 1)) == (40.4, 59.6)
    assert (Share(0, 10).low, round(Share(0, 10).high, 1)) == (0.0, 27.8)


@given(st.integers(1, 10_000), st.data())
def test_a_share_lies_in_its_interval(n: int, data: st.DataObject) -> None:
    found = Share(data.draw(st.integers(0, n)), n)
    assert 0 <= found.low <= found.percent + 1e-9 and found.percent - 1e-9 <= found.high <= 100


def test_fewer_than_ten_are_not_shown() -> None:
    assert share(3, 9) is None and quantile(list(range(9)), 0.5) is None
    assert share(3, 10) is not None and quantile(list(range(10)), 0.5) == 4.5


@given(st.lists(st.floats(0, 1e9)))
def test_every_value_is_in_one_bucket(values: list[float]) -> None:
    assert sum(buckets(values)) == len(values)
    assert buckets([BOUNDS[0]])[0] == 1


def test_the_page_shows_promise_and_reality(town: Town) -> None:
    brought(town, [[f"{n}", *row[1:]] for n, row in enumerate(ROWS[:3] * 12)])
    page = Client().get("/promises/", headers={"accept-language": "en"})
    body = page.content.decode()
    assert page.status_code == 200
    assert "promised 1 hour, really 40 minutes" in body and "<svg" in body
    assert 'style="' not in body and "<script>" not in body


def test_too_few_cases_show_no_figures(town: Town) -> None:
    brought(town, ROWS)
    body = (
        Client().get("/promises/?batch=small", headers={"accept-language": "en"}).content.decode()
    )
    assert "Too few cases" in body and '<svg class="promise' not in body


def test_the_table_comes_as_csv(town: Town) -> None:
    brought(town, [[f"{n}", *row[1:]] for n, row in enumerate(ROWS[:3] * 12)])
    sheet = Client().get("/promises/table.csv?batch=small").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert rows[0]["group"] == "all" and rows[0]["cases"] == "36"
    assert [row["key"] for row in rows[1:4]] == ["general", "major", "complex"]
    assert rows[1]["kept_percent"] == "100.0" and rows[1]["wall_median_hours"] == "0.67"


def test_an_unknown_batch_is_not_found(town: Town) -> None:
    assert Client().get("/promises/?batch=nothing").status_code == 404
