"""Form tags: plain fields by name and fields of Django forms. ``{% load onegrid_forms %}``.

Plain fields read ``errors`` from the page: a list of ``{"field": name, "message": text}``. Every
control has the id ``f-<name>``; the error summary links to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context

register = template.Library()

_MANY = {"radioselect", "checkboxselectmultiple"}


def _problems(context: Context, name: str) -> list[str]:
    return [
        str(error["message"]) for error in context.get("errors") or () if error["field"] == name
    ]


def _plain(context: Context, name: str, label: str, hint: str) -> dict[str, Any]:
    problems = _problems(context, name)
    ident = f"f-{name}"
    described = [f"{ident}-hint"] if hint else []
    described += [f"{ident}-error"] if problems else []
    return {
        "name": name,
        "id": ident,
        "label": label,
        "hint": hint,
        "problems": problems,
        "described": " ".join(described),
    }


@register.inclusion_tag("components/text_field.html", takes_context=True)
def text_field(
    context: Context, name: str, label: str, value: str = "", hint: str = "", **more: Any
) -> dict[str, Any]:
    """Show a text field.

    Args:
        more: ``kind`` (text, tel, password, date, datetime-local, search, number, textarea),
            ``required``, ``optional`` (says so), ``autocomplete``, ``inputmode``, ``maxlength``,
            ``rows``, ``placeholder``, ``short`` (narrow), ``list`` (id of a datalist).
    """
    given = {"kind": "text", "rows": 6, **more}
    return {**_plain(context, name, label, hint), "value": value, **given}


@register.inclusion_tag("components/select_field.html", takes_context=True)
def select_field(
    context: Context,
    name: str,
    label: str,
    choices: Iterable[tuple[Any, Any]],
    *,
    value: Any = "",
    hint: str = "",
    **more: Any,
) -> dict[str, Any]:
    """Show a drop-down list; ``empty`` is the words of a first empty choice."""
    options = [(str(key), words, str(key) == str(value)) for key, words in choices]
    return {**_plain(context, name, label, hint), "options": options, **more}


@register.inclusion_tag("components/choice_field.html", takes_context=True)
def choice_field(
    context: Context,
    name: str,
    label: str,
    choices: Iterable[Sequence[Any]],
    *,
    value: Any = "",
    hint: str = "",
    **more: Any,
) -> dict[str, Any]:
    """Show radio buttons as tiles.

    Args:
        choices: (value, label), (value, label, icon) or (value, label, icon, hint).
        value: the chosen value, or a list of them with ``many``.
        more: ``many`` (checkboxes), ``big`` (the label is the question of the page), ``required``.
    """
    chosen = {str(item) for item in value} if isinstance(value, list | tuple) else {str(value)}
    tiles = [_tile(choice, chosen) for choice in choices]
    with_icons = any(tile["icon"] for tile in tiles)
    plain = _plain(context, name, label, hint)
    return {**plain, "tiles": tiles, "with_icons": with_icons, **more}


def _tile(choice: Sequence[Any], chosen: set[str]) -> dict[str, Any]:
    value, label, icon, hint = [*choice, "", ""][:4]
    return {
        "value": value,
        "label": label,
        "icon": icon,
        "hint": hint,
        "checked": str(value) in chosen,
    }


@register.inclusion_tag("components/error_summary.html", takes_context=True)
def error_summary(context: Context, form: BaseForm | str | None = None) -> dict[str, Any]:
    """List what is wrong, each linked to its field; nothing when all is well."""
    plain = context.get("errors") or ()
    items = [(_anchor(error["field"]), error["message"]) for error in plain]
    if isinstance(form, BaseForm) and form.is_bound:
        items += [
            (_form_anchor(form, name), error)
            for name, errors in form.errors.items()
            for error in errors
        ]
    return {"items": items}


def _anchor(name: str) -> str:
    return f"f-{name}" if name else ""


def _form_anchor(form: BaseForm, name: str) -> str:
    if name not in form.fields:
        return ""
    bound = form[name]
    many = type(bound.field.widget).__name__.lower() in _MANY
    return f"{bound.auto_id}_0" if many else str(bound.auto_id)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, icons: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Show a field of a Django form with label, hint and errors; choices become tiles.

    Args:
        icons: icon of each value, for radio buttons and checkboxes.
    """
    kind = type(bound.field.widget).__name__.lower()
    many = kind in _MANY
    described = [f"{bound.auto_id}_hint"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    attrs: dict[str, str | bool] = {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if kind != "checkboxinput":
        attrs["class"] = "input"
    tiles = [_form_tile(widget.data, icons or {}) for widget in bound.subwidgets] if many else []
    return {
        "field": bound,
        "kind": kind,
        "many": many,
        "described": " ".join(described),
        "control": "" if many else bound.as_widget(attrs=attrs),
        "tiles": tiles,
        "with_icons": bool(icons),
    }


def _form_tile(data: Mapping[str, Any], icons: Mapping[str, str]) -> dict[str, Any]:
    attrs = data["attrs"]
    return {
        "id": attrs.get("id", ""),
        "name": data["name"],
        "type": data["type"],
        "value": data["value"],
        "label": data["label"],
        "icon": icons.get(str(data["value"]), ""),
        "checked": data["selected"],
    }
