"""Read a table of requests: its encoding, its columns, and what is wrong with each row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from onegrid.cases.importing.cells import moment, number
from onegrid.cases.importing.problems import Bad, Problem
from onegrid.cases.terms import MAX_TEXT

#: Column: other names it goes by. The first five are asked for by `--replay`.
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("留言编号", "编号", "序号"),
        "title": ("留言主题", "主题", "标题"),
        "text": ("留言详情", "诉求内容", "内容", "正文"),
        "created_at": ("留言时间", "诉求时间", "登记时间"),
        "replied_at": ("答复时间", "办结时间"),
        "reply": ("答复意见", "答复内容", "办理结果"),
        "category": ("分类", "类别"),
        "address": ("地址", "地点"),
        "lon": ("经度", "lng"),
        "lat": ("纬度",),
    }
)
NEEDED = ("id", "text", "created_at")
NEEDED_TO_REPLAY = ("replied_at", "reply")

Say = Callable[..., None]

MAX_BYTES = 64_000_000
MAX_TITLE = 120
MAX_ADDRESS = 200
MAX_REPLY = 20_000
_DELIMITERS = ",;\t，；"
_LARGEST_CELL = 4_000_000
_HEADER = 1


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A good row.

    Attributes:
        row: its row in the table, the header being row 1.
        created_at, replied_at: aware; the second one is None where nobody replied.
        lon, lat: degrees as given, WGS 84; both or neither.
    """

    row: int
    id: str
    text: str
    created_at: datetime
    title: str = ""
    replied_at: datetime | None = None
    reply: str = ""
    category: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass
class Table:
    """What was read."""

    encoding: str = ""
    rows: list[RequestRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: cells of the bad rows as they came, by row, for the file of what is to be mended
    bad: dict[int, list[str]] = field(default_factory=dict)
    header: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Number of rows below the header."""
        return len(self.rows) + len(self.bad)


def template() -> str:
    """Return an empty table with its header and one example, as Excel opens it."""
    example = (
        "2026-001", "路灯不亮", "小区东门路灯不亮已三天。", "2026/3/2 9:00:00",
        "2026/3/3 16:30:00", "您好，路灯已于3月3日修复。", "power.light", "示例路1号", "", "",
    )  # fmt: skip
    out = io.StringIO(newline="")
    csv.writer(out).writerows([tuple(COLUMNS), example])
    return "\ufeff" + out.getvalue()


def read(content: bytes, *, replay: bool, now: datetime) -> Table:
    """Read and check every row; nothing is written.

    Args:
        replay: replies are wanted, and their times.
        now: no time in the table may lie after it.

    Returns:
        Good rows and problems. A table that cannot be read at all has one problem of row 0 or 1.
    """
    table = Table()
    try:
        text, table.encoding = _decode(content)
        records = _records(text)
        table.header, places = _header(next(records, (0, [])), replay=replay)
    except Bad as bad:
        table.problems.append(Problem(bad.row, bad.column, bad.code, bad.params))
        return table
    _read_rows(table, records, places, replay=replay, now=now)
    return table


def _read_rows(
    table: Table,
    records: Iterator[tuple[int, list[str]]],
    places: Mapping[str, int],
    *,
    replay: bool,
    now: datetime,
) -> None:
    seen: dict[str, int] = {}
    try:
        for row, cells in records:
            if not any(cell.strip() for cell in cells):
                continue
            found, problems = _row(row, cells, places, table, replay=replay, now=now)
            earlier = seen.setdefault(found.id, row) if found else row
            if earlier != row:
                problems.append(Problem(row, "id", "row.twice", {"row": earlier}))
            if problems:
                table.problems += problems
                table.bad[row] = cells
            elif found:
                table.rows.append(found)
    except Bad as bad:
        table.problems.append(Problem(bad.row, bad.column, bad.code, bad.params))
        table.bad[bad.row] = []
    if not table.total:
        table.problems.append(Problem(_HEADER, "", "table.empty"))


def _decode(content: bytes) -> tuple[str, str]:
    """Return text and encoding: UTF-8 (with or without mark), UTF-16 with mark, else GB 18030."""
    if len(content) > MAX_BYTES:
        raise Bad(0, "", "table.too_large", megabytes=MAX_BYTES // 1_000_000)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        names = ("utf-16",)
    else:
        names = ("utf-8-sig", "gb18030")  # type: ignore[assignment]
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise Bad(0, "", "table.not_text")
        return text, name
    raise Bad(0, "", "table.encoding")


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield row number and cells; quoted cells may hold line breaks."""
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Bad(row, "", "table.quotes", line=reader.line_num) from error
        yield row, cells


def _header(record: tuple[int, list[str]], *, replay: bool) -> tuple[list[str], Mapping[str, int]]:
    """Return the header and the position of each known column."""
    known = {name: column for column, names in COLUMNS.items() for name in (column, *names)}
    places: dict[str, int] = {}
    for position, cell in enumerate(record[1]):
        column = known.get(cell.strip().lower())
        if column in places:
            raise Bad(_HEADER, column, "table.column_twice")
        if column:
            places[column] = position
    wanted = NEEDED + (NEEDED_TO_REPLAY if replay else ())
    missing = [column for column in wanted if column not in places]
    if missing:
        names = ", ".join(f"{column} ({COLUMNS[column][0]})" for column in missing)
        raise Bad(_HEADER, missing[0], "table.columns", columns=names)
    return record[1], places


def _row(
    row: int,
    cells: list[str],
    places: Mapping[str, int],
    table: Table,
    *,
    replay: bool,
    now: datetime,
) -> tuple[RequestRow | None, list[Problem]]:
    if len(cells) != len(table.header):
        counts = {"got": len(cells), "wanted": len(table.header)}
        return None, [Problem(row, "", "row.cells", counts)]
    given = {column: cells[place].strip() for column, place in places.items()}
    problems: list[Problem] = []

    def say(column: str, code: str, **params: object) -> None:
        problems.append(Problem(row, column, code, params))

    values: dict[str, object] = {}
    for column, read_cell in _READERS.items():
        try:
            values[column] = read_cell(given.get(column, ""))
        except Bad as bad:
            say(column, bad.code, **bad.params)
    if not problems:
        found = RequestRow(row=row, **values)  # type: ignore[arg-type]
        _check(found, say, replay=replay, now=now)
        return found, problems
    return None, problems


def _words(most: int, *, needed: bool = False) -> Callable[[str], str]:
    def read_cell(cell: str) -> str:
        if needed and not cell:
            raise Bad(0, "", "row.empty")
        if len(cell) > most:
            raise Bad(0, "", "row.too_long", most=most, got=len(cell))
        return cell

    return read_cell


def _optional_moment(cell: str) -> datetime | None:
    return moment(cell) if cell else None


_READERS: Mapping[str, Callable[[str], object]] = {
    "id": _words(64, needed=True),
    "title": _words(MAX_TITLE),
    "text": _words(MAX_TEXT, needed=True),
    "created_at": moment,
    "replied_at": _optional_moment,
    "reply": _words(MAX_REPLY),
    "category": _words(24),
    "address": _words(MAX_ADDRESS),
    "lon": number,
    "lat": number,
}


def _check(found: RequestRow, say: Say, *, replay: bool, now: datetime) -> None:
    """Check what cells say together."""
    if found.created_at > now:
        say("created_at", "row.future")
    if not replay:
        if found.reply or found.replied_at:
            say("reply", "row.needs_replay")
    elif (found.replied_at is None) != (not found.reply):
        say("replied_at" if found.reply else "reply", "row.half_reply")
    elif found.replied_at and found.replied_at < found.created_at:
        say("replied_at", "row.reply_before", created=f"{found.created_at.astimezone():%F %T}")
    elif found.replied_at and found.replied_at > now:
        say("replied_at", "row.future")
    if (found.lon is None) != (found.lat is None):
        say("lon" if found.lon is None else "lat", "row.half_point")
