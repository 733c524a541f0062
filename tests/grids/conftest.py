"""A county of two streets; the town street has one community of four square grids and a village."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from shapely import LineString, box

from onegrid.common.tenancy.context import tenant_tx
from onegrid.grids import actions
from onegrid.grids.ports import AreaInput, BuildingInput, LayerInput

COUNTY = 370725
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
NOW = SINCE + timedelta(days=60)
SIDE = 0.005
WEST, SOUTH = 118.83, 36.70


def square(column: int, row: int, wide: int = 1) -> object:
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return box(west, south, west + wide * SIDE, south + wide * SIDE)


def small_areas() -> list[AreaInput]:
    town = square(0, 0, 2)
    rows = [
        AreaInput("county", "C", "小县", "", 1600, box(118.80, 36.67, 118.88, 36.75)),
        AreaInput("street", "S1", "城关街道", "C", 1600, box(118.80, 36.67, 118.86, 36.75), True),
        AreaInput("street", "S2", "东乡镇", "C", None, box(118.86, 36.67, 118.88, 36.75), True),
        AreaInput("community", "K1", "桥头社区", "S1", 1600, town),
        AreaInput("community", "V1", "柳树村", "S2", None, None),
    ]
    rows += [
        AreaInput(
            "grid", f"K1{i + 1:03d}", f"桥头社区第{i + 1}网格", "K1", 400, square(i % 2, i // 2)
        )
        for i in range(4)
    ]
    return rows


def small_buildings() -> list[BuildingInput]:
    found = []
    for i in range(4):
        west, south = WEST + (i % 2) * SIDE, SOUTH + (i // 2) * SIDE
        for n in (1, 2):
            shape = box(west + n * 0.001, south + 0.001, west + n * 0.001 + 0.0005, south + 0.0012)
            name = f"第{i + 1}花园"
            found.append(
                BuildingInput(
                    f"K1{i + 1:03d}", name, f"{n}号楼", "walk_up", f"永康路{i + 1}号{name}{n}号楼",
                    6, 3, 36, shape,
                )
            )  # fmt: skip
    return found


@pytest.fixture
def county(db: None) -> Iterator[None]:
    """Open a transaction of an empty county."""
    with tenant_tx(COUNTY):
        yield


@pytest.fixture
def places(county: None) -> None:
    """Adopt the small county."""
    actions.adopt_places(
        now=NOW,
        areas=small_areas(),
        buildings=small_buildings(),
        layers=[
            LayerInput("road", "永康路", 1, 30.0, LineString([(118.83, 36.70), (118.84, 36.71)]))
        ],
        valid_from=SINCE,
    )
