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
        "area.batch_used": _(
            "This batch cannot be taken back: its places are used by areas, buildings, units, "
            "cases or roles, e.g. %(name)s."
        ),
    }
)
