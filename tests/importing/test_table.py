"""Tables of requests: what is read, and what is said about bad rows."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onegrid.cases.importing import COLUMNS, Table, read, template

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HEADER = ["id", "title", "text", "created_at", "replied_at", "reply"]
GOOD = ["1", "路灯不亮", "东门路灯不亮三天了", "2026/3/2 9:00:00", "2026-03-03 16:30", "已经修好了"]


def made(rows: list[list[str]], *, header: list[str] = HEADER, delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([header, *rows])
    return out.getvalue()


def table(rows: list[list[str]], **words: Any) -> Table:
    return read(made(rows, **words).encode(), replay=True, now=NOW)


def changed(**cells: str) -> list[str]:
    return [cells.get(name, value) for name, value in zip(HEADER, GOOD, strict=True)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_encoding_and_delimiter_is_read(encoding: str, delimiter: str) -> None:
    content = made([GOOD, changed(id="2", text="鄌郚镇路面坑洼")], delimiter=delimiter).encode(
        encoding
    )
    found = read(content, replay=True, now=NOW)
    assert [row.text for row in found.rows] == ["东门路灯不亮三天了", "鄌郚镇路面坑洼"]
    assert not found.problems


def test_chinese_headings_and_local_times_are_understood() -> None:
    names = [COLUMNS[name][0] for name in HEADER]
    row = table([GOOD], header=names).rows[0]
    assert row.created_at == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    assert row.replied_at is not None
    assert row.replied_at - row.created_at == timedelta(days=1, hours=7, minutes=30)


@pytest.mark.parametrize(
    "cell",
    ["2026-03-02T09:00:00+08:00", "2026-03-02T01:00:00Z", "2026年3月2日 9:00", "2026.3.2 09:00"],
)
def test_times_are_read_as_people_write_them(cell: str) -> None:
    assert table([changed(created_at=cell)]).rows[0].created_at == datetime(
        2026, 3, 2, 1, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"text": "  "}, "text", "row.empty"),
        ({"text": "长" * 100_000}, "text", "row.too_long"),
        ({"id": ""}, "id", "row.empty"),
        ({"title": "长" * 121}, "title", "row.too_long"),
        ({"created_at": "yesterday"}, "created_at", "row.date"),
        ({"created_at": "2026/13/40"}, "created_at", "row.date"),
        ({"created_at": "1926/3/2"}, "created_at", "row.old"),
        ({"created_at": "2036/3/2", "replied_at": "", "reply": ""}, "created_at", "row.future"),
        ({"replied_at": "2026/3/1"}, "replied_at", "row.reply_before"),
        ({"replied_at": ""}, "replied_at", "row.half_reply"),
        ({"reply": ""}, "reply", "row.half_reply"),
    ],
)
def test_a_bad_row_is_named_with_row_column_and_remedy(
    cells: dict[str, str], column: str, code: str
) -> None:
    found = table([GOOD, changed(**{"id": "2", **cells})])
    assert [(p.row, p.column, p.code) for p in found.problems] == [(3, column, code)]
    assert found.problems[0].remedy not in ("", code) and "%(" not in found.problems[0].remedy
    assert [row.row for row in found.rows] == [2] and list(found.bad) == [3]


def test_a_number_that_appears_twice_is_said_with_the_first_row() -> None:
    found = table([GOOD, changed(id="2"), GOOD])
    assert [(p.row, p.code, p.params["row"]) for p in found.problems] == [(4, "row.twice", 2)]
    assert len(found.rows) == 2


def test_a_row_with_too_few_or_too_many_cells_is_said() -> None:
    found = table([GOOD[:3], [*GOOD, "x"], [], changed(id="9")])
    assert [(p.row, p.code) for p in found.problems] == [(2, "row.cells"), (3, "row.cells")]
    assert [row.id for row in found.rows] == ["9"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table.columns"),
        (b"a,b\n1,2\n", "table.columns"),
        (made([]).encode(), "table.empty"),
        (made([GOOD], header=["id", "id", *HEADER[2:]]).encode(), "table.column_twice"),
        (b"\x00\x01\x02" * 100, "table.not_text"),
        (b"id,text\n\x81\xff\xff\xff\n", "table.encoding"),
        ((made([GOOD]) + '2,"open,x').encode(), "table.quotes"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_remedy(content: bytes, code: str) -> None:
    found = read(content, replay=True, now=NOW)
    assert code in [problem.code for problem in found.problems]
    assert all(problem.remedy != problem.code for problem in found.problems)


def test_missing_columns_are_named_with_their_chinese_heading() -> None:
    problem = read(b"id\n1\n", replay=True, now=NOW).problems[0]
    assert problem.row == 1
    for name in ("text", "created_at", "reply", "留言详情"):
        assert name in str(problem.params["columns"])


def test_replies_are_left_to_the_replay() -> None:
    found = read(made([GOOD]).encode(), replay=False, now=NOW)
    assert [problem.code for problem in found.problems] == ["row.needs_replay"]


def test_the_template_reads_as_a_good_table() -> None:
    found = read(template().encode(), replay=True, now=NOW)
    assert len(found.rows) == 1 and not found.problems
