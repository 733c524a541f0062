"""Stamps: a step that was done for the same input is not done again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def fingerprint(files: Iterable[Path], *, extra: str = "") -> str:
    """Return a digest of the names and contents of files; a missing file counts as missing.

    Args:
        files: in any order.
        extra: anything else the step depends on.
    """
    total = hashlib.sha256(extra.encode())
    for path in sorted(set(files)):
        total.update(str(path).encode())
        with suppress(FileNotFoundError):
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def matches(stamp: Path, value: str) -> bool:
    """Say whether the stamp carries the value."""
    with suppress(FileNotFoundError):
        return stamp.read_text().strip() == value
    return False


def put(stamp: Path, value: str) -> None:
    """Write the stamp in one go: a torn one never counts."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    draft = stamp.with_name(f"{stamp.name}.draft")
    draft.write_text(f"{value}\n")
    draft.replace(stamp)
