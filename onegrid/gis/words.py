"""Sentences in the reader's language, from the same translations as the pages, without Django."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from onegrid.core.errors import CoreError
from onegrid.gis.texts import FAULT_AT, FAULTS, TEXTS

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
    if code == "gis.invalid":
        params = {**params, "reason": fault(str(params["reason"]), say)}
    return code if text is None else say(text) % params


def fault(reason: str, say: Say) -> str:
    """Return why a shape is not valid, in plain words, with the place where it is known.

    Args:
        reason: as shapely says it, ``Self-intersection[120.0 30.1]``.
    """
    name, bracket, place = reason.partition("[")
    known = FAULTS.get(name.strip())
    words = name if known is None else say(known)
    if not bracket:
        return words
    spot = " ".join(part[:10] for part in place.rstrip("]").split())
    return say(FAULT_AT) % {"what": words, "place": spot}


def told(error: CoreError, say: Say) -> str:
    """Return the sentence of an error of files, layers or towns."""
    return sentence(error.code, error.params, say)
