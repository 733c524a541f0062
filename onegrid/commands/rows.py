"""``import``: tables, checked as a whole before a row of them is brought in."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typer
from django.utils import timezone

from onegrid.commands.kinds import KINDS, Kind, by_batch, county_of, spoken
from onegrid.commands.terminal import say, show, show_json, show_table
from onegrid.common.tables import Table
from onegrid.common.tenancy.context import tenant_tx
from onegrid.runtime.exits import Exit
from onegrid.runtime.words import words

_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asked for.

    Attributes:
        code: county, 0 for the only one.
        replay: take each request to its answer at its real times.
        dry: check only.
        yes: take the good rows without asking.
        batch: name of the batch; empty: the name of the file.
        bad_file: where the bad rows are written with their remedies; None: nowhere.
    """

    code: int = 0
    replay: bool = False
    dry: bool = False
    yes: bool = False
    as_json: bool = False
    batch: str = ""
    bad_file: Path | None = None


def template(what: str) -> None:
    """Print an empty table."""
    show(KINDS[what].template().rstrip("\r\n"))


def bring_in(what: str, file: Path, wanted: Wanted) -> int:
    """Check a table, show what is wrong, and bring the good rows in; return the exit code.

    Raises:
        Refused: the county or the batch cannot be.
    """
    kind = KINDS[what]
    with spoken():
        code, now = county_of(wanted.code), timezone.now()
        with tenant_tx(code):
            table = kind.read(file.read_bytes(), wanted.replay, now)
        if table.problems and not wanted.as_json:
            _show_problems(table, _write_bad(table, wanted.bad_file))
        if wanted.dry or not _go_on(table, wanted):
            _sum_up(kind, table, None, 0.0, wanted)
            return int(Exit.BAD_ROWS if table.problems else Exit.OK)
        began = time.monotonic()
        name = wanted.batch or re.sub(r"[^\w.-]+", "-", file.stem)[:30]
        outcome = kind.bring_in(table, code, name, wanted.replay)
        _sum_up(kind, table, outcome, time.monotonic() - began, wanted)
        return int(Exit.OK)


def _go_on(table: Table[Any], wanted: Wanted) -> bool:
    """Tell whether the good rows shall be brought in."""
    if not table.rows or any(problem.row <= 1 for problem in table.problems):
        return False
    if wanted.yes or not table.problems:
        return True
    if wanted.as_json:
        return False
    question = words(
        f"Bring the {len(table.rows)} good rows in and leave {len(table.bad)} out?",
        f"导入 {len(table.rows)} 行、跳过有问题的 {len(table.bad)} 行？",
    )
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        return False


def _show_problems(table: Table[Any], bad_file: Path | None) -> None:
    """Print row, column and remedy of each problem, and where the bad rows lie."""
    row, column, remedy = words("row", "行"), words("column", "列"), words("remedy", "处理办法")
    show_table(
        [
            {row: str(item.row or "-"), column: item.column or "-", remedy: item.remedy}
            for item in table.problems[:_SHOWN]
        ]
    )
    left = len(table.problems) - _SHOWN
    if left > 0:
        say(
            words(
                f"… and {left} more; --bad-file writes all.",
                f"……另有 {left} 处，可用 --bad-file 全部写出。",
            )
        )
    if bad_file is not None:
        say(words(f"All of them: {bad_file}", f"全部问题见：{bad_file}"))


def _write_bad(table: Table[Any], target: Path | None) -> Path | None:
    """Write the bad rows with their remedies as a table that Excel opens."""
    if target is None or not table.bad or not table.header:
        return None
    remedies: dict[int, list[str]] = {}
    for item in table.problems:
        remedies.setdefault(item.row, []).append(f"{item.column}: {item.remedy}".lstrip(": "))
    try:
        with target.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow([words("row", "行"), words("remedy", "处理办法"), *table.header])
            for row, cells in sorted(table.bad.items()):
                plain = [_harmless(cell) for cell in cells]
                writer.writerow([row, " ".join(remedies.get(row, [])), *plain])
    except OSError as error:
        say(words(f"The bad rows could not be written: {error}", f"问题行未能写出：{error}"))
        return None
    return target


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from running a cell as a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _sum_up(kind: Kind, table: Table[Any], outcome: Any, seconds: float, wanted: Wanted) -> None:
    done = kind.done(outcome) if outcome is not None else 0
    speed = round(done / seconds, 1) if done and seconds else None
    if wanted.as_json:
        show_json(
            {
                "rows": table.total,
                "good": len(table.rows),
                "bad": len(table.bad),
                "encoding": table.encoding,
                "problems": [
                    {"row": p.row, "column": p.column, "code": p.code, "remedy": p.remedy}
                    for p in table.problems
                ],
                "outcome": asdict(outcome) if outcome else None,
                "seconds": round(seconds, 1),
                "per_second": speed,
            }
        )
        return
    good, bad = len(table.rows), len(table.bad)
    show(words(f"{good} good rows, {bad} bad ones.", f"合格 {good} 行，有问题 {bad} 行。"))
    if outcome is None:
        show(words("Nothing was brought in.", "未导入任何数据。"))
        return
    show(kind.said(outcome))
    show(
        words(
            f"{seconds:.1f} s, {speed or 0} per second.",
            f"{seconds:.1f} 秒，每秒 {speed or 0} 条。",
        )
    )


def list_batches(*, code: int, as_json: bool) -> None:
    """Print the batches of a county."""
    with spoken(), tenant_tx(county_of(code)):
        rows = [row for kind in KINDS.values() for row in kind.batches()]
    if as_json:
        show_json([asdict(row) for row in rows])
        return
    show_table(
        [
            {
                words("batch", "批次"): row.batch,
                words("rows", "条数"): str(row.count),
                words("first", "最早"): f"{timezone.localtime(row.first):%F}",
                words("last", "最晚"): f"{timezone.localtime(row.last):%F}",
            }
            for row in rows
        ]
    )


def undo(name: str, *, code: int, ask: Callable[[str], bool]) -> int:
    """Take a batch back after asking; return the exit code.

    Raises:
        Refused: there is no such batch, or somebody has worked on it.
    """
    kind, plain = by_batch(name)
    if not ask(words(f"Take batch {plain} back?", f"确定撤销批次 {plain}？")):
        return int(Exit.FAILURE)
    with spoken(), tenant_tx(county_of(code)):
        count = kind.undo(plain, timezone.now())
    show(kind.undone(count))
    return int(Exit.OK)
