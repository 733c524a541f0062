"""Hand the invented town over to the product's own import."""

from __future__ import annotations

from datetime import datetime

from onegrid.demo.town import Town
from onegrid.grids import actions
from onegrid.grids.ports import Adopted, AreaInput, BuildingInput, LayerInput, Progress


def _areas(town: Town) -> list[AreaInput]:
    return [
        AreaInput(a.level, a.code, a.name, a.parent_code, a.households, a.polygon, a.sketch)
        for a in town.areas
    ]


def _buildings(town: Town) -> list[BuildingInput]:
    return [
        BuildingInput(
            grid_code=b.grid_code,
            compound=b.compound,
            number=b.number,
            use=b.use,
            address=b.address,
            floors=b.floors,
            units=b.units,
            households=b.households,
            shape=b.footprint,
        )
        for b in town.buildings
    ]


def adopt_town(*, town: Town, now: datetime, since: datetime, progress: Progress) -> Adopted:
    """Write an invented town into the current county, valid since a moment in the past."""
    layers = [LayerInput(x.kind, x.name, x.rank, x.width_m, x.shape) for x in town.layers]
    return actions.adopt_places(
        now=now,
        areas=_areas(town),
        buildings=_buildings(town),
        layers=layers,
        valid_from=since,
        progress=progress,
    )
