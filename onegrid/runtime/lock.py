"""One runner per installation: a lock that the kernel frees when its holder is gone."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType

from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.words import words

_STEP = 0.05


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock: written into the lock file for whoever finds it taken.

    Attributes:
        purpose: ``serve`` for a running county, else the name of a passing command.
        address: where the pages are, once they are.
        url: database for web and worker, once it answers; empty for a database from outside.
        owner_url: the same database as the owner of the tables.
    """

    pid: int
    purpose: str
    address: str = ""
    url: str = ""
    owner_url: str = ""


class Lock:
    """The lock of one ``var`` folder."""

    def __init__(self, var: Path, *, purpose: str) -> None:
        self.path = var / "onegrid.lock"
        self.note = Holder(os.getpid(), purpose)
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def acquire(self, *, wait: float = 0.0) -> None:
        """Take the lock; taking it twice is taking it once.

        Args:
            wait: seconds to wait for a passing command to finish.

        Raises:
            Refused: somebody else holds it (exit code 4).
        """
        end = time.monotonic() + wait
        while not self.try_acquire():
            if time.monotonic() >= end:
                raise Refused(self._busy(), Exit.BUSY)
            time.sleep(_STEP)

    def try_acquire(self) -> bool:
        """Take the lock if it is free; say whether this object holds it now."""
        if self._file is not None:
            return True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        self._write()
        return True

    def tell(self, *, address: str | None = None, urls: tuple[str, str] | None = None) -> None:
        """Tell others where the pages and the database are; None leaves what was told."""
        if address is not None:
            self.note = replace(self.note, address=address)
        if urls is not None:
            self.note = replace(self.note, url=urls[0], owner_url=urls[1])
        self._write()

    def holder(self) -> Holder | None:
        """Read who holds the lock; None when nothing readable is written there."""
        with suppress(OSError, ValueError, TypeError):
            return Holder(**json.loads(self.path.read_text()))
        return None

    def release(self) -> None:
        """Free the lock; the file stays, so that all meet at the same one."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Lock:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _write(self) -> None:
        if self._file is not None:
            text = json.dumps(asdict(self.note)).encode()
            os.pwrite(self._file, text, 0)
            os.ftruncate(self._file, len(text))

    def _busy(self) -> str:
        holder = self.holder()
        pid = holder.pid if holder else "?"
        where = holder.address if holder and holder.address else ""
        what = holder.purpose if holder else "?"
        return words(
            f"Onegrid is already running here{f' at {where}' if where else ''} "
            f"({what}, process {pid}). Stop it first, or set ONEGRID_VAR to another folder.",
            f"这里的 Onegrid 已在运行{f'，地址 {where}' if where else ''}"
            f"（{what}，进程 {pid}）。请先停止它，或将 ONEGRID_VAR 设为另一个目录。",
        )
