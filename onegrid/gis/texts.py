"""One sentence for each code: what is wrong and what to do, or what was assumed.

English sentences are the identities of translations. Pages may register those of refusals.
"""

from __future__ import annotations

from collections.abc import Mapping


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


REFUSALS: Mapping[str, str] = {
    "gis.no_file": _(
        "%(file)s is no file on this machine. Save the data as a file here and name that."
    ),
    "gis.kind_unknown": _("%(file)s is of no kind that can be read. Save it as one of: %(known)s."),
    "gis.too_large": _(
        "%(file)s is larger than %(megabytes)s MB. Divide it, or leave columns and details out."
    ),
    "gis.empty": _("%(file)s holds no features. Export it again."),
    "gis.not_as_named": _(
        "%(file)s is not what its ending %(ending)s says. Save it again with the right ending."
    ),
    "gis.damaged": _("%(file)s is damaged or incomplete. Export it again."),
    "gis.reaches_out": _(
        "%(file)s refers to other places of the network. Export the features themselves."
    ),
    "gis.zip_layers": _(
        "%(file)s holds %(count)s shapefiles, not one. Pack one layer with its .shp, .shx, .dbf and .prj."
    ),
    "gis.which_layer": _("%(file)s has several layers. Name one by --layer: %(known)s."),
    "gis.no_layer": _("%(file)s has no layer %(layer)s. It has: %(known)s."),
    "gis.no_shapes": _("%(file)s holds no shapes. Export it with its geometry."),
    "gis.no_such_shapes": _(
        "%(file)s holds no shapes of the kind that is needed here: %(wanted)s. Choose another layer."
    ),
    "gis.not_a_table": _("%(file)s cannot be read as a table. Save it again as .xlsx or CSV."),
    "gis.encoding": _("%(file)s is in an unknown encoding. Save it again as CSV in UTF-8."),
    "gis.no_coordinates": _(
        "%(file)s has no columns of coordinates. Name them lon and lat (经度, 纬度) or x and y. "
        "It has: %(known)s."
    ),
    "gis.no_column": _("%(file)s has no column %(column)s. It has: %(known)s."),
    "gis.bad_rows": _("%(file)s: %(count)s rows have to be mended first."),
    "gis.number": _("“%(value)s” is no number from 0. Write digits only, or leave it empty."),
    "gis.coordinate": _("“%(value)s” is no coordinate. Write a number, as in 118.8301."),
    "gis.cell_empty": _("This cell is empty. Fill it in, or delete the row."),
    "gis.invalid": _(
        "The shape is not valid: %(reason)s. Correct it, or agree to have it mended (--repair)."
    ),
    "gis.far_away": _(
        "It lies far from all others, at %(place)s. Correct the coordinates, or delete the row."
    ),
    "gis.crs_unknown": _(
        "%(file)s does not say its coordinate system. Choose one by --crs: %(candidates)s."
    ),
    "gis.crs_not_so": _(
        "%(file)s says degrees, but its numbers are none. Choose its coordinate system by --crs: "
        "%(candidates)s."
    ),
    "gis.crs_degrees": _(
        "%(file)s names a system in metres, but its numbers are degrees. Choose its coordinate system "
        "by --crs: %(candidates)s."
    ),
    "gis.crs_none": _(
        "The coordinates of %(file)s fit no system that is known here. Export it in longitude and "
        "latitude (WGS 84 or CGCS2000)."
    ),
    "gis.frame_crs": _(
        "The frame %(file)s has no coordinate system. Set it, for example by set_crs(4490)."
    ),
    "gis.crs_not_known": _(
        "“%(value)s” is no coordinate system. Write wgs84, gcj02, bd09 or a code like EPSG:4547."
    ),
    "gis.crs_impossible": _(
        "%(file)s has no coordinates of this system. Choose another one by --crs."
    ),
    "gis.swapped": _(
        "%(file)s has latitude before longitude. Swap the two: longitude (about 119) comes first."
    ),
    "gis.households_unknown": _(
        "%(file)s has points and no column of households. Name it by --households, or bring outlines "
        "of buildings: then households are estimated."
    ),
    "gis.barrier_class": _(
        "Nothing in %(file)s says whether it holds roads, rivers or railways. Write it behind the "
        "name, as in roads.geojson:main_road, rivers.geojson:river, rails.geojson:railway."
    ),
    "gis.cannot_write": _("%(file)s cannot be written: %(reason)s"),
    "gis.no_folder": _(
        "%(file)s cannot be written to %(folder)s. Name a folder that may be written to."
    ),
    "gis.kind_of_plan": _("A plan is written as .gpkg or .geojson, not as %(file)s."),
    "town.empty": _("There are no buildings."),
    "town.lengths_differ": _("The lists of buildings differ in length. Import the files again."),
    "town.place_missing": _("A building has no place. Complete its coordinates."),
    "town.households_bad": _("The households of a building are no number from 0. Correct them."),
    "town.edge_unknown": _("A pair of neighbours names a building that is not there."),
    "town.edge_to_itself": _("A building is named as its own neighbour."),
    "town.border_bad": _("The length of a border is no number from 0."),
    "town.workload_bad": _("The workload of a building is no number from 0. Correct it."),
    "town.station_bad": _("A station has no place. Complete its coordinates."),
    "town.nobody_lives_here": _(
        "No building has households. Name the column of households by --households."
    ),
    "band.bad": _(
        "The band of households is no band. Write the least and the most, as in 300:500."
    ),
}
NOTES: Mapping[str, str] = {
    "note.read": _("%(file)s: %(count)s features, coordinate system %(system)s."),
    "note.wgs84_by_format": _(
        "%(file)s: files of this kind are in WGS 84; if it was drawn on a public Chinese map, plan again "
        "with --crs gcj02 (bd09 for Baidu)."
    ),
    "note.repaired": _(
        "%(file)s: %(count)s shapes were not valid and were mended; the ground of %(changed)s changed."
    ),
    "note.empty": _("%(file)s: %(count)s features without a shape were left out."),
    "note.other_kinds": _("%(file)s: %(count)s features of another kind of shape were left out."),
    "note.taken_apart": _("%(file)s: %(features)s features were taken apart into %(parts)s."),
    "note.same_place": _(
        "%(file)s: %(count)s features have the shape of another one and were joined with it."
    ),
    "note.counted": _(
        "Households are those of the column %(column)s; %(empty)s empty cells count as none."
    ),
    "note.estimated_by_floors": _(
        "Households are estimated: floor area by %(area)s m², floors from the column %(column)s; "
        "%(unknown)s buildings without a number count one floor."
    ),
    "note.estimated_by_both": _(
        "Households are estimated: floor area by %(area)s m², floors from the column %(column)s, else one "
        "for each 3 m of the column %(other)s; %(unknown)s buildings with neither count one floor."
    ),
    "note.estimated_by_height": _(
        "Households are estimated: floor area by %(area)s m², one floor for each 3 m of the column "
        "%(column)s; %(unknown)s buildings without a number count one floor."
    ),
    "note.estimated_by_ground": _(
        "Households are estimated: ground floor area by %(area)s m²; no column says floors or height, so "
        "each building counts one floor."
    ),
    "note.not_lived_in": _(
        "Nobody lives in %(count)s buildings by the column %(column)s (offices, shops, schools …)."
    ),
    "note.barriers": _(
        "%(file)s: %(roads)s main roads, %(rivers)s rivers and waters, %(rails)s railways that no grid "
        "crosses."
    ),
    "note.barriers_unknown": _(
        "%(file)s: %(count)s features were left out, because it is not known what they are: %(words)s."
    ),
    "note.no_barriers": _(
        "No main roads, rivers or railways were given: grids may reach across them. Bring them by "
        "--barriers."
    ),
    "note.compound_column": _("Compounds are those of the column %(column)s: %(count)s."),
    "note.compound_layer": _("%(file)s: %(count)s compounds; %(outside)s buildings lie in none."),
    "note.today_column": _("Today's grids are those of the column %(column)s: %(count)s."),
    "note.today_layer": _("%(file)s: %(count)s grids of today; %(outside)s buildings lie in none."),
    "note.stations": _("%(file)s: %(count)s stations."),
    "note.by": _("Each of the %(count)s values of the column %(column)s was planned by itself."),
    "note.no_gap": _(
        "How far the plan is from the best possible could not be shown: too little time, or a grid is out "
        "of the band that might be within it."
    ),
    "note.cut_short": _("Planning was ended by hand; this is the best plan until then."),
}
TEXTS: Mapping[str, str] = {**REFUSALS, **NOTES}
#: why a shape is not valid, by GEOS's own words
FAULTS: Mapping[str, str] = {
    "Self-intersection": _("the border crosses itself"),
    "Ring Self-intersection": _("the border touches itself"),
    "Hole lies outside shell": _("a hole lies outside the outline"),
    "Nested holes": _("one hole lies in another"),
    "Nested shells": _("one part lies in another"),
    "Interior is disconnected": _("the inside falls apart"),
    "Too few points in geometry component": _("there are too few corners"),
    "Duplicate Rings": _("a ring stands there twice"),
    "Invalid Coordinate": _("a coordinate is no number"),
    "Ring is not closed": _("the ring is not closed"),
}
FAULT_AT = _("%(what)s at %(place)s")
