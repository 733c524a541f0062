"""GeoPandas in, GeoPandas out: plan a town in a notebook or a script, without files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from onegrid.core.planning import Asked, Band, Effort, Wishes, plan
from onegrid.gis.errors import GisError
from onegrid.gis.reading import Layer
from onegrid.gis.results import Naming, Result, result
from onegrid.gis.systems import named
from onegrid.gis.towns import Sources, survey

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


@dataclass(frozen=True, eq=False)
class Frames:
    """A plan as frames in the coordinate system of the buildings.

    Attributes:
        grids: outlines with code, households, and why one is not as asked for.
        communities: the same of the level above; None when none were asked for.
        buildings: as they came, with the columns ``grid`` and ``community``.
        result: all that is known of the plan, for `onegrid.gis.report.page`.
    """

    grids: GeoDataFrame
    communities: GeoDataFrame | None
    buildings: GeoDataFrame
    result: Result


def plan_frame(
    buildings: GeoDataFrame,
    *,
    grids: tuple[float, float],
    communities: tuple[float, float] | None = None,
    barriers: GeoDataFrame | None = None,
    households: str | None = None,
    today: str | None = None,
    compounds: str | None = None,
    wishes: Wishes | None = None,
    effort: Effort | None = None,
    seed: int = 0,
) -> Frames:
    """Cut a town into grids and, if asked for, group these to communities.

    Args:
        buildings: points or outlines with a coordinate system.
        grids, communities: least and most households.
        barriers: what keeps grids apart, with tags of OpenStreetMap or a column of classes.
        households, today, compounds: headings of columns, where they are not the usual ones.

    Raises:
        GisError, BadRows: as `onegrid.gis.towns.survey`; no coordinate system is one of them.
        TownError: a band that is none, or nobody lives there.
    """
    from onegrid.core.planning.nest import group
    from onegrid.gis import writing

    found = survey(
        Sources(
            buildings=_layer(buildings, "buildings"),
            households=households,
            barriers=[] if barriers is None else [(_layer(barriers, "barriers"), None)],
            compounds=compounds,
            today=today,
        )
    )
    asked = Asked(Band(*grids), wishes=wishes or Wishes())
    made = plan(town=found.town, asked=asked, effort=effort, seed=seed)
    above = None
    if communities is not None:
        band = Band(*communities)
        upper = group(town=found.town, grids=made.labels, band=band, effort=effort, seed=seed)
        above = (upper, band)
    done = result(found, asked, made, communities=above, naming=Naming())
    return Frames(
        writing.grids(done).to_crs(buildings.crs),
        None if above is None else writing.communities(done).to_crs(buildings.crs),
        writing.buildings(done).to_crs(buildings.crs),
        done,
    )


def _layer(frame: GeoDataFrame, name: str) -> Layer:
    if frame.crs is None:
        raise GisError("gis.frame_crs", file=name)
    system = named(frame.crs.to_string(), name)
    return Layer(frame.reset_index(drop=True).to_crs(4326), name, system)
