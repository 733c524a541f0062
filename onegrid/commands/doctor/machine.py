"""Checks of the machine: no database needed."""

from __future__ import annotations

import platform
import shutil
import sys

from onegrid.commands.doctor.finding import Finding, State, judge
from onegrid.common.media.pages import PACKAGE, PROGRAM
from onegrid.common.paper import missing_packages
from onegrid.runtime.paths import var_folder
from onegrid.runtime.vendor import TARGET
from onegrid.runtime.words import words

_OLDEST_PYTHON = (3, 11)
_LEAST_SPACE = 2_000_000_000
_LITTLE_SPACE = 10_000_000_000


def checks() -> list[Finding]:
    """Run all of them."""
    return [_python(), _space(), _letters(), _scans(), _browser_libraries()]


def database_remedy() -> str:
    """Return where to look when the database does not answer."""
    log = var_folder() / "log" / "postgres.log"
    return words(
        f"Look at {log}; for a database of your own check ONEGRID_DATABASE_URL.",
        f"请查看 {log}；若使用外部数据库，请检查 ONEGRID_DATABASE_URL。",
    )


def _python() -> Finding:
    found = platform.python_version()
    remedy = words("Install Python 3.11 or newer.", "请安装 Python 3.11 或更新版本。")
    return judge("python", sys.version_info >= _OLDEST_PYTHON, f"Python {found}", remedy)


def _space() -> Finding:
    folder = var_folder()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    text = words(
        f"{free / 1e9:.1f} GB of disk space are free.", f"磁盘剩余空间 {free / 1e9:.1f} GB。"
    )
    remedy = words(
        f"Free space on the disk of {folder}; below 2 GB the county must not go on.",
        f"请清理 {folder} 所在磁盘；低于 2 GB 时不应继续运行。",
    )
    bad = State.FAIL if free < _LEAST_SPACE else State.WARN
    return judge("disk", free >= _LITTLE_SPACE, text, remedy, otherwise=bad)


def _letters() -> Finding:
    missing = " ".join(missing_packages())
    text = (
        words(f"Letters cannot be made: {missing}.", f"无法生成答复函，缺少：{missing}。")
        if missing
        else words("Letters can be made: Pango and a Chinese font are there.", "可以生成答复函。")
    )
    remedy = words(
        f"As root: apt-get install {missing}", f"以 root 运行：apt-get install {missing}"
    )
    return judge("letters", not missing, text, remedy, otherwise=State.WARN)


def _scans() -> Finding:
    good = shutil.which(PROGRAM) is not None
    text = (
        words("Scanned letters in PDF can be read.", "可以读取 PDF 扫描件。")
        if good
        else words("Scanned letters in PDF cannot be read.", "无法读取 PDF 扫描件。")
    )
    remedy = words(
        f"As root: apt-get install {PACKAGE}", f"以 root 运行：apt-get install {PACKAGE}"
    )
    return judge("scans", good, text, remedy, otherwise=State.WARN)


def _install(packages: str) -> str:
    return words(
        f"As root: apt-get install {packages}", f"请以 root 运行：apt-get install {packages}"
    )


def _browser_libraries() -> Finding:
    good = (TARGET / ".stamp").is_file()
    text = (
        words("Browser libraries are there.", "浏览器组件齐全。")
        if good
        else words("Browser libraries are missing.", "缺少浏览器组件。")
    )
    return judge("vendor", good, text, words("Run ./run serve once.", "请运行一次 ./run serve。"))
