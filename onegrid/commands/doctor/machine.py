"""Checks of the machine: no database needed."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from contextlib import suppress

from onegrid.commands.doctor.finding import Finding, State, judge
from onegrid.runtime.paths import var_folder
from onegrid.runtime.vendor import TARGET
from onegrid.runtime.words import words

_OLDEST_PYTHON = (3, 11)
_LEAST_SPACE = 2_000_000_000
_LITTLE_SPACE = 10_000_000_000


def checks() -> list[Finding]:
    """Run all of them."""
    return [_python(), _space(), _fonts(), _browser_libraries()]


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


def _fonts() -> Finding:
    found = ""
    with suppress(OSError):
        command = ["fc-list", ":lang=zh-cn", "family"]
        found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    text = (
        words("Chinese fonts are there.", "已安装中文字体。")
        if found.strip()
        else words("No Chinese font on this machine.", "本机没有中文字体。")
    )
    remedy = words(
        "Only pictures and printing made on this machine need it: apt-get install fonts-noto-cjk",
        "仅在本机生成图片或打印时需要：apt-get install fonts-noto-cjk",
    )
    return judge("fonts", bool(found.strip()), text, remedy, otherwise=State.WARN)


def _browser_libraries() -> Finding:
    good = (TARGET / ".stamp").is_file()
    text = (
        words("Browser libraries are there.", "浏览器组件齐全。")
        if good
        else words("Browser libraries are missing.", "缺少浏览器组件。")
    )
    return judge("vendor", good, text, words("Run ./run serve once.", "请运行一次 ./run serve。"))
