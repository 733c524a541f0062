"""Which template of the provider stands for which standard text in which language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings

from onegrid.notices.terms import Template
from onegrid.notices.texts import TEXTS, for_provider

FALLBACK_LANGUAGE = "zh-hans"


class TemplateSettingWrong(ValueError):
    """Raised when an entry of ``ONEGRID_SMS_TEMPLATES`` cannot be read."""


def usual_code(template: str, language: str) -> str:
    """Return the code used where the operator has set none; the demo twin knows exactly these."""
    return f"SMS_{template}_{language}".replace("-", "_").upper()


def codes(entries: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return provider codes by (template, language).

    Args:
        entries: ``template:language=code``; none at all means the usual codes for everything.

    Raises:
        TemplateSettingWrong: an entry names an unknown template or language.
    """
    languages = [code for code, _ in settings.LANGUAGES]
    found = dict(_entry(text, languages) for text in entries)
    return found or {(t, lang): usual_code(t, lang) for t in Template.values for lang in languages}


def _entry(text: str, languages: list[str]) -> tuple[tuple[str, str], str]:
    name, _, code = text.partition("=")
    template, _, language = name.partition(":")
    if template not in Template.values or language not in languages or not code:
        raise TemplateSettingWrong(f"{text!r}: write template:language=code")
    return (template, language), code


def code_for(known: Mapping[tuple[str, str], str], template: str, language: str) -> str | None:
    """Return the code for a text in a language, else in simplified Chinese, else None."""
    return known.get((template, language)) or known.get((template, FALLBACK_LANGUAGE))


def filed_texts() -> dict[str, str]:
    """Return every text as it is filed with the provider, by its usual code (for the demo twin)."""
    return {
        usual_code(template, language): for_provider(template=template, language=language)
        for template in Template
        if not TEXTS[template].by_mail
        for language, _ in settings.LANGUAGES
    }


def file_with_twin(folder: Path) -> None:
    """Write the texts where the demo twin reads them, as an operator files them with a provider."""
    target = folder / "demo-sms-texts.json"
    draft = target.with_suffix(".draft")
    draft.write_text(json.dumps(filed_texts(), ensure_ascii=False, indent=1), "utf-8")
    draft.replace(target)
