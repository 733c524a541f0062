"""Do the steps of ``plan`` one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from onegrid.commands.plan import asking
from onegrid.commands.plan.bar import Bar, progress
from onegrid.commands.plan.comparing import bounded, must_move
from onegrid.commands.plan.telling import sum_up
from onegrid.commands.plan.wanted import (
    Wanted,
    band_of,
    barrier_of,
    check,
    system_of,
    wishes_of,
)
from onegrid.commands.terminal import say, show_table
from onegrid.core.errors import CoreError
from onegrid.core.planning import Asked, Band, Effort, Plan, Watch
from onegrid.core.planning.town import Ints
from onegrid.gis.errors import BadRows, CrsUnknown, GisError, Note
from onegrid.gis.reading import Layer, read
from onegrid.gis.results import Naming, Result, result
from onegrid.gis.towns import Sources, Surveyed, parts, survey
from onegrid.gis.words import Say, sentence, speech, told
from onegrid.gis.writing import check_folder, check_target, write
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.words import language, words

_ZONE = ZoneInfo("Asia/Shanghai")
_SHOWN = 30


def run(wanted: Wanted) -> int:
    """Make a plan and write it; return the exit code.

    Raises:
        Refused: an option or a file is wrong; says what to do.
    """
    check(wanted)
    asked = Asked(
        band=band_of(wanted.grids, "--grids"),
        most_grids=wanted.most,
        wishes=wishes_of(wanted.wishes, wanted.today is not None),
    )
    with _spoken():
        if wanted.out is not None:
            check_target(wanted.out)
        if wanted.report is not None:
            check_folder(wanted.report)
        _check_paper(wanted)
        found = _gathered(wanted)
        with progress() as bar:
            made = _planned(wanted, asked, found, bar)
            written = _written(wanted, made, bar)
    sum_up(made, written, as_json=wanted.as_json)
    return int(Exit.OK)


@contextmanager
def _spoken() -> Iterator[None]:
    """Turn an error of a file into the command's own, in the language of the terminal."""
    asking.prepare_words()
    _ = speech("zh-hans" if language() == "zh" else "en")
    try:
        yield
    except BadRows as error:
        _show(error, _)
        raise Refused(told(error, _), Exit.BAD_ROWS) from error
    except CoreError as error:
        code = Exit.USAGE if isinstance(error, CrsUnknown) else Exit.FAILURE
        raise Refused(told(error, _), code) from error


def _show(error: BadRows, _: Say) -> None:
    """Print row, column and remedy of the first problems."""
    row, column, remedy = words("row", "行"), words("column", "列"), words("remedy", "处理办法")
    show_table(
        [
            {
                row: str(one.row),
                column: one.column or "-",
                remedy: sentence(one.code, one.params, _),
            }
            for one in error.problems[:_SHOWN]
        ]
    )
    left = len(error.problems) - _SHOWN
    if left > 0:
        say(words(f"… and {left} more.", f"……另有 {left} 处。"))


def _check_paper(wanted: Wanted) -> None:
    """Refuse a PDF on a machine that cannot make one, before the work.

    Raises:
        Refused: packages of the system are missing (exit code 3).
    """
    if wanted.report is None or wanted.report.suffix.lower() != ".pdf":
        return
    from onegrid.common.paper import missing_packages

    missing = " ".join(missing_packages())
    if missing:
        raise Refused(
            words(
                f"For a PDF please install: apt-get install {missing} (or write .html).",
                f"生成 PDF 请先安装：apt-get install {missing}（或改用 .html）。",
            ),
            Exit.MISSING_PACKAGE,
        )


def _gathered(wanted: Wanted) -> Surveyed:
    """Read all files; what is not known is asked at a terminal."""

    def layer_of(path: Path, layer: str | None = None) -> Layer:
        crs = system_of(wanted.crs, path)
        return asking.with_system(crs, lambda system: read(path, layer=layer, crs=system))

    def layer_or_column(text: str | None) -> Layer | str | None:
        if text is None:
            return None
        path = Path(text)
        return layer_of(path) if path.suffix and path.exists() else text

    say(words("Reading the files …", "正在读取文件……"))
    sources = Sources(
        buildings=layer_of(wanted.file, wanted.layer),
        households=wanted.households,
        barriers=[
            (layer_of(path), kind) for path, kind in (barrier_of(text) for text in wanted.barriers)
        ],
        compounds=layer_or_column(wanted.compounds),
        today=layer_or_column(wanted.today),
        outline=layer_of(wanted.outline) if wanted.outline else None,
        stations=layer_of(wanted.stations) if wanted.stations else None,
        repair=wanted.repair,
    )
    say(words("Finding neighbours …", "正在分析相邻关系……"))
    return asking.with_consent(
        wanted.repair, lambda repair: survey(replace(sources, repair=repair))
    )


def _planned(wanted: Wanted, asked: Asked, found: Surveyed, bar: Bar) -> Result:
    """Plan grids and communities; Ctrl-C ends the search with the best plan so far."""
    if wanted.by is not None:
        return _planned_apart(wanted, asked, found, bar)
    from onegrid.core.planning import plan
    from onegrid.core.planning.proofs import prove

    effort = Effort(seconds=wanted.seconds, rounds=wanted.rounds)
    notes: list[Note] = []
    with bar.until_interrupted() as going:
        made = plan(
            town=found.town, asked=asked, effort=effort, seed=wanted.seed, watch=bar.watch(going)
        )
        if going() and wanted.seconds is not None:
            bar.stage("prove")
            made = prove(town=found.town, asked=asked, plan=made, seconds=wanted.seconds / 3)
        made, gap = bounded(wanted.bound, asked, found.town, made, bar.watch(going))
        moves = must_move(wanted.bound, asked, found.town, made) if going() else None
        above = _communities(wanted, found, made, bar.watch(going)) if wanted.communities else None
        if wanted.bound and gap is None:
            notes.append(Note("note.no_gap"))
        if not going():
            notes.append(Note("note.cut_short"))
    bar.stage("areas")
    return result(
        found, asked, made, communities=above, naming=_naming(wanted), gap=gap, moves=moves,
        notes=notes,
    )  # fmt: skip


def _naming(wanted: Wanted) -> Naming:
    prefix = wanted.prefix
    return Naming(grid=prefix, community=prefix) if prefix else Naming()


def _planned_apart(wanted: Wanted, asked: Asked, found: Surveyed, bar: Bar) -> Result:
    """Plan each value of a column by itself; Ctrl-C ends all of them with the best so far."""
    from onegrid.commands.plan.spread import spread
    from onegrid.core.planning.apart import Errand, errands, joined

    heading, part, names = parts(found, wanted.by or "", wanted.file.name)
    band = band_of(wanted.communities, "--communities") if wanted.communities else None
    whole = Errand(
        town=found.town,
        asked=asked,
        effort=Effort(seconds=wanted.seconds, rounds=wanted.rounds),
        seed=wanted.seed,
        proof=(wanted.seconds or 0.0) / 3,
        above=band,
        above_effort=_upper_effort(wanted),
    )
    todo = errands(whole, part)
    notes = [Note("note.by", {"column": heading, "count": len(names)})]
    with bar.until_interrupted() as going:

        def tell(count: int) -> bool:
            bar.parts(count, len(todo))
            return going()

        done = joined(found.town, part, spread(todo, wanted.spread, tell))
        if not going():
            notes.append(Note("note.cut_short"))
    bar.stage("areas")
    above = None if done.above is None or band is None else (done.above, band)
    made = result(found, asked, done.plan, communities=above, naming=_naming(wanted), notes=notes)
    return replace(made, parts=_of_grids(made, part, names))


def _of_grids(made: Result, part: Ints, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return for each grid the name of the part it lies in."""
    of = np.zeros(len(made), dtype=np.int64)
    of[made.labels] = part
    return tuple(names[number] for number in of.tolist())


def _upper_effort(wanted: Wanted) -> Effort:
    """Return the effort for communities: a fifth of the time of the grids."""
    seconds = None if wanted.seconds is None else max(1.0, wanted.seconds / 5)
    return Effort(seconds=seconds, rounds=wanted.rounds)


def _communities(wanted: Wanted, found: Surveyed, made: Plan, watch: Watch) -> tuple[Plan, Band]:
    """Group the grids into communities."""
    from onegrid.core.planning.nest import group

    band = band_of(wanted.communities, "--communities")
    grouped = group(
        town=found.town,
        grids=made.labels,
        band=band,
        effort=_upper_effort(wanted),
        seed=wanted.seed,
        watch=watch,
    )
    return grouped, band


def _written(wanted: Wanted, made: Result, bar: Bar) -> list[Path]:
    """Write the plan and the report; return the files."""
    written: list[Path] = []
    if wanted.out is not None:
        bar.stage("write")
        written += write(made, wanted.out)
    if wanted.report is not None:
        bar.stage("report")
        written.append(_report(wanted, made, wanted.report))
    return written


def _report(wanted: Wanted, made: Result, path: Path) -> Path:
    from onegrid.gis.report import STYLES, Heading, page

    html = page(
        made,
        Heading(
            place=wanted.name or wanted.file.stem,
            made=datetime.now(_ZONE),
            language=wanted.language,
        ),
    )
    content = html.encode()
    if path.suffix.lower() == ".pdf":
        from onegrid.common.paper import pdf_of

        content = pdf_of(html, styles=STYLES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise GisError("gis.cannot_write", file=path.name, reason=str(error)) from error
    return path
