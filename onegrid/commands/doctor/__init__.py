"""``doctor``: what is wrong with this installation, in plain words, and what to do about it."""

from __future__ import annotations

import os

from onegrid.commands.doctor import machine
from onegrid.commands.doctor.finding import Finding, State
from onegrid.commands.setup import with_django
from onegrid.commands.terminal import show, show_json
from onegrid.runtime.exits import Exit, Refused

_SIGNS = {State.OK: "✓", State.WARN: "!", State.FAIL: "✗"}


def examine(*, as_json: bool, lang: str) -> Exit:
    """Run every check and print what it found.

    Args:
        as_json: for a machine instead of a person.
        lang: ``zh`` or ``en``; empty: the terminal's language.

    Returns:
        FAILURE when a check failed; warnings do not count.
    """
    if lang:
        os.environ["ONEGRID_LANG"] = lang
    findings = [*machine.checks(), *_database()]
    if as_json:
        show_json([finding.plain() for finding in findings])
    else:
        for finding in findings:
            show(f"{_SIGNS[finding.state]} {finding.text}")
            if finding.state != State.OK:
                show(f"    → {finding.remedy}")
    failed = any(finding.state == State.FAIL for finding in findings)
    return Exit.FAILURE if failed else Exit.OK


def _database() -> list[Finding]:
    try:
        with with_django("doctor"):
            from onegrid.commands.doctor import inside

            return inside.checks()
    except Refused as refused:
        return [Finding("database", State.FAIL, refused.message, machine.database_remedy())]
