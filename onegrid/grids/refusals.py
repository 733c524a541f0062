"""What is said when a place cannot be taken."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SYSTEM = _(
    "This position seems to come from a map with shifted coordinates (%(system)s). "
    "Choose that system, or pick the place on the map or from the address list."
)

TEXTS: dict[str, str | Promise] = {
    "place.not_a_number": _("The position is not a number. Pick the place on the map again."),
    "place.outside_county": _(
        "This place is outside the county. "
        "Pick a place inside it, or call the hotline of that place."
    ),
    "place.looks_swapped": _(
        "Longitude and latitude seem to be swapped. Enter the longitude first."
    ),
    "place.looks_scaled": _("The position is not in degrees. Write it like 118.83, 36.70."),
    "place.looks_projected": _(
        "The position is in metres. Write it in degrees like 118.83, 36.70."
    ),
    "place.looks_like_gcj02": _SYSTEM,
    "place.looks_like_bd09": _SYSTEM,
    "place.no_plan": _("This county has no map yet. Describe the place in words instead."),
    "place.not_outlined": _(
        "No community of which the outline is known lies here. "
        "Choose the community from the address list, or describe the place in words."
    ),
    "place.unknown_system": _("The coordinate system %(system)s is not known. Use %(known)s."),
    "place.unknown_building": _("This building is not in the list. Choose it again."),
    "place.unknown_area": _("This area is not in the list. Choose it again."),
    "place.unknown_layer": _("There is no map layer of this name."),
    "place.already_there": _("This county already has places. Nothing was changed."),
    "place.row_bad": _(
        "Row %(row)s (%(item)s): %(reason)s. Nothing was imported; correct the row and try again."
    ),
}
