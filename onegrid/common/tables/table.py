"""Read a whole table by the description of its columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from onegrid.common.refusals import Invalid
from onegrid.common.tables.problems import Bad, Problem
from onegrid.common.tables.sources import Record, records

R = TypeVar("R")
Say = Callable[..., None]

_HEADER = 1
_NAME = re.compile(r"[\w.-]{1,30}")


@dataclass(frozen=True)
class Spec(Generic[R]):
    """What a table of some kind looks like.

    Attributes:
        what: name of its template.
        columns: each column with the other names it goes by.
        needed: columns that must be there.
        readers: how the cell of a column is read; raises `Bad`.
        make: called with ``row`` and the value of each column.
        key: what may occur once; `twice` is said in column `key_column` of the second row.
        example: cells of the template's row.
    """

    what: str
    columns: Mapping[str, tuple[str, ...]]
    needed: Sequence[str]
    readers: Mapping[str, Callable[[str], object]]
    make: Callable[..., R]
    key: Callable[[R], Hashable]
    key_column: str
    example: Sequence[str]
    twice: str = "row.same_code"


@dataclass
class Table(Generic[R]):
    """What was read."""

    encoding: str = ""
    rows: list[R] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: cells of the bad rows as they came, by row, for the file of what is to be mended
    bad: dict[int, list[str]] = field(default_factory=dict)
    header: list[str] = field(default_factory=list)
    #: cells of the good rows as they came, by row
    cells: dict[int, list[str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Number of rows below the header."""
        return len(self.rows) + len(self.bad)

    def keep(self, judge: Callable[[R], Problem | None]) -> None:
        """Move the rows that are judged bad to the bad ones."""
        good: list[R] = []
        for row in self.rows:
            problem = judge(row)
            if problem is None:
                good.append(row)
            else:
                self.problems.append(problem)
                self.bad[problem.row] = self.cells.get(problem.row, [])
        self.rows = good
        self.problems.sort(key=lambda problem: (problem.row, problem.column))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did."""

    batch: str
    added: int
    changed: int
    there_before: int


def batch_name(name: str) -> str:
    """Return the name of a batch.

    Raises:
        Invalid: it has other characters than letters, digits, dots and dashes, or too many.
    """
    if not _NAME.fullmatch(name):
        raise Invalid("batch.name", field="batch")
    return name


def template(spec: Spec[R]) -> str:
    """Return an empty table with its header and one example, as Excel opens it."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([tuple(spec.columns), spec.example])
    return "\ufeff" + out.getvalue()


def read(content: bytes, spec: Spec[R], check: Callable[[R, Say], None]) -> Table[R]:
    """Read and check every row; nothing is written.

    Args:
        check: looks at what the cells of a row say together; ``say(column, code, **params)``.

    Returns:
        Good rows and problems. A table that cannot be read at all has one problem of row 0 or 1.
    """
    try:
        encoding, rows = records(content)
    except Bad as bad:
        return Table(problems=[Problem(bad.row, bad.column, bad.code, bad.params)])
    table = read_records(rows, spec, check)
    table.encoding = encoding
    return table


def read_records(
    rows: Iterator[Record], spec: Spec[R], check: Callable[[R, Say], None]
) -> Table[R]:
    """Read and check rows of cells with their numbers, the header first, as `read` does."""
    table: Table[R] = Table()
    try:
        table.header, places = _header(next(rows, (0, [])), spec)
    except Bad as bad:
        table.problems.append(Problem(bad.row, bad.column, bad.code, bad.params))
        return table
    _read_rows(table, rows, partial(_row, places=places, table=table, spec=spec, check=check), spec)
    return table


def _read_rows(
    table: Table[R],
    rows: Iterator[Record],
    read_row: Callable[[int, list[str]], tuple[R | None, list[Problem]]],
    spec: Spec[R],
) -> None:
    seen: dict[Hashable, int] = {}
    try:
        for row, cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            found, problems = read_row(row, cells)
            earlier = seen.setdefault(spec.key(found), row) if found is not None else row
            if earlier != row:
                problems.append(Problem(row, spec.key_column, spec.twice, {"row": earlier}))
            if problems:
                table.problems += problems
                table.bad[row] = cells
            elif found is not None:
                table.rows.append(found)
                table.cells[row] = cells
    except Bad as bad:
        table.problems.append(Problem(bad.row, bad.column, bad.code, bad.params))
        table.bad[bad.row] = []
    if not table.total:
        table.problems.append(Problem(_HEADER, "", "table.empty"))


def _header(record: Record, spec: Spec[R]) -> tuple[list[str], Mapping[str, int]]:
    """Return the header and the position of each known column."""
    known = {name: column for column, names in spec.columns.items() for name in (column, *names)}
    places: dict[str, int] = {}
    for position, cell in enumerate(record[1]):
        column = known.get(cell.strip().lower())
        if column in places:
            raise Bad(_HEADER, column, "table.column_twice")
        if column:
            places[column] = position
    missing = [column for column in spec.needed if column not in places]
    if missing:
        names = ", ".join(f"{column} ({spec.columns[column][0]})" for column in missing)
        raise Bad(_HEADER, missing[0], "table.columns", columns=names, what=spec.what)
    return record[1], places


def _row(
    row: int,
    cells: list[str],
    *,
    places: Mapping[str, int],
    table: Table[R],
    spec: Spec[R],
    check: Callable[[R, Say], None],
) -> tuple[R | None, list[Problem]]:
    if len(cells) != len(table.header):
        counts = {"got": len(cells), "wanted": len(table.header)}
        return None, [Problem(row, "", "row.cells", counts)]
    given = {column: cells[place].strip() for column, place in places.items()}
    problems: list[Problem] = []

    def say(column: str, code: str, **params: object) -> None:
        problems.append(Problem(row, column, code, params))

    values: dict[str, object] = {}
    for column, read_cell in spec.readers.items():
        try:
            values[column] = read_cell(given.get(column, ""))
        except Bad as bad:
            say(column, bad.code, **bad.params)
    if problems:
        return None, problems
    found = spec.make(row=row, **values)
    check(found, say)
    return found, problems
