"""Sentences in the reader's language, from the same translations as the pages, without Django."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from onegrid.core.errors import CoreError
from onegrid.gis.texts import TEXTS

_LOCALE = Path(__file__).resolve().parent.parent / "locale"
#: language as it is named on a page → its folder; English sentences are the identities
LANGUAGES: dict[str, str] = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant", "en": ""}

#: Makes a translated sentence of an English one.
Say = Callable[[str], str]


@cache
def speech(language: str) -> Say:
    """Return what translates English sentences.

    Args:
        language: a key of `LANGUAGES`.
    """
    folder = LANGUAGES[language]
    if not folder:
        return str
    return gettext.translation("django", str(_LOCALE), [folder], fallback=True).gettext


def sentence(code: str, params: Mapping[str, object], say: Say) -> str:
    """Return the sentence of a code; an unknown one shows itself."""
    text = TEXTS.get(code)
    return code if text is None else say(text) % params


def told(error: CoreError, say: Say) -> str:
    """Return the sentence of an error of files, layers or towns."""
    return sentence(error.code, error.params, say)
