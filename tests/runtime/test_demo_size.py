"""``demo --full`` where a smaller demo is: said and refused, nothing mixed."""

from __future__ import annotations

from pathlib import Path

import pytest

from onegrid.commands import county, steps
from onegrid.runtime.exits import Exit, Refused


class Noted(steps.Steps):
    """Steps that are done at once, and noted."""

    def __init__(self, var: Path) -> None:
        super().__init__(var, None, {})
        self.done: list[tuple[str, ...]] = []

    def call(self, *arguments: str) -> None:
        self.done.append(arguments)


def built(var: Path, *, full: bool) -> Noted:
    (var / "stamps").mkdir(exist_ok=True)
    todo = Noted(var)
    wish = county.Wish(host="127.0.0.1", port=1, demo=True, full=full)
    county._build_demo(wish, todo, var, None)
    assert (("prepare", "demo", "--full") in todo.done) is full
    return todo


def test_the_whole_county_is_refused_over_a_part_of_it_with_the_remedy(tmp_path: Path) -> None:
    todo = built(tmp_path, full=False)
    assert todo.missing([steps.DEMO]) == [], "the part is kept"
    with pytest.raises(Refused) as refused:
        county.refuse_smaller(tmp_path)
    assert refused.value.code == Exit.REFUSED
    assert "./run demo --full --reset" in refused.value.message


def test_a_whole_county_starts_again_with_and_without_the_word(tmp_path: Path) -> None:
    built(tmp_path, full=True)
    county.refuse_smaller(tmp_path)


def test_a_part_built_after_the_whole_county_is_known_as_a_part(tmp_path: Path) -> None:
    built(tmp_path, full=True)
    built(tmp_path, full=False)
    with pytest.raises(Refused):
        county.refuse_smaller(tmp_path)
