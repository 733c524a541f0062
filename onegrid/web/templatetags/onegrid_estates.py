"""Tags of the register of estates. ``{% load onegrid_estates %}``."""

from __future__ import annotations

from typing import Any

from django import template

from onegrid.estates.terms import READERS

register = template.Library()


@register.filter
def sees_estates(viewer: Any) -> bool:
    """Tell whether the menu leads to the register."""
    return bool(viewer.has(*READERS))
