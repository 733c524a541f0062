"""Sentences about layers, about the question who is responsible, and about siting."""

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register
from onegrid.gis.texts import REFUSALS

#: said otherwise than on a command line
_LAYERS = {
    "gis.crs_unknown": _(
        "%(file)s does not say in which coordinate system it is. Choose the one that puts it where "
        "it belongs."
    ),
    "gis.crs_not_so": _(
        "%(file)s says that it is in degrees, but its numbers are none. Choose the system that "
        "puts it where it belongs."
    ),
    "gis.crs_degrees": _(
        "%(file)s names a system in metres, but its numbers are degrees. Choose the system that "
        "puts it where it belongs."
    ),
    "gis.crs_impossible": _("%(file)s has no coordinates of this system. Choose another one."),
    "gis.invalid": _("The shape is not valid: %(reason)s"),
    "gis.which_layer": _(
        "%(file)s has several layers: %(known)s. Export the one that is meant as a file of its own."
    ),
    "gis.no_such_shapes": _(
        "%(file)s holds no shapes that this kind of layer needs. Departments' grids, today's grids "
        "and compounds need outlines, barriers lines or outlines, buildings points or outlines."
    ),
    "gis.barrier_class": _(
        "Nothing in %(file)s says whether it shows roads, rivers or railways. Say what all of it "
        "is, or add a column “class” with main road, small road, river or railway for each row."
    ),
    "note.barriers": _(
        "%(roads)s main roads, %(rivers)s rivers and waters, %(rails)s railways that no grid "
        "crosses."
    ),
    "note.barriers_unknown": _(
        "%(count)s features keep nobody apart, because it is not known what they are: %(words)s."
    ),
    "note.read": _("%(count)s features, coordinate system %(system)s."),
    "note.wgs84_by_format": _(
        "Files of this kind are taken to be in GPS coordinates (WGS 84). If it was drawn on a "
        "public Chinese map, choose that map below."
    ),
    "note.repaired": _("%(count)s shapes were not valid and are mended."),
    "note.empty": _("%(count)s features without a shape are left out."),
    "note.other_kinds": _("%(count)s features of another kind of shape are left out."),
    "note.outlines": _("%(corners)s corners make %(count)s outlines."),
    "layer.no_code": _(
        "%(file)s has no column with a code (编号), so its corners cannot be put together to "
        "outlines. It has: %(known)s. Use the template."
    ),
    "layer.few_corners": _(
        "This outline has too few corners; at least %(least)s are needed. Add the rows "
        "that are missing."
    ),
    "layer.too_many": _(
        "%(file)s has more than %(most)s features. Divide it, for example by street."
    ),
    "layer.broke_off": _(
        "%(file)s could not be read in time, or needs too much memory. Divide it, or leave "
        "details out."
    ),
    "layer.kind": _("Choose what the file shows."),
    "layer.name": _("Give the layer a name of at most %(most)s characters."),
    "layer.file": _("Choose a file."),
    "layer.expired": _("The checked file is no longer kept. Choose it again."),
    "layer.not_found": _("There is no such layer."),
    "layer.undone": _("This layer was taken back before."),
    "layer.no_cells": _(
        "A draft starts from today's grids or a department's grids. This layer shows none."
    ),
    "layer.no_buildings": _("This layer shows no buildings, so it cannot go into the register."),
    "layer.address_column": _(
        "Choose the column with the address; or those of compound and number, which make it."
    ),
    "layer.households_column": _("Choose the column with the households."),
    "layer.register_changed": _(
        "The register of buildings has changed since you looked. Look again before you say yes."
    ),
    "layer.elsewhere": _(
        "No building of this area lies in a cell of the layer. Choose another area, or check the "
        "coordinate system of the layer."
    ),
    "siting.not_found": _("There is no such siting draft, or it belongs to another street."),
    "siting.scope": _("Choose a street or the county."),
    "siting.purpose": _("Choose what shall stand there."),
    "siting.aim": _("Choose what the sites shall be good at."),
    "siting.reach": _("The reach is between %(least)s and %(most)s metres."),
    "siting.stations": _("Write how many sites there shall be, from 1 to %(most)s."),
    "siting.candidates": _("Choose at least one use of buildings, or a layer, as candidates."),
    "town.nobody_lives_here": _(
        "No building here has households. Bring the households of the buildings in first."
    ),
    "sites.too_few_candidates": _(
        "There are fewer candidates than sites. Choose more uses, or ask for fewer sites."
    ),
    "sites.too_many_exist": _(
        "More sites stand already than were asked for. Ask for more; those that stand count too."
    ),
    "sites.candidate_unknown": _(
        "A candidate is no building of this place. Import the layer again."
    ),
    "sites.unasked": _("Say how many sites there shall be, or how far people may walk."),
    "sites.capacity_short": _("So many sites cannot serve everybody. Ask for more."),
    "overlay.kinds": _("Choose between one and eight layers of departments."),
    "overlay.no_grids": _(
        "There are no grids on that day. Bring the places of the county in first."
    ),
}
register(
    {
        "responsible.where": _("Choose a building, or a place on the map."),
        "responsible.day": _("This is no day. Write year, month and day, for example 2026-03-01."),
        **{
            code: _(said)
            for code, said in REFUSALS.items()
            if code.startswith(("gis.", "town.", "band.")) and code not in _LAYERS
        },
        **_LAYERS,
    }
)
