"""The one table of a call, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onegrid.calls import code
from onegrid.calls.flow import (
    FINAL,
    TABLE,
    Deed,
    NotNow,
    NotTheirs,
    Side,
    Stage,
    WordsMissing,
    check,
    possible,
)

AT = datetime(2026, 3, 2, 1, 0, 30, tzinfo=UTC)
CALL, OTHER = UUID(int=1), UUID(int=2)


def test_nothing_is_possible_once_it_has_ended() -> None:
    for stage in FINAL:
        assert possible(stage=stage, sides=frozenset(Side)) == frozenset()


def test_every_stage_but_the_first_is_reached_by_some_deed() -> None:
    assert {line.target for line in TABLE.values()} - {None} == set(Stage) - {Stage.CALLED}


@given(st.lists(st.tuples(st.sampled_from(Deed), st.sampled_from(Side)), max_size=40))
def test_whatever_is_tried_a_result_needs_an_arrival(tries: list[tuple[Deed, Side]]) -> None:
    stage, seen = Stage.CALLED, [Stage.CALLED]
    for deed, side in tries:
        try:
            after = check(stage=stage, deed=deed, sides=frozenset({side}))
        except (NotNow, NotTheirs):
            continue
        assert side in TABLE[deed].sides and stage in TABLE[deed].sources
        stage = after
        seen.append(stage)
    if Stage.REPORTED in seen:
        assert seen.index(Stage.SIGNED_IN) < seen.index(Stage.ARRIVED) < seen.index(Stage.REPORTED)


def test_a_result_and_a_call_off_must_say_something() -> None:
    for stage, deed, side in (
        (Stage.ARRIVED, Deed.REPORT, Side.TEAM),
        (Stage.CALLED, Deed.CALL_OFF, Side.CALLER),
    ):
        with pytest.raises(WordsMissing):
            check(stage=stage, deed=deed, sides=frozenset({side}), words="  ")


def test_a_code_is_good_for_its_minute_and_the_next_one_only() -> None:
    shown = code.current(CALL, now=AT)
    assert len(shown) == 6 and shown.isdigit()
    assert code.matches(CALL, shown, now=AT)
    assert code.matches(CALL, shown, now=AT + timedelta(seconds=89))
    assert not code.matches(CALL, shown, now=AT + timedelta(seconds=90))
    assert not code.matches(OTHER, shown, now=AT)


def test_a_code_typed_in_full_width_with_blanks_is_read() -> None:
    shown = code.current(CALL, now=AT)
    wide = "".join(chr(ord(one) + 0xFEE0) for one in shown)
    assert code.matches(CALL, f" {wide[:3]} {wide[3:]} ", now=AT)
    assert not code.matches(CALL, "", now=AT)
    assert not code.matches(CALL, "12a456", now=AT)


def test_the_code_tells_when_it_changes() -> None:
    assert code.changes_at(now=AT) == AT + timedelta(seconds=30)
