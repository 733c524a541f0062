"""From layers to a town that can be planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onegrid.core.planning import Barrier, Town, make_town
from onegrid.gis import barriers as kinds
from onegrid.gis import columns, households, shapes, systems
from onegrid.gis.barriers import Barriers
from onegrid.gis.cells import Cells, make_cells
from onegrid.gis.errors import BadRows, Note, Problem
from onegrid.gis.neighbours import neighbours
from onegrid.gis.reading import Layer

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: column that holds the households of each unit
HOUSEHOLDS = "households"


@dataclass(frozen=True, eq=False)
class Sources:
    """The layers a town is made of.

    Attributes:
        buildings: the units.
        households: heading of the column with their households; None: the usual headings.
        barriers: layers, each with the class of all its features or None.
        compounds, today: areas in a layer of their own, or the heading of a column.
        outline: the area that has to be divided.
        stations: where people are served: points, or areas by their middles.
        repair: invalid shapes may be mended.
    """

    buildings: Layer
    households: str | None = None
    barriers: Sequence[tuple[Layer, Barrier | None]] = ()
    compounds: Layer | str | None = None
    today: Layer | str | None = None
    outline: Layer | None = None
    stations: Layer | None = None
    repair: bool = False


@dataclass(frozen=True, eq=False)
class Surveyed:
    """A town with what is needed to draw and to write a plan of it.

    Attributes:
        town: what is planned.
        frame: its n buildings, in metres; the column `HOUSEHOLDS` is filled.
        cells: the ground of each.
        barriers: lines and areas in metres.
        today: names of today's grids; `town.today` numbers them.
        outline: the area that has to be divided, metres; None when not given.
        stations: names of the stations, `town.stations` has their places.
        system: coordinate system of the file of buildings.
        notes: what was assumed and done.
    """

    town: Town
    frame: GeoDataFrame
    cells: Cells
    barriers: Barriers | None
    today: tuple[str, ...]
    outline: Any
    system: str
    notes: tuple[Note, ...]
    stations: tuple[str, ...] = ()


def survey(sources: Sources) -> Surveyed:
    """Make a town: households, neighbours, barriers, compounds and today's grids.

    Raises:
        BadRows: invalid shapes without consent to mend them, or cells that cannot be read.
        GisError: something is missing or not to be understood.
        TownError: nobody lives there.
    """
    units, metres = _units(sources)
    frame = units.frame
    middles = _middles(frame)
    barriers, told = _barriers(sources, metres)
    outline = _outline(sources, metres)
    cells = make_cells(frame.geometry.to_numpy(), middles, barriers, outline)
    found = neighbours(cells, middles, barriers)
    compound, _, about = _membership(sources.compounds, units, metres, middles, "compound")
    today, names, now = _membership(sources.today, units, metres, middles, "today")
    places, served = _stations(sources, metres)
    town = make_town(
        xy=middles,
        households=frame[HOUSEHOLDS].to_numpy(),
        edges=found.edges,
        shared=found.shared,
        barrier=found.barrier,
        compound=compound,
        area=found.area,
        outer=found.outer,
        today=today,
        workload=_workload(units),
        stations=places,
    )
    return Surveyed(
        town=town,
        frame=frame,
        cells=cells,
        barriers=barriers,
        today=names,
        outline=outline,
        system=sources.buildings.system,
        notes=(*units.notes, *told, *about, *now, *_noted(sources.stations, served)),
        stations=served,
    )


def _units(sources: Sources) -> tuple[Layer, str]:
    """Return buildings in metres, with their households, each place once.

    A feature of many parts with a number of households stays one; without, each part is a building.
    """
    layer = shapes.numbered(sources.buildings)
    column = households.counted(layer, sources.households)
    if column is None:
        layer = shapes.taken_apart(layer)
    layer = shapes.sound(layer, repair=sources.repair)
    estimate = column is None and "area" in shapes.kinds(layer.frame)
    layer = shapes.only(layer, *(("area",) if estimate else ("area", "point")))
    if column is not None:
        layer = layer.but(layer.frame.assign(_counted=households.read(layer, column)))
    layer = shapes.once(layer, add=() if column is None else ("_counted",))
    metres = systems.local_metres(layer.frame)
    layer = layer.but(layer.frame.to_crs(metres).reset_index(drop=True))
    return _estimated(layer) if column is None else _filled(layer, column), metres


def _estimated(layer: Layer) -> Layer:
    found, notes = households.estimated(layer, layer.frame.area.to_numpy())
    return layer.but(layer.frame.assign(**{HOUSEHOLDS: found}), *notes)


def _filled(layer: Layer, column: str) -> Layer:
    """Take the counted households; where the cell is empty, estimate or count none."""
    counted = layer.frame["_counted"].to_numpy(dtype=np.float64)
    empty = np.isnan(counted)
    rest = layer.frame.drop(columns="_counted")
    note = Note("note.counted", {"column": column, "empty": int(empty.sum())})
    return layer.but(rest.assign(**{HOUSEHOLDS: np.nan_to_num(counted)}), note)


def _middles(frame: GeoDataFrame) -> Floats:
    """Return a point of each building: the middle of its area where that lies inside."""
    import shapely

    geometry = frame.geometry.to_numpy()
    middle = shapely.centroid(geometry)
    areas = shapely.get_dimensions(geometry) == 2
    outside = areas & ~shapely.intersects(geometry, middle)
    middle[outside] = shapely.point_on_surface(geometry[outside])
    return np.asarray(shapely.get_coordinates(middle), dtype=np.float64)


def _barriers(sources: Sources, metres: str) -> tuple[Barriers | None, tuple[Note, ...]]:
    import shapely

    geometry, classes, notes = [], [], []
    for layer, given in sources.barriers:
        sound = shapes.only(shapes.sound(layer, repair=sources.repair), "line", "area")
        found, told = kinds.classified(sound, given)
        kept = found >= Barrier.SMALL_ROAD
        geometry.append(sound.frame[kept].to_crs(metres).geometry.to_numpy())
        classes.append(found[kept])
        notes += [*sound.notes, *told]
    if not geometry:
        return None, (Note("note.no_barriers"),)
    parts, row = shapely.get_parts(np.concatenate(geometry), return_index=True)
    return Barriers(parts, np.concatenate(classes)[row]), tuple(notes)


def _outline(sources: Sources, metres: str) -> Any:
    if sources.outline is None:
        return None
    sound = shapes.only(shapes.sound(sources.outline, repair=sources.repair), "area")
    return sound.frame.to_crs(metres).union_all()


def _stations(sources: Sources, metres: str) -> tuple[Floats | None, tuple[str, ...]]:
    """Return (s, 2) places of the stations and their names; those without one are numbered."""
    if sources.stations is None:
        return None, ()
    sound = shapes.sound(sources.stations, repair=sources.repair)
    frame = shapes.only(sound, "point", "area").frame.to_crs(metres).reset_index(drop=True)
    heading = columns.find(frame, "name")
    names = frame[heading].fillna("").astype(str).str.strip() if heading else [""] * len(frame)
    told = tuple(name or str(row) for row, name in enumerate(names, start=1))
    return _middles(frame), told


def _noted(layer: Layer | None, stations: tuple[str, ...]) -> tuple[Note, ...]:
    if layer is None:
        return ()
    return (*layer.notes, Note("note.stations", {"file": layer.file, "count": len(stations)}))


def _membership(
    source: Layer | str | None, units: Layer, metres: str, middles: Floats, what: str
) -> tuple[Ints | None, tuple[str, ...], tuple[Note, ...]]:
    """Return in which compound or grid of today each building lies, their names, and notes."""
    if isinstance(source, Layer):
        return _inside(source, metres, middles, what)
    heading = (
        columns.named(units.frame, source, units.file)
        if source
        else columns.find(units.frame, what)
    )
    if heading is None:
        return None, (), ()
    found = columns.classes(units.frame[heading])
    names = _names(units.frame, heading, found)
    note = Note(f"note.{what}_column", {"column": heading, "count": len(names)})
    return found, names, (note,)


def parts(found: Surveyed, heading: str, file: str) -> tuple[str, Ints, tuple[str, ...]]:
    """Return a column of the buildings as it is written, the number of each value, and its name.

    Raises:
        GisError: there is no such column.
        BadRows: empty cells.
    """
    heading = columns.named(found.frame, heading, file)
    part = columns.classes(found.frame[heading])
    rows = found.frame[shapes.SOURCE_ROW].to_numpy()[part < 0]
    if len(rows):
        empty = [Problem(int(row), heading, "gis.cell_empty") for row in rows[:200]]
        raise BadRows(file, empty)
    return heading, part, _names(found.frame, heading, part)


def _names(frame: GeoDataFrame, heading: str, of: Ints) -> tuple[str, ...]:
    """Return what the cells of a column say, by their number."""
    names = frame[heading].astype("string").str.strip().to_numpy()
    numbers, first = np.unique(of, return_index=True)
    return tuple(str(names[row]) for row in first[numbers >= 0])


def _inside(
    layer: Layer, metres: str, middles: Floats, what: str
) -> tuple[Ints, tuple[str, ...], tuple[Note, ...]]:
    """Find the area around each building; where areas overlap, the smallest counts."""
    import shapely

    areas = shapes.only(shapes.sound(layer, repair=True), "area").frame.to_crs(metres)
    order = np.argsort(-areas.area.to_numpy(), kind="stable")
    tree = shapely.STRtree(areas.geometry.to_numpy()[order])
    rows, hit = tree.query(shapely.points(middles), predicate="intersects")
    found = np.full(len(middles), -1, dtype=np.int64)
    np.maximum.at(found, rows, hit)
    found = np.where(found >= 0, order[found], -1)
    heading = next(
        (name for name in (columns.find(areas, key) for key in (what, "name")) if name), None
    )
    names = areas[heading].astype(str) if heading else [str(row + 1) for row in range(len(areas))]
    params = {"file": layer.file, "count": len(areas), "outside": int((found < 0).sum())}
    return found, tuple(names), (*layer.notes, Note(f"note.{what}_layer", params))


def _workload(units: Layer) -> Floats | None:
    heading = columns.find(units.frame, "workload")
    if heading is None:
        return None
    found = columns.numbers(units.frame[heading], file=units.file, first_row=units.first_row)
    return np.nan_to_num(found)
