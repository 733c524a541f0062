"""Tags of the pages: icons, time left, badges, fields, phases. ``{% load onegrid_ui %}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

#: Share of the allowed time at which the colour changes (case workflow: traffic light).
_YELLOW, _RED, _BLACK = 0.7, 1.0, 3.0
_LEVEL_ICONS = {
    "green": "clock",
    "yellow": "hourglass",
    "red": "triangle-alert",
    "black": "siren",
    "pause": "pause",
    "end": "circle-check",
    "none": "clock",
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
    "accepted": ("pine", "clipboard-check"),
    "in_progress": ("pine", "wrench"),
    "planned": ("pine", "calendar-days"),
    "done": ("jade", "check"),
    "verify": ("jade", "eye"),
    "callback": ("amber", "phone-call"),
    "closed": ("jade", "circle-check"),
    "reopen_req": ("red", "rotate-ccw"),
    "reopened": ("red", "rotate-ccw"),
    "withdrawn": ("quiet", "undo-2"),
}
_CHOICE_KINDS = {"radioselect", "checkboxselectmultiple"}


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


def level_of(due: datetime, start: datetime | None, now: datetime) -> str:
    """Return the colour of a clock: green, yellow, red or black.

    Args:
        start: when the clock began; without it yellow begins an hour before the end.
    """
    if start is None or due <= start:
        left = due - now
        return "red" if left <= timedelta(0) else "yellow" if left < timedelta(hours=1) else "green"
    share = (now - start) / (due - start)
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
def state_badge(state: str, label: str) -> dict[str, str]:
    """Show the state of a case; colour and icon follow the state, the words are given."""
    family, name = _STATE_LOOKS.get(str(state), ("quiet", "circle"))
    return {"family": family, "icon": name, "label": label}


@register.inclusion_tag("components/class_badge.html")
def class_badge(case_class: str, label: str, confirmed: bool = True) -> dict[str, Any]:
    """Show the class of a case; an unconfirmed proposal is marked."""
    return {"case_class": case_class, "label": label, "confirmed": confirmed}


@register.inclusion_tag("components/phase_line.html")
def phase_line(phases: Sequence[Any], now: datetime | None = None) -> dict[str, Any]:
    """Show the five phases like a parcel's way; items have ``label``, ``status``, ``at``.

    ``status`` is ``done``, ``now``, ``todo`` or ``stop``.
    """
    return {"phases": phases, "now": now}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, icons: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Show a form field with label, hint and errors; choices become tiles.

    Args:
        icons: icon of each value, for radio buttons and checkboxes.
    """
    kind = type(bound.field.widget).__name__.lower()
    tiles = kind in _CHOICE_KINDS
    described = [f"{bound.auto_id}_hint"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    attrs = {"class": f"input input-{kind}", "aria-describedby": " ".join(described) or None}
    attrs |= {"aria-invalid": "true"} if bound.errors else {}
    given = {key: value for key, value in attrs.items() if value is not None}
    return {
        "field": bound,
        "kind": kind,
        "tiles": tiles,
        "described": " ".join(described),
        "control": "" if tiles else bound.as_widget(attrs=given),
        "choices": [_choice(widget, icons or {}) for widget in bound.subwidgets] if tiles else [],
    }


def _choice(widget: Any, icons: Mapping[str, str]) -> dict[str, Any]:
    data = widget.data
    label, _sep, hint = str(data["label"]).partition("|")
    return {**data, "label": label, "hint": hint, "icon": icons.get(str(data["value"]), "")}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm | None) -> dict[str, Any]:
    """List the errors of a form, each linked to its field; nothing without errors."""
    if form is None or not form.errors:
        return {"items": []}
    items = [
        (_anchor(form, name), error) for name, errors in form.errors.items() for error in errors
    ]
    return {"items": items}


def _anchor(form: BaseForm, name: str) -> str:
    if name not in form.fields:
        return ""
    bound = form[name]
    many = type(bound.field.widget).__name__.lower() in _CHOICE_KINDS
    return f"{bound.auto_id}_0" if many else str(bound.auto_id)


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
