"""Tags of the pages: icons, time left, badges, fields, phases. ``{% load onegrid_ui %}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onegrid.accounts.terms import Role
from onegrid.cases.terms import ACTION_LABELS, STATE_LABELS, CaseClass, Channel
from onegrid.core.calendar import WALL_CLOCK
from onegrid.core.clock import ClockState
from onegrid.core.flow import Action, State
from onegrid.web import words

register = template.Library()

#: Share of the allowed time at which the colour changes (case workflow: traffic light).
_YELLOW, _RED, _BLACK = 0.7, 1.0, 3.0
#: Per cent of a bar that shows at least, so that a clock just begun does not look like none.
_LEAST_BAR = 3
_LEVEL_ICONS = {
    "green": "clock",
    "yellow": "hourglass",
    "red": "triangle-alert",
    "black": "siren",
    "pause": "pause",
    "end": "circle-check",
    "late": "circle-check",
    "none": "clock",
}
#: How a clock that does not run is shown.
_STANDINGS = {
    ClockState.PAUSED: "pause",
    ClockState.MET: "end",
    ClockState.LATE_MET: "late",
    ClockState.DROPPED: "end",
}
#: Colour family and icon of each state of a case.
_STATE_LOOKS = {
    "draft": ("quiet", "pencil"),
    "registered": ("info", "inbox"),
    "triage": ("info", "search"),
    "info_wait": ("amber", "message-circle-question-mark"),
    "not_accepted": ("quiet", "ban"),
    "classified": ("info", "tag"),
    "dispatched": ("info", "send"),
    "return_req": ("amber", "undo-2"),
    "arbitration": ("amber", "scale"),
    "accepted": ("pine", "clipboard-check"),
    "in_progress": ("pine", "wrench"),
    "planned": ("pine", "calendar-days"),
    "on_hold": ("amber", "pause"),
    "external": ("info", "external-link"),
    "merged": ("quiet", "workflow"),
    "done": ("jade", "check"),
    "verify": ("jade", "eye"),
    "callback": ("amber", "phone-call"),
    "closed": ("jade", "circle-check"),
    "reopen_req": ("red", "rotate-ccw"),
    "reopened": ("red", "rotate-ccw"),
    "withdrawn": ("quiet", "undo-2"),
}


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("onegrid/icons.svg")


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Return an icon of the sprite; without a label it is hidden from screen readers."""
    classes = f"icon {css}".strip()
    use = format_html('<use href="{}#{}"></use>', _sprite(), name)
    if label:
        words = 'role="img" aria-label="{}"'
        return format_html('<svg class="{}" ' + words + ">{}</svg>", classes, label, use)
    return format_html('<svg class="{}" aria-hidden="true">{}</svg>', classes, use)


@register.filter
def duration(value: timedelta | float | None) -> str:
    """Say a length of time in its two largest units; plain numbers are seconds."""
    if value is None:
        return ""
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    minutes = int(abs(seconds) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        ngettext("%(n)d day", "%(n)d days", days) % {"n": days} if days else "",
        ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours} if hours else "",
        ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest} if rest and not days else "",
    ]
    said = [part for part in parts if part]
    if len(said) == 2:
        return _("%(larger)s %(smaller)s") % {"larger": said[0], "smaller": said[1]}
    return said[0] if said else _("less than a minute")


@register.filter
def since(value: datetime | None, now: datetime | None = None) -> str:
    """Say how long ago a moment was."""
    if value is None:
        return ""
    gone = (now or timezone.now()) - value
    return (
        _("%(time)s ago") % {"time": duration(gone)}
        if gone >= timedelta(minutes=1)
        else _("just now")
    )


@register.filter
def moment(value: datetime | None, now: datetime | None = None) -> str:
    """Say day and time in local time; the year only when it is not this one."""
    if value is None:
        return ""
    local, today = timezone.localtime(value), timezone.localtime(now or timezone.now())
    words = {"y": local.year, "m": local.month, "d": local.day, "time": f"{local:%H:%M}"}
    if local.date() == today.date():
        return _("today %(time)s") % words
    if local.year == today.year:
        return _("%(d)d/%(m)d %(time)s") % words
    return _("%(d)d/%(m)d/%(y)d %(time)s") % words


@register.filter
def moment_parts(value: datetime | None, now: datetime | None = None) -> list[str]:
    """Return day and time of a moment apart, for narrow columns."""
    return moment(value, now).rsplit(" ", 1)


def level_of(due: datetime, start: datetime | None, now: datetime) -> str:
    """Return the colour of a clock: green, yellow, red or black.

    Args:
        start: when the clock began; without it yellow begins an hour before the end.
    """
    if start is None or due <= start:
        left = due - now
        return "red" if left <= timedelta(0) else "yellow" if left < timedelta(hours=1) else "green"
    return level_of_share((now - start) / (due - start))


def level_of_share(share: float) -> str:
    """Return the colour for a used-up share of the allowed time."""
    if share >= _BLACK:
        return "black"
    return "red" if share >= _RED else "yellow" if share >= _YELLOW else "green"


@register.inclusion_tag("components/time_left.html")
def time_left(
    due: datetime | None,
    start: datetime | None = None,
    now: datetime | None = None,
    label: str = "",
    standing: str = "",
) -> dict[str, Any]:
    """Show the time left of one clock.

    Args:
        label: which clock it is, shown in front.
        standing: ``pause`` or ``end`` when the clock does not run.
    """
    moment_now = now or timezone.now()
    level = standing or (level_of(due, start, moment_now) if due else "none")
    left = due - moment_now if due else None
    late = left is not None and left < timedelta(0)
    return {
        "due": due,
        "start": start,
        "label": label,
        "level": level,
        "icon": _LEVEL_ICONS[level],
        "late": late,
        "runs": bool(due) and not standing,
        "words": duration(left),
        "now": moment_now,
    }


@register.inclusion_tag("components/state_badge.html")
def state_badge(state: str, label: str = "") -> dict[str, Any]:
    """Show the state of a case; colour, icon and, unless given, words follow the state."""
    family, name = _STATE_LOOKS.get(str(state), ("quiet", "circle"))
    return {"family": family, "icon": name, "label": label or STATE_LABELS[State(state)]}


@register.inclusion_tag("components/class_badge.html")
def class_badge(case_class: str, confirmed: bool = True) -> dict[str, Any]:
    """Show the class of a case; an unconfirmed proposal is marked."""
    return {"label": CaseClass(case_class).label if case_class else "", "confirmed": confirmed}


@register.inclusion_tag("components/phase_line.html")
def phase_line(
    steps: Sequence[words.Stepped], state: str, now: datetime | None = None
) -> dict[str, Any]:
    """Show the five phases of a case like a parcel's way, from its steps and its state."""
    return {"phases": words.phase_marks(steps, state), "now": now}


@register.inclusion_tag("components/clock.html")
def clock(view: Any, now: datetime | None = None) -> dict[str, Any]:
    """Show one clock with its bar; ``view`` is a clock of `case_detail`."""
    reading = view.reading
    standing = _STANDINGS.get(reading.state, "")
    percent = min(100, round(100 * (reading.fraction or 0)))
    return {
        "label": words.CLOCK_LABELS[reading.kind],
        "reading": reading,
        "basis": view.basis,
        "standing": standing,
        "said": words.CLOCK_STATES[reading.state],
        "percent": percent,
        "shown": max(_LEAST_BAR, percent),
        "icon": _LEVEL_ICONS[standing or "none"],
        "level": level_of_share(reading.fraction or 0),
        "now": now,
    }


@register.filter
def grid_of(community: str | None, grid: str | None) -> str:
    """Name a community and its grid; a grid named after its community says both."""
    community, grid = community or "", grid or ""
    return grid if grid.startswith(community) else f"{community} {grid}".strip()


@register.simple_tag
def class_name(case_class: str) -> str:
    """Name a class in plain words."""
    return str(CaseClass(case_class).label)


@register.filter
def clock_label(kind: Any) -> Any:
    """Name a clock."""
    return words.CLOCK_LABELS.get(kind, kind)


@register.filter
def calendar_label(name: str) -> str:
    """Name a calendar of duty; the wall clock has no name of the county."""
    return _("every hour of the day") if name == WALL_CLOCK.name else name


@register.filter
def line_label(code: Any) -> Any:
    """Say what a line of a clock's explanation means."""
    return words.LINE_LABELS.get(code, code)


@register.filter
def action_label(action: str) -> Any:
    """Name an action on a case."""
    return ACTION_LABELS[Action(action)] if action in set(Action) else action


@register.filter
def action_icon(action: str) -> str:
    """Return the icon of an action in the timeline."""
    return words.step_icon(action) if action in set(Action) else "circle-dot"


@register.filter
def role_label(role: str) -> Any:
    """Name a role; what nobody did was done by the product itself."""
    if role == "system":
        return _("the system")
    return Role(role).label if role in Role.values else role


@register.filter
def channel_label(channel: str) -> Any:
    """Name the channel by which a request came."""
    return Channel(channel).label if channel in Channel.values else channel


@register.inclusion_tag("components/sort_head.html", takes_context=True)
def sort_head(context: Context, key: str, label: str, css: str = "") -> dict[str, Any]:
    """Show a table head that sorts by ``?order=key`` and, when pressed again, ``-key``."""
    query = context["request"].GET.copy()
    current = query.get("order", context.get("order", ""))
    turned = "ascending" if current == key else "descending" if current == f"-{key}" else "none"
    query["order"] = f"-{key}" if turned == "ascending" else key
    query.pop("page", None)
    return {"label": label, "sort": turned, "href": f"?{query.urlencode()}", "css": css}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: int, pages: int, total: int) -> dict[str, Any]:
    """Show links to the neighbouring pages, keeping the filters of the address."""
    return {
        "page": page,
        "pages": pages,
        "total": total,
        "before": _page_link(context, page - 1) if page > 1 else "",
        "after": _page_link(context, page + 1) if page < pages else "",
    }


def _page_link(context: Context, page: int) -> str:
    query = context["request"].GET.copy()
    query["page"] = str(page)
    return f"?{query.urlencode()}"


@register.filter
def initial(name: str | None) -> str:
    """Return what stands in a person's avatar: the family name's first character."""
    return (name or "").strip()[:1].upper() or "·"


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    """Look a key up; nothing when it is missing."""
    return mapping.get(key, "")


@register.simple_tag(takes_context=True)
def here(context: Context, name: str) -> SafeString:
    """Return ``aria-current`` when the page of this address name is shown."""
    match = getattr(context.get("request"), "resolver_match", None)
    shown = match is not None and match.view_name == name
    return SafeString(' aria-current="page"') if shown else SafeString("")
