"""Which policy makes the promise."""

from datetime import date

import pytest

from onegrid.core.clock import NoPolicy, PolicyRow, most_specific

POLICIES = (
    PolicyRow("all", date(2026, 1, 1)),
    PolicyRow("general", date(2026, 1, 1), klass="general"),
    PolicyRow("general-2", date(2026, 7, 1), klass="general"),
    PolicyRow("water", date(2026, 1, 1), klass="general", category="water"),
    PolicyRow("water-old", date(2025, 1, 1), date(2026, 1, 1), klass="general", category="water"),
    PolicyRow("unit", date(2026, 1, 1), klass="general", unit="u1"),
)


@pytest.mark.parametrize(
    ("klass", "category", "unit", "on", "expected"),
    [
        ("complex", "noise", None, date(2026, 11, 23), "all"),
        ("general", "noise", None, date(2026, 6, 30), "general"),
        ("general", "noise", None, date(2026, 7, 1), "general-2"),
        ("general", "water", None, date(2026, 11, 23), "water"),
        ("general", "water", None, date(2025, 12, 31), "water-old"),
        ("general", "water", "u1", date(2026, 11, 23), "unit"),
    ],
)
def test_the_most_specific_policy_wins_whatever_the_order_of_rows(
    klass: str, category: str, unit: str | None, on: date, expected: str
) -> None:
    for rows in (POLICIES, POLICIES[::-1]):
        found = most_specific(rows, klass=klass, category=category, channel="web", unit=unit, on=on)
        assert found.key == expected


def test_a_policy_no_longer_holds_on_the_day_it_ends() -> None:
    ended = PolicyRow("ended", date(2025, 1, 1), date(2026, 1, 1))
    last = most_specific(
        [ended], klass=None, category=None, channel=None, unit=None, on=date(2025, 12, 31)
    )
    assert last == ended
    with pytest.raises(NoPolicy):
        most_specific(
            [ended], klass=None, category=None, channel=None, unit=None, on=date(2026, 1, 1)
        )


def test_a_day_without_any_policy_is_refused() -> None:
    with pytest.raises(NoPolicy):
        most_specific(
            POLICIES, klass="general", category=None, channel=None, unit=None, on=date(2024, 1, 1)
        )
