"""Bring the translations up to date: ``python tools/messages.py`` (needs GNU gettext and OpenCC).

Collects the sentences of code and templates into ``zh_Hans``, keeps what is translated, drafts
``zh_Hant`` by OpenCC (s2tw) with the words of ``OVERRIDES``, and lists what is missing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django
import polib
from django.core.management import call_command
from opencc import OpenCC

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "onegrid" / "locale"
#: What s2tw leaves or turns into another word than the one used in public offices.
OVERRIDES = {
    "社羣": "社群",
    "網路": "網路",
    "反饋": "回饋",
    "簡訊": "簡訊",
    "短信": "簡訊",
    "用戶": "使用者",
}


def collect() -> None:
    """Update ``zh_Hans`` from the sources."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onegrid.conf.settings")
    sys.path.insert(0, str(ROOT))
    django.setup()
    os.chdir(ROOT / "onegrid")
    call_command(
        "makemessages",
        locale=["zh_Hans"],
        extensions=["html", "py", "txt"],
        no_location=True,
        no_obsolete=True,
        ignore_patterns=["static/*", "migrations/*"],
        verbosity=0,
    )
    os.chdir(ROOT)


def merge_parts(target: Path) -> None:
    """Take translations from ``locale/parts/*.po``; what was only guessed is emptied first."""
    catalogue = polib.pofile(str(target))
    for entry in catalogue.fuzzy_entries():
        entry.msgstr, entry.msgstr_plural = "", dict.fromkeys(entry.msgstr_plural, "")
        entry.flags.remove("fuzzy")
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    for part in sorted((LOCALE / "parts").glob("*.po")):
        for given in polib.pofile(str(part)):
            entry = known.get((given.msgctxt, given.msgid))
            if entry is None:
                continue
            if given.msgid_plural:
                entry.msgstr_plural = {0: given.msgstr_plural.get(0, given.msgstr)}
            else:
                entry.msgstr = given.msgstr
            entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
    catalogue.metadata["Plural-Forms"] = "nplurals=1; plural=0;"
    catalogue.save(str(target))


def draft_traditional(source: Path, target: Path) -> None:
    """Write ``zh_Hant`` from ``zh_Hans``."""
    convert = OpenCC("s2tw").convert

    def traditional(text: str) -> str:
        text = convert(text)
        for plain, better in OVERRIDES.items():
            text = text.replace(plain, better)
        return text

    catalogue = polib.pofile(str(source))
    catalogue.metadata["Language"] = "zh_Hant"
    for entry in catalogue:
        entry.msgstr = traditional(entry.msgstr)
        entry.msgstr_plural = {key: traditional(text) for key, text in entry.msgstr_plural.items()}
    target.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(target))


def main() -> int:
    """Update both catalogues; return how many sentences have no translation."""
    simplified = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
    simplified.parent.mkdir(parents=True, exist_ok=True)
    collect()
    merge_parts(simplified)
    draft_traditional(simplified, LOCALE / "zh_Hant" / "LC_MESSAGES" / "django.po")
    missing = [
        entry.msgid
        for entry in polib.pofile(str(simplified))
        if not entry.translated() or "fuzzy" in entry.flags
    ]
    for msgid in missing:
        sys.stdout.write(f"{msgid!r}\n")
    return len(missing)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
