"""Tags of calls and rosters. ``{% load onegrid_calls %}``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from onegrid.accounts.viewer import Viewer
from onegrid.calls.flow import Side, Stage
from onegrid.calls.queries.calls import CallRow
from onegrid.calls.queries.table import READERS
from onegrid.calls.terms import (
    ANSWERERS,
    CALLERS,
    DEED_LABELS,
    OVERSEERS,
    POINTS,
    SIDE_LABELS,
    STAGE_LABELS,
    Urgency,
)

register = template.Library()

#: Colour family and icon of each stage.
_LOOKS = {
    Stage.CALLED: ("amber", "bell"),
    Stage.SIGNED_IN: ("info", "navigation"),
    Stage.ARRIVED: ("pine", "map-pin"),
    Stage.REPORTED: ("jade", "clipboard-check"),
    Stage.ENDED: ("jade", "circle-check"),
    Stage.CALLED_OFF: ("quiet", "ban"),
}
_DEED_ICONS = {
    "open": "megaphone",
    "sign_in": "navigation",
    "arrive": "map-pin",
    "confirm_arrival": "map-pin",
    "report": "clipboard-check",
    "rate": "star",
    "call_off": "ban",
    "remind": "bell",
    "escalate": "triangle-alert",
    "end": "circle-check",
}


@register.inclusion_tag("components/state_badge.html")
def stage_badge(stage: str) -> dict[str, Any]:
    """Show where a call to one department stands."""
    family, name = _LOOKS[Stage(stage)]
    return {"family": family, "icon": name, "label": STAGE_LABELS[Stage(stage)]}


@register.filter
def urgency_label(urgency: str) -> Any:
    """Name an urgency."""
    return Urgency(urgency).label


@register.filter
def deed_label(deed: str) -> Any:
    """Name what happened."""
    return DEED_LABELS.get(deed, deed)  # type: ignore[call-overload]


@register.filter
def deed_icon(deed: str) -> str:
    """Return the icon of what happened."""
    return _DEED_ICONS.get(deed, "circle-dot")


@register.filter
def side_label(side: str) -> Any:
    """Name a side."""
    return SIDE_LABELS[Side(side)]


@register.filter
def rated_points(rated: Any) -> list[tuple[Any, int]]:
    """Return the points of a rating with their names."""
    return list(zip(POINTS[Side(rated.side)], rated.points, strict=True))


@register.filter
def sees_calls(viewer: Viewer | None) -> bool:
    """Tell whether the rail shows calls and rosters."""
    return viewer is not None and viewer.has(*CALLERS, *ANSWERERS, *OVERSEERS)


@register.filter
def has_duties(viewer: Viewer | None) -> bool:
    """Tell whether the viewer may be on duty."""
    return viewer is not None and viewer.has(*ANSWERERS)


@register.filter
def reads_table(viewer: Viewer | None) -> bool:
    """Tell whether the viewer reads the monthly table."""
    return viewer is not None and viewer.has(*READERS)


@register.filter
def signing(row: CallRow) -> str:
    """Say whether a team signed in in time."""
    if row.in_time is None:
        return _("not yet")
    return _("in time") if row.in_time else _("late")


@register.filter
def clock_time(at: datetime | None, start: datetime | None = None) -> str:
    """Say the time of day; the end of a day that began before is 24:00, else with its day."""
    if at is None:
        return ""
    local = localtime(at)
    if start is not None and local.date() != localtime(start).date():
        midnight = local.hour == local.minute == 0
        return "24:00" if midnight else f"{local:%m-%d %H:%M}"
    return f"{local:%H:%M}"
