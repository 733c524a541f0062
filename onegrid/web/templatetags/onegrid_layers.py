"""Tags of the pages of layers. ``{% load onegrid_layers %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag(takes_context=True)
def without(context: Context, *names: str, **more: Any) -> str:
    """Return the query of this page without some parameters and with others."""
    query = context["request"].GET.copy()
    for name in names:
        query.pop(name, None)
    for name, value in more.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def spot(context: Context, place: Any) -> str:
    """Return the query of this page with the map around a place."""
    return without(context, at=f"{place.lon:.6f},{place.lat:.6f}")


@register.filter
def percent(share: float) -> str:
    """Write a share of 1 as per cent; what is there never looks like nothing."""
    hundredth = 100 * share
    return f"{hundredth:.1f} %" if 0 < hundredth < 10 else f"{hundredth:.0f} %"


@register.filter
def metres(number: int | None) -> str:
    """Write metres, or a line where there are none."""
    return "–" if number is None else f"{number} m"


@register.filter
def use_words(use: str) -> str:
    """Return what a use of buildings is called; a county's own word stays as it is."""
    known = {
        "residential": _("homes"),
        "lane_house": _("homes in lanes"),
        "walk_up": _("homes without lift"),
        "mid_rise": _("homes with lift"),
        "tower": _("high homes"),
        "high_slab": _("high long homes"),
        "school": _("schools"),
        "kindergarten": _("kindergartens"),
        "market": _("markets"),
        "office": _("offices"),
        "hospital": _("hospitals"),
        "workshop": _("workshops"),
        "service": _("community services"),
    }
    return known.get(use, use)
