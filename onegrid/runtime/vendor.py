"""Copies the browser libraries that ``package.json`` lists into the static files.

``onegridVendor`` maps a package to what is wanted from it: a path, copied under its own name, or
``{"from": path, "to": path}``. A path may name a folder or carry ``*``; ``to`` is then a folder.
Everything lands in ``onegrid/web/static/vendor/<package>/``.

Run: ``python -m onegrid.runtime.vendor``.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from onegrid.runtime import stamps
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.paths import PACKAGE, ROOT

TARGET = PACKAGE / "web" / "static" / "vendor"
_STAMP = ".stamp"


def copy(root: Path, target: Path) -> bool:
    """Copy what is listed, unless the same list and lock were copied before.

    Args:
        root: folder of ``package.json``, ``package-lock.json`` and ``node_modules``.
        target: folder that will hold exactly the listed files.

    Returns:
        Whether anything was copied.

    Raises:
        Refused: a listed file is missing or lies outside its package; the target is unchanged.
    """
    lists = [root / "package.json", root / "package-lock.json"]
    value = stamps.fingerprint(lists)
    if stamps.matches(target / _STAMP, value):
        return False
    wanted: dict[str, list[Any]] = json.loads(lists[0].read_text()).get("onegridVendor", {})
    draft = target.with_name(f"{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    for package, entries in wanted.items():
        for entry in entries:
            _copy_entry(root / "node_modules" / package, entry, draft / package)
    stamps.put(draft / _STAMP, value)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
    return True


def _copy_entry(source: Path, entry: str | dict[str, str], target: Path) -> None:
    """Copy one entry of the list."""
    pattern, name = (entry, None) if isinstance(entry, str) else (entry["from"], entry["to"])
    found = list(_matching(source, pattern))
    if not found:
        raise Refused(f"{source}: no {pattern!r}; run npm ci --ignore-scripts", Exit.FAILURE)
    for path in found:
        relative = path.relative_to(source)
        if name is None:
            goal = target / relative
        elif len(found) > 1 or "*" in pattern:
            goal = target / name / path.name
        else:
            goal = target / name
        _copy_path(path, goal)


def _matching(source: Path, pattern: str) -> Iterator[Path]:
    """Yield what a pattern names, and refuse what would leave the package."""
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise Refused(f"{source}: {pattern!r} leaves the package", Exit.FAILURE)
    yield from sorted(source.glob(pattern))


def _copy_path(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)


def main() -> int:
    """Copy into this checkout; return the exit code."""
    try:
        copied = copy(ROOT, TARGET)
    except Refused as refused:
        sys.stderr.write(f"{refused.message}\n")
        return refused.code
    if copied:
        sys.stdout.write(f"{TARGET}\n")
    return Exit.OK


if __name__ == "__main__":
    sys.exit(main())
