"""What the signs of the map mean."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from onegrid.core.planning import Barrier
from onegrid.gis.report.colours import PALETTE
from onegrid.gis.report.drawing import LINES, station_sign
from onegrid.gis.report.markup import tag
from onegrid.gis.report.reasons import barrier_name
from onegrid.gis.results import Result
from onegrid.gis.words import Say


def key(result: Result, _: Say) -> Element:
    """Return the signs that occur on the map of a plan, with their names."""
    lines = [_item(_field(PALETTE[0]), _("grid; neighbours differ in colour"))]
    found = result.measures
    if not (found.within & found.connected).all():
        hatched = tag("path", d="M0 14L14 0M7 14L21 0M14 14L28 0", stroke="#b00020")
        lines.append(_item(_sign(hatched), _("out of the band or in pieces")))
    barriers = result.surveyed.barriers
    for kind in Barrier:
        if barriers is not None and kind in LINES and (barriers.classes == kind).any():
            colour, width, dash = LINES[kind]
            line = tag(
                "path", d="M0 7H28", stroke=colour, stroke_width=width, stroke_dasharray=dash
            )
            lines.append(_item(_sign(line), barrier_name(kind, _)))
    if result.communities is not None:
        line = tag("path", d="M0 7H28", stroke="#1b1f24", stroke_width="2.6")
        lines.append(_item(_sign(line), _("border of a community")))
    if len(result.surveyed.town.stations):
        lines.append(_item(_sign(station_sign(14, 14)), _("station")))
    return tag("ul", *lines, class_="key")


def _field(colour: str) -> Element:
    return _sign(tag("rect", width="28", height="14", fill=colour))


def _sign(inside: Element) -> Element:
    return tag("svg", inside, viewBox="0 0 28 14", width="28", height="14", aria_hidden="true",
               xmlns="http://www.w3.org/2000/svg")  # fmt: skip


def _item(sign: Element, name: str) -> Element:
    return tag("li", sign, name)
