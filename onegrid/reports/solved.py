"""Solved counts by kind, by place, by unit and by month (S63)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases import reference
from onegrid.cases.queries.solved import Tally, solved_by_month, solved_by_place
from onegrid.common.refusals import NotFound
from onegrid.grids.queries import area_names
from onegrid.organisation.queries import units
from onegrid.reports.figures import Share, share

#: Months in the table that looks back.
MONTHS = 12
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Count:
    """One line: a kind, a place or a unit.

    Attributes:
        name: empty where it is not known.
        heard: share of those reached who said solved; None of fewer than ten.
        months: solved in each of the last `MONTHS` months, oldest first; empty elsewhere.
    """

    key: str
    name: str
    closed: int
    reached: int
    solved: int
    partly: int
    back: int
    heard: Share | None
    months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SolvedReport:
    """What was closed and solved in a month, as far as the viewer sees.

    Attributes:
        kind: code of the category that places and units are narrowed to; empty: all.
        months: first days of the months that the kinds look back on, oldest first.
    """

    first: date
    kind: str
    everything: Count
    kinds: tuple[Count, ...]
    places: tuple[Count, ...]
    units: tuple[Count, ...]
    months: tuple[date, ...]


def solved_report(viewer: Viewer, *, first: date, kind: str = "") -> SolvedReport:
    """Return the report of the month that begins on a day.

    Args:
        kind: code of a category, of either level, that places and units are narrowed to.

    Raises:
        Forbidden: the viewer has no desk.
        NotFound: there is no such kind.
    """
    names = _kinds(viewer.language)
    if kind and kind not in names:
        raise NotFound("report.no_kind", kind=kind[:40])
    until, months = _next(first), tuple(_back(first))
    rows = solved_by_place(viewer, first=first, until=until)
    past = solved_by_month(viewer, first=months[0], until=until)
    chosen = [row for row in rows if not kind or kind in _codes(row)]
    return SolvedReport(
        first=first,
        kind=kind,
        everything=_count("", "", rows),
        kinds=_by_kind(rows, past, names, months),
        places=_grouped(chosen, lambda row: row.community_id, area_names()),
        units=_grouped(chosen, lambda row: row.unit_id, _units()),
        months=months,
    )


def kinds(viewer: Viewer) -> list[tuple[str, str]]:
    """Return code and name of every category, each family before its own."""
    return sorted(_kinds(viewer.language).items(), key=lambda item: item[0].split("."))


def _kinds(language: str) -> Mapping[str, str]:
    return {row.code: row.label(language) for row in reference.categories.get().values()}


def _codes(row: Tally) -> tuple[str, str]:
    """Return the codes of a category and of its family; empty while nobody has classified."""
    category = reference.categories.get().get(row.category_id) if row.category_id else None
    return (category.code, category.family) if category else ("", "")


def _units() -> Mapping[UUID, str]:
    return {unit.id: unit.name for unit in units().values()}


def _next(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _back(first: date) -> Iterable[date]:
    """Yield the last `MONTHS` months up to this one, oldest first."""
    whole = first.year * 12 + first.month - 1
    for number in range(whole - MONTHS + 1, whole + 1):
        yield date(number // 12, number % 12 + 1, 1)


def _by_kind(
    rows: Sequence[Tally], past: Sequence[Tally], names: Mapping[str, str], months: Sequence[date]
) -> tuple[Count, ...]:
    now, before = (_parted(some, lambda row: _codes(row)[0]) for some in (rows, past))
    found = [
        _count(code, names.get(code, ""), now.get(code, ()), _monthly(before.get(code, ()), months))
        for code in {**before, **now}
    ]
    return _ordered(found)


def _monthly(rows: Iterable[Tally], months: Sequence[date]) -> tuple[int, ...]:
    solved = dict.fromkeys(months, 0)
    for row in rows:
        if row.month in solved:
            solved[row.month] += row.solved
    return tuple(solved.values())


def _grouped(
    rows: Iterable[Tally], key: Callable[[Tally], UUID | None], names: Mapping[UUID, str]
) -> tuple[Count, ...]:
    return _ordered(
        _count(str(one or ""), names.get(one, "") if one else "", group)
        for one, group in _parted(rows, key).items()
    )


def _parted(rows: Iterable[Tally], key: Callable[[Tally], _Key]) -> dict[_Key, list[Tally]]:
    found: dict[_Key, list[Tally]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _ordered(found: Iterable[Count]) -> tuple[Count, ...]:
    return tuple(sorted(found, key=lambda one: (-one.closed, not one.name, one.name, one.key)))


def _count(key: str, name: str, rows: Iterable[Tally], months: tuple[int, ...] = ()) -> Count:
    group = list(rows)
    reached, solved = sum(row.reached for row in group), sum(row.solved for row in group)
    return Count(
        key=key,
        name=name,
        closed=sum(row.closed for row in group),
        reached=reached,
        solved=solved,
        partly=sum(row.partly for row in group),
        back=sum(row.back for row in group),
        heard=share(solved, reached),
        months=months,
    )
