"""Hand the invented town over to the product's own import."""

from __future__ import annotations

from datetime import datetime

from onegrid.demo.town import Town
from onegrid.grids import actions
from onegrid.grids.ports import Adopted, AreaInput, BuildingInput, LayerInput, Progress


def _areas(town: Town) -> list[AreaInput]:
    """Return the areas of the cut before: those of today but for grids and urban communities."""
    homes: dict[str, int] = {}
    for one in town.buildings:
        for code in (one.earlier_code, one.earlier_code[:12]):
            homes[code] = homes.get(code, 0) + one.households
    stay = [a for a in town.areas if a.level != "grid" and (a.level != "community" or a.sketch)]
    return [
        AreaInput(
            a.level, a.code, a.name, a.parent_code, homes.get(a.code, a.households), a.polygon,
            a.sketch,
        )
        for a in (*stay, *town.earlier)
    ]  # fmt: skip


def _buildings(town: Town) -> list[BuildingInput]:
    return [
        BuildingInput(
            grid_code=b.earlier_code,
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
    """Write an invented town as it was cut before, valid since a moment in the past."""
    layers = [LayerInput(x.kind, x.name, x.rank, x.width_m, x.shape) for x in town.layers]
    return actions.adopt_places(
        now=now,
        areas=_areas(town),
        buildings=_buildings(town),
        layers=layers,
        valid_from=since,
        progress=progress,
    )
