"""Tags of the pages of plans. ``{% load onegrid_plans %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from onegrid.plans.terms import COMMUNITY_LEVEL, PLANNERS
from onegrid.web.edge import new_key

register = template.Library()


@register.simple_tag
def form_key() -> SafeString:
    """Return the hidden field with a fresh idempotency key; every form has its own."""
    return format_html('<input type="hidden" name="key" value="{}">', new_key())


@register.inclusion_tag("components/state_badge.html")
def draft_badge(row: Any, looks: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Show how far a draft has come."""
    family, icon = looks[row.status]
    return {"family": family, "icon": icon, "label": row.status_label}


@register.filter
def sees_plans(viewer: Any) -> bool:
    """Tell whether the menu leads to the plans."""
    return bool(viewer.has(*PLANNERS, *COMMUNITY_LEVEL))


@register.filter
def lookup(mapping: dict[str, Any], key: str) -> Any:
    """Return what stands under a key."""
    return mapping.get(key, "")
