"""Everything the planner may refuse has a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import onegrid.core.planning
from onegrid.common.refusal_texts import TEXTS
from onegrid.gis.words import LANGUAGES, sentence, speech

_SOURCES = Path(onegrid.core.planning.__file__).parent
_CODE = re.compile(r'(?:TownError|_refuse)\(\s*"([a-z_.]+)"')


def _codes() -> set[str]:
    return {code for path in _SOURCES.glob("*.py") for code in _CODE.findall(path.read_text())}


def test_every_code_of_the_planner_has_a_sentence_on_pages() -> None:
    codes = _codes()
    assert {"band.bad", "town.empty", "town.border_bad", "sites.unasked"} <= codes
    assert codes <= set(TEXTS)


def test_what_is_wrong_with_a_town_has_a_sentence_on_the_command_line() -> None:
    for code in _codes():
        if not code.startswith("sites."):
            for language in LANGUAGES:
                assert sentence(code, {}, speech(language)) != code
