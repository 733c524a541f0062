"""One supervised process and the pause before it is started again."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from onegrid.runtime import processes

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 2.0
_STEADY_SECONDS = 10.0
_LOG_LIMIT = 10_000_000


@dataclass(frozen=True, slots=True)
class Service:
    """What to run, under which name."""

    name: str
    command: tuple[str, ...]


class Child:
    """A running service: a session and process group of its own."""

    def __init__(
        self, service: Service, environment: Mapping[str, str], log_folder: Path | None
    ) -> None:
        self.name = service.name
        self.pause = FIRST_PAUSE
        self.code: int | None = None
        self._command = service.command
        self._environment = dict(environment)
        self._log_folder = log_folder
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._again = 0.0

    def start(self) -> None:
        """Start the process; the kernel asks it to stop when the supervisor is gone."""
        with ExitStack() as stack:
            log = stack.enter_context(self._log().open("ab")) if self._log_folder else None
            self._process = processes.spawn(
                self._command,
                environment=self._environment,
                on_orphan=signal.SIGTERM,
                log=log,
            )
        self._started = time.monotonic()
        self.code = None

    def running(self) -> bool:
        """Say whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    def ended(self, now: float) -> bool:
        """Notice, once, that the process has ended; end the rest of its group and plan the restart.

        Args:
            now: monotonic seconds.
        """
        if self._process is None or self._process.poll() is None:
            return False
        self.code = self._process.returncode
        self.kill()
        steady = now - self._started > _STEADY_SECONDS
        self.pause = FIRST_PAUSE if steady else min(self.pause * 2, LONGEST_PAUSE)
        self._again = now + self.pause
        return True

    def due(self, now: float) -> bool:
        """Say whether the pause after an end is over.

        Args:
            now: monotonic seconds.
        """
        return self._process is None and self.code is not None and now >= self._again

    def ask_to_stop(self) -> None:
        """Ask the process to finish what it is doing."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def kill(self) -> None:
        """End the whole group by force and reap the process."""
        if self._process is not None:
            processes.send_group(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _log(self) -> Path:
        path = (self._log_folder or Path()) / f"{self.name}.log"
        if path.exists() and path.stat().st_size > _LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path
