"""What was asked for on the command line, checked before any work is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from onegrid.commands.plan.spread import SPREADS, check_ray
from onegrid.core.planning import FEW_CHANGES, Band, Barrier, TownError, Wishes
from onegrid.gis import barriers
from onegrid.gis.words import LANGUAGES
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.words import words

REPORTS = (".html", ".htm", ".pdf")
_WISHES = ("borders", "workload", "change", "station")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Options as they were written; see ``onegrid plan --help``.

    Attributes:
        crs: systems, ``SYSTEM`` for every file or ``FILE=SYSTEM`` for one.
        barriers: ``FILE`` or ``FILE:class``.
        compounds, today: a file, or the heading of a column.
        wishes: ``name=weight``.
        by: heading of a column whose values are planned each by itself.
        spread: one of `spread.SPREADS`.
        seconds: time to improve; None when rounds are given.
        bound: seconds for the distance to the best possible, 0 for none.
    """

    file: Path
    grids: str
    communities: str = ""
    layer: str | None = None
    crs: Sequence[str] = ()
    households: str | None = None
    barriers: Sequence[str] = ()
    compounds: str | None = None
    today: str | None = None
    stations: Path | None = None
    outline: Path | None = None
    repair: bool = False
    wishes: Sequence[str] = ()
    most: int | None = None
    by: str | None = None
    spread: str = "processes"
    seconds: float | None = 30.0
    rounds: int | None = None
    seed: int = 0
    bound: float = 0.0
    prefix: str = ""
    name: str = ""
    out: Path | None = None
    report: Path | None = None
    language: str = "zh-hans"
    as_json: bool = False


def usage(en: str, zh: str) -> Refused:
    """Return a refusal for a wrongly written option."""
    return Refused(words(en, zh), Exit.USAGE)


def band_of(text: str, option: str) -> Band:
    """Read a band like ``300:500``.

    Raises:
        Refused: it is none.
    """
    least, _, most = text.replace("：", ":").partition(":")
    try:
        return Band(float(least), float(most))
    except (ValueError, TownError) as error:
        raise usage(
            f"{option} {text}: write the least and the most households, as in 300:500.",
            f"{option} {text}：请写最少和最多户数，例如 300:500。",
        ) from error


def wishes_of(texts: Sequence[str], today: bool) -> Wishes:
    """Read weights like ``change=0.5``; with grids of today, few changes are wished for anyhow.

    Raises:
        Refused: unknown name, or no number from 0.
    """
    found = {"change": FEW_CHANGES} if today else {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            weight = float(value)
        except ValueError:
            weight = -1.0
        if name not in _WISHES or not 0 <= weight < 1e6:
            known = ", ".join(f"{one}=0.5" for one in _WISHES)
            raise usage(
                f"--wish {text}: write one of {known}; any number from 0.",
                f"--wish {text}：可写 {known}，数值不小于 0。",
            )
        found[name] = weight
    return Wishes(**found)


def barrier_of(text: str) -> tuple[Path, Barrier | None]:
    """Read ``FILE`` or ``FILE:class``."""
    file, colon, word = text.rpartition(":")
    kind = barriers.named(word)
    if colon and kind is not None and not Path(text).exists():
        return Path(file), kind
    return Path(text), None


def system_of(texts: Sequence[str], file: Path) -> str | None:
    """Return the coordinate system that was named for a file, or for every file."""
    for text in texts:
        name, equals, system = text.rpartition("=")
        if equals and Path(name).name == file.name:
            return system
    return next((text for text in texts if "=" not in text), None)


def check(wanted: Wanted) -> None:
    """Refuse what cannot be done before the files are read.

    Raises:
        Refused: neither plan nor report wanted, or a report of another kind.
    """
    if wanted.communities:
        band_of(wanted.communities, "--communities")
    _check_spread(wanted)
    _check_stations(wanted)
    if wanted.out is None and wanted.report is None:
        raise usage(
            "Say where the plan goes (-o plan.gpkg) or the report (--report plan.html).",
            "请指定方案文件（-o plan.gpkg）或报告文件（--report plan.html）。",
        )
    if wanted.language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise usage(
            f"--language {wanted.language}: write one of {known}.",
            f"--language {wanted.language}：可写 {known}。",
        )
    if wanted.report is not None and wanted.report.suffix.lower() not in REPORTS:
        raise usage(
            f"A report is written as .html or .pdf, not as {wanted.report.name}.",
            f"报告只能写为 .html 或 .pdf，不能写为 {wanted.report.name}。",
        )


def _check_stations(wanted: Wanted) -> None:
    if wanted.stations is None and wishes_of(wanted.wishes, False).station > 0:
        raise usage(
            "--wish station needs the places of the stations: --stations FILE.",
            "--wish station 需要服务站点的位置：--stations 文件。",
        )


def _check_spread(wanted: Wanted) -> None:
    if wanted.spread not in SPREADS:
        known = ", ".join(SPREADS)
        raise usage(
            f"--spread {wanted.spread}: write one of {known}.",
            f"--spread {wanted.spread}：可写 {known}。",
        )
    if wanted.by is None:
        if wanted.spread == "ray":
            raise usage(
                "--spread spreads the counties of a column; name it by --by.",
                "--spread 用于分县并行，请用 --by 指明县名所在列。",
            )
        return
    if wanted.most is not None or wanted.bound:
        raise usage(
            "--by does not go with --most and --bound: they are said of one place.",
            "--by 不能与 --most、--bound 同用：后两者只针对一个地方。",
        )
    if wanted.spread == "ray":
        check_ray()
