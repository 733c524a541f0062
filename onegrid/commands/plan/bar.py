"""How far a plan is, and how Ctrl-C ends the search but not the command."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from onegrid.core.planning import Progress, Watch
from onegrid.runtime.words import words


def _name(stage: str) -> str:
    return {
        "prepare": words("preparing", "准备"),
        "first": words("first plan", "初步方案"),
        "improve": words("improving", "优化"),
        "prove": words("proving", "证明"),
        "communities": words("communities", "社区"),
        "areas": words("drawing borders", "生成边界"),
        "write": words("writing", "写入"),
        "report": words("report", "报告"),
    }.get(stage, stage)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar on the error stream.

    Attributes:
        show: takes what is being done and the share that is done, None when that is not known.
    """

    show: Callable[[str, float | None], None]

    def stage(self, name: str) -> None:
        """Say what is being done."""
        self.show(_name(name), None)

    def parts(self, done: int, count: int) -> None:
        """Say how many parts that are planned by themselves are done."""
        text = words(f"planning: {done} of {count} done", f"规划中：已完成 {done}/{count}")
        self.show(text, done / count)

    def watch(self, going: Callable[[], bool]) -> Watch:
        """Return what the planner tells its progress to."""

        def tell(progress: Progress) -> bool:
            text = _name(progress.stage)
            if progress.grids:
                text += words(
                    f": {progress.grids} grids, {progress.rms:.1f} m, {progress.within:.1%} within",
                    f"：{progress.grids} 个网格，{progress.rms:.1f} 米，达标 {progress.within:.1%}",
                )
            self.show(text, progress.share)
            return going()

        return tell

    @contextmanager
    def until_interrupted(self) -> Iterator[Callable[[], bool]]:
        """Yield what tells whether to go on; the first Ctrl-C ends that, the second the command."""
        stopped = threading.Event()

        def stop(_signal: int, _frame: FrameType | None) -> None:
            if stopped.is_set():
                raise KeyboardInterrupt
            stopped.set()
            self.show(words("stopping", "正在结束"), None)

        main = threading.current_thread() is threading.main_thread()
        before: Any = signal.signal(signal.SIGINT, stop) if main else None
        try:
            yield lambda: not stopped.is_set()
        finally:
            if main:
                signal.signal(signal.SIGINT, before)


@contextmanager
def progress() -> Iterator[Bar]:
    """Show a bar while planning."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Shown

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Shown(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=1.0)
        yield Bar(
            lambda text, share: bar.update(
                task, description=text, total=None if share is None else 1.0, completed=share or 0.0
            )
        )
