"""What a check found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class State(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        check: stable name for machines.
        text: what was found, in the reader's language.
        remedy: what to do; empty when all is well.
    """

    check: str
    state: State
    text: str
    remedy: str = ""

    def plain(self) -> dict[str, str]:
        """Return it for JSON."""
        return {name: str(value) for name, value in asdict(self).items()}


def judge(
    check: str, good: bool, text: str, remedy: str, *, otherwise: State = State.FAIL
) -> Finding:
    """Return a finding that is well, or as bad as ``otherwise`` with its remedy."""
    return Finding(check, State.OK, text) if good else Finding(check, otherwise, text, remedy)
