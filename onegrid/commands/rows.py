"""``import``: tables of requests, checked as a whole before a row of them is brought in."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import typer
from django.conf import settings
from django.utils import timezone, translation

from onegrid.accounts.queries import county_codes
from onegrid.cases import importing
from onegrid.commands.prepare import progress_bar
from onegrid.commands.terminal import say, show, show_json, show_table
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Refusal
from onegrid.common.tenancy.context import tenant_tx
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.words import language, words

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


@contextmanager
def _spoken() -> Iterator[None]:
    """Speak the language of the terminal; a refusal becomes the command's own."""
    with translation.override("zh-hans" if language() == "zh" else "en"):
        try:
            yield
        except Refusal as refusal:
            raise Refused(text(refusal)) from refusal


def county_of(code: int) -> int:
    """Return the county to work in.

    Raises:
        Refused: it does not exist, or there are several and none was named.
    """
    known = county_codes()
    wanted = code or settings.DEFAULT_TENANT or (known[0] if len(known) == 1 else 0)
    if wanted in known:
        return wanted
    listed = ", ".join(map(str, known)) or "-"
    raise Refused(
        words(f"Name a county by --county: {listed}", f"请用 --county 指明县：{listed}"), Exit.USAGE
    )


def template() -> None:
    """Print an empty table."""
    show(importing.template().rstrip("\r\n"))


def import_requests(file: Path, wanted: Wanted) -> int:
    """Check a table, show what is wrong, and bring the good rows in; return the exit code.

    Raises:
        Refused: the county or the batch cannot be.
    """
    with _spoken():
        code, now = county_of(wanted.code), timezone.now()
        table = importing.read(file.read_bytes(), replay=wanted.replay, now=now)
        with tenant_tx(code):
            importing.check_places(table, now=now)
        if table.problems and not wanted.as_json:
            _show_problems(table, _write_bad(table, wanted.bad_file))
        if wanted.dry or not _go_on(table, wanted):
            _sum_up(table, None, 0.0, wanted)
            return int(Exit.BAD_ROWS if table.problems else Exit.OK)
        began = time.monotonic()
        outcome = _bring_in(table, code, wanted, file)
        _sum_up(table, outcome, time.monotonic() - began, wanted)
        return int(Exit.OK)


def _go_on(table: importing.Table, wanted: Wanted) -> bool:
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


def _bring_in(table: importing.Table, code: int, wanted: Wanted, file: Path) -> importing.Outcome:
    name = wanted.batch or re.sub(r"[^\w.-]+", "-", file.stem)[:30]
    with progress_bar() as report:
        what = words("requests", "诉求")
        return importing.bring_in(
            table.rows,
            tenant_id=code,
            name=name,
            replay=wanted.replay,
            report=lambda done, total: report(what, done, total),
        )


def _show_problems(table: importing.Table, bad_file: Path | None) -> None:
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


def _write_bad(table: importing.Table, target: Path | None) -> Path | None:
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


def _sum_up(
    table: importing.Table, outcome: importing.Outcome | None, seconds: float, wanted: Wanted
) -> None:
    speed = round(outcome.opened / seconds, 1) if outcome and outcome.opened and seconds else None
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
    show(
        words(
            f"Batch {outcome.batch}: {outcome.opened} cases opened, "
            f"{outcome.there_before} were there before ({seconds:.1f} s, {speed or 0} per second).",
            f"批次 {outcome.batch}：新建 {outcome.opened} 件，已有 {outcome.there_before} 件"
            f"（{seconds:.1f} 秒，每秒 {speed or 0} 件）。",
        )
    )


def list_batches(*, code: int, as_json: bool) -> None:
    """Print the batches of a county."""
    with _spoken(), tenant_tx(county_of(code)):
        rows = importing.batches()
    if as_json:
        show_json([asdict(row) for row in rows])
        return
    show_table(
        [
            {
                words("batch", "批次"): row.batch,
                words("cases", "件数"): str(row.cases),
                words("first", "最早"): f"{timezone.localtime(row.first):%F}",
                words("last", "最晚"): f"{timezone.localtime(row.last):%F}",
            }
            for row in rows
        ]
    )


def undo(name: str, *, code: int, ask: Callable[[str], bool]) -> int:
    """Put a batch aside after asking; return the exit code.

    Raises:
        Refused: there is no such batch, or somebody has worked on it.
    """
    plain = name.partition("/")[2] or name
    question = words(f"Put batch {plain} aside?", f"确定撤销批次 {plain}？")
    if not ask(question):
        return int(Exit.FAILURE)
    with _spoken(), tenant_tx(county_of(code)):
        count = importing.undo(plain)
    show(words(f"{count} cases are void now.", f"已将 {count} 件标为作废。"))
    return int(Exit.OK)
