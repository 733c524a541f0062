"""Browser libraries: exactly what is listed lands in the static files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onegrid.runtime import vendor
from onegrid.runtime.exits import Refused


def listed(root: Path, wanted: object) -> None:
    (root / "package.json").write_text(json.dumps({"onegridVendor": wanted}))
    (root / "package-lock.json").write_text("{}")


def library(root: Path, *names: str) -> None:
    for name in names:
        path = root / "node_modules" / "lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def landed(target: Path) -> list[str]:
    files = [path for path in target.rglob("*") if path.is_file() and path.name != ".stamp"]
    return sorted(str(path.relative_to(target)) for path in files)


def test_files_folders_patterns_and_new_names_are_copied(tmp_path: Path) -> None:
    library(
        tmp_path, "dist/a.js", "dist/a.js.map", "icons/x.svg", "icons/y.svg", "LICENSE", "no.js"
    )
    wanted = ["LICENSE", "icons/*.svg", {"from": "dist/a.js", "to": "b.js"}]
    listed(tmp_path, {"lib": [*wanted, {"from": "dist/*.map", "to": "maps"}]})
    target = tmp_path / "vendor"
    assert vendor.copy(tmp_path, target)
    assert landed(target) == [
        "lib/LICENSE",
        "lib/b.js",
        "lib/icons/x.svg",
        "lib/icons/y.svg",
        "lib/maps/a.js.map",
    ]


def test_the_same_list_is_copied_once_and_a_changed_one_replaces_all(tmp_path: Path) -> None:
    library(tmp_path, "a.js", "b.js")
    target = tmp_path / "vendor"
    listed(tmp_path, {"lib": ["a.js"]})
    assert vendor.copy(tmp_path, target)
    assert not vendor.copy(tmp_path, target)
    listed(tmp_path, {"lib": ["b.js"]})
    assert vendor.copy(tmp_path, target)
    assert landed(target) == ["lib/b.js"]


@pytest.mark.parametrize("name", ["missing.js", "../other/a.js", "/etc/hostname"])
def test_a_bad_entry_is_refused_and_changes_nothing(tmp_path: Path, name: str) -> None:
    library(tmp_path, "a.js")
    target = tmp_path / "vendor"
    listed(tmp_path, {"lib": ["a.js"]})
    vendor.copy(tmp_path, target)
    listed(tmp_path, {"lib": ["a.js", name]})
    with pytest.raises(Refused, match=name):
        vendor.copy(tmp_path, target)
    assert landed(target) == ["lib/a.js"]
