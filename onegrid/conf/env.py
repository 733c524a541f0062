"""Typed readers of ``ONEGRID_*`` environment variables, each documented where it is declared."""

from __future__ import annotations

import os
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

_FALSE = {"", "0", "false", "no", "off"}
_TRUE = {"1", "true", "yes", "on"}


@dataclass(frozen=True, slots=True)
class Setting:
    """A documented environment variable."""

    name: str
    default: str
    about: str


DECLARED: dict[str, Setting] = {}


def text(name: str, default: str, about: str) -> str:
    """Read a text setting."""
    DECLARED[name] = Setting(name, default, about)
    return os.environ.get(name, default)


def flag(name: str, default: bool, about: str) -> bool:
    """Read a yes/no setting.

    Raises:
        ImproperlyConfigured: the value is neither yes nor no.
    """
    value = text(name, "1" if default else "0", about).strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r}: use 1 or 0")


def number(name: str, default: int, about: str) -> int:
    """Read a whole number.

    Raises:
        ImproperlyConfigured: the value is not a whole number.
    """
    value = text(name, str(default), about)
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r}: use a whole number") from error


def words(name: str, default: str, about: str) -> list[str]:
    """Read a comma-separated list."""
    return [word.strip() for word in text(name, default, about).split(",") if word.strip()]
