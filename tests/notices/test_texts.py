"""Standard texts: every template in every language, with exactly its variables."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from onegrid.notices.terms import Template
from onegrid.notices.texts import TEXTS, VALUE_MAX, checked, for_provider, preview

LANGUAGES = [code for code, _ in settings.LANGUAGES]


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_names_exactly_its_variables(template: Template, language: str) -> None:
    found = re.findall(r"\$\{(\w+)\}", for_provider(template=template, language=language))
    assert set(found) == TEXTS[template].names
    assert "%(" not in preview(template=template, language=language)


def test_a_preview_takes_known_values_and_fills_the_rest() -> None:
    text = preview(template=Template.CASE_REFUSED, language="en", params={"reason": "not a matter"})
    assert "not a matter" in text and "CL26112300017" in text


@pytest.mark.parametrize("params", [{}, {"number": "1", "more": "2"}])
def test_other_variables_than_its_own_are_an_error_of_the_caller(params: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="number"):
        checked(template=Template.CASE_DONE, params=params)


def test_a_long_or_broken_value_is_cut_and_straightened() -> None:
    found = checked(template=Template.CASE_REFUSED, params={"number": "1", "reason": "长\n" * 60})
    assert len(found["reason"]) == VALUE_MAX
    assert found["reason"].endswith("…") and "\n" not in found["reason"]
