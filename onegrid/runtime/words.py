"""The reader's language on a terminal: pages use gettext, the runner starts before there is any."""

from __future__ import annotations

import os

_VARIABLES = ("ONEGRID_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language() -> str:
    """Return ``zh`` or ``en``, by ONEGRID_LANG or the locale of the terminal."""
    for name in _VARIABLES:
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def words(en: str, zh: str) -> str:
    """Return the sentence in the reader's language."""
    return zh if language() == "zh" else en
