"""Choose the promise that holds for a case: the most specific policy wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from onegrid.core.clock.terms import Target
from onegrid.core.errors import CoreError


class NoPolicy(CoreError):
    """Refuse to promise anything: no policy covers this case on this day."""


@dataclass(frozen=True)
class PolicyRow:
    """Hold one version of a policy; None in a criterion covers everything.

    Attributes:
        key: identity of the version.
        klass: general, major or complex.
        category: category code.
        channel: channel code.
        unit: code of the lead unit.
        valid_from: first local day it holds.
        valid_to: first local day it no longer holds, or None.
        targets: the promises it makes.
    """

    key: str
    valid_from: date
    valid_to: date | None = None
    klass: str | None = None
    category: str | None = None
    channel: str | None = None
    unit: str | None = None
    targets: tuple[Target, ...] = ()


P = TypeVar("P", bound=PolicyRow)


def most_specific(
    policies: Iterable[P],
    *,
    klass: str | None,
    category: str | None,
    channel: str | None,
    unit: str | None,
    on: date,
) -> P:
    """Return the policy with the most criteria that fit.

    Ties go to the latest `valid_from`, then to the one that names the unit, the category, the
    channel, the class, then to the greater key, so the answer never depends on the order of rows.

    Raises:
        NoPolicy: none fits on that day.
    """
    wanted = (unit, category, channel, klass)
    fitting = [row for row in policies if _holds(row, on) and _covers(row, wanted)]
    if not fitting:
        raise NoPolicy("policy.none", klass=klass, category=category, channel=channel, on=on)
    return max(fitting, key=_rank)


def _criteria(row: PolicyRow) -> tuple[str | None, ...]:
    return (row.unit, row.category, row.channel, row.klass)


def _holds(row: PolicyRow, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or on < row.valid_to)


def _covers(row: PolicyRow, wanted: tuple[str | None, ...]) -> bool:
    return all(
        named is None or named == value for named, value in zip(_criteria(row), wanted, strict=True)
    )


def _rank(row: PolicyRow) -> tuple[int, date, tuple[bool, ...], str]:
    named = tuple(value is not None for value in _criteria(row))
    return sum(named), row.valid_from, named, row.key
