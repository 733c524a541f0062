"""What can be wrong with a table of places, each with its remedy."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "area.bad": _("Here %(reason)s. Correct this cell."),
        "area.outline": _(
            "This is no outline. Write a polygon as WKT or GeoJSON, in degrees, longitude first."
        ),
        "area.degrees": _(
            "The outline is not in degrees, or latitude comes first. Write longitude 118.83 "
            "before latitude 36.70."
        ),
        "area.county": _(
            "The code of this county is %(county)s. Correct it, or leave the row out."
        ),
        "area.taken": _(
            "There is an area with this code already: %(name)s. Give this one another code, or "
            "make the row the same."
        ),
        "area.outside": _(
            "Only %(percent)s %% of this outline lie within %(name)s. Check the column “system” "
            "and the area above."
        ),
        "area.early": _("%(name)s above it begins later. Begin this one at the same time."),
        "area.future": _("This time lies in the future. Bring the area in when it has begun."),
        "building.outline": _(
            "This is no footprint. Write a point or a polygon as WKT or GeoJSON, in degrees, "
            "longitude first."
        ),
        "building.no_place": _(
            "The place is missing. Fill in longitude and latitude, or the outline."
        ),
        "building.no_grid": _(
            "This place lies in no grid. Bring the grids in first, name the grid, or check the "
            "column “system”."
        ),
        "building.unknown_grid": _(
            "There is no grid with the code %(code)s. Correct it, or leave the cell empty: then "
            "the place decides."
        ),
        "building.twice": _("This address occurs twice. Add what tells the buildings apart."),
        "building.too_many": _("At most %(most)s are possible. Check this cell."),
        "building.elsewhere": _(
            "This place lies in %(name)s, which is outside of your street. Leave it to its street "
            "or to the county."
        ),
        "building.other_grid": _(
            "The building belongs to %(name)s, but its new place lies in %(other)s. Move it there "
            "with a draft first, or correct the place."
        ),
        "area.batch_used": _(
            "This batch cannot be taken back: its places are used by areas, buildings, units, "
            "cases or roles, e.g. %(name)s."
        ),
    }
)
