"""Exit codes of the commands, and the one error that carries them to the edge."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit code means (docs/operate/commands.md)."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    MISSING_PACKAGE = 3
    BUSY = 4
    REFUSED = 5
    BAD_ROWS = 6


class Refused(Exception):
    """A command cannot go on; the text says why and what to do, in the reader's language."""

    def __init__(self, message: str, code: Exit = Exit.FAILURE) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
