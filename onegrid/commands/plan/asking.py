"""Ask at a terminal what the files do not say; elsewhere the refusal names the option."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

import typer

from onegrid.commands.terminal import say
from onegrid.gis.errors import BadRows, CrsUnknown
from onegrid.runtime.words import words

Found = TypeVar("Found")


def prepare_words() -> None:
    """Compile the translations where a fresh checkout has none yet."""
    from onegrid.locale import build

    for source in build.HERE.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            build.compile_messages()
            return


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def with_system(system: str | None, read: Callable[[str | None], Found]) -> Found:
    """Read a file; ask for its coordinate system when it is not known.

    Raises:
        CrsUnknown: nobody can be asked.
    """
    try:
        return read(system)
    except CrsUnknown as error:
        if not error.candidates or not _at_terminal():
            raise
        say(
            words(
                f"{error.params['file']} does not say its coordinate system.",
                f"{error.params['file']} 未注明坐标系。",
            )
        )
        chosen = typer.prompt(
            words("Which one?", "请选择："),
            default=error.candidates[0],
            show_choices=True,
            type=str,
            err=True,
        )
        return read(chosen)


def with_consent(repair: bool, survey: Callable[[bool], Found]) -> Found:
    """Make the town; ask whether invalid shapes may be mended.

    Raises:
        BadRows: nobody agreed, or other rows are bad.
    """
    try:
        return survey(repair)
    except BadRows as error:
        invalid = [one for one in error.problems if one.code == "gis.invalid"]
        if repair or len(invalid) < len(error.problems) or not _at_terminal():
            raise
        question = words(
            f"{len(invalid)} shapes of {error.params['file']} are not valid. Mend them?",
            f"{error.params['file']} 中有 {len(invalid)} 个图形无效，是否修复？",
        )
        if not typer.confirm(question, err=True):
            raise
        return survey(True)
