"""What must be done before a county can be served, and whether it was done for this very code."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from onegrid.runtime import processes, stamps
from onegrid.runtime.database import URL
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.paths import PACKAGE, ROOT
from onegrid.runtime.postgres import Cluster

PLANNER = "planner"
MESSAGES = "messages"
STATIC = "static"
MIGRATE = "migrate"
TEXTS = "texts"
DEMO = "demo"
ORDER = (PLANNER, MESSAGES, STATIC, MIGRATE, TEXTS, DEMO)
FOR_SERVING = (PLANNER, MESSAGES, STATIC, MIGRATE)

_LOCK = ROOT / "requirements" / "app.txt"


class Steps:
    """The steps of one installation and their stamps in ``var/stamps``."""

    def __init__(self, var: Path, cluster: Cluster | None, environment: Mapping[str, str]) -> None:
        """Name the installation.

        Args:
            var: folder of its data.
            cluster: its embedded cluster, made already; None for a database from outside.
            environment: variables of the process that does the steps.
        """
        self._folder = var / "stamps"
        self._environment = dict(environment)
        self._identity = _identity(cluster, environment)

    def missing(self, wanted: Sequence[str]) -> list[str]:
        """Return the steps that were not done for this code and database, in order."""
        return [
            step
            for step in ORDER
            if step in wanted and not stamps.matches(self._folder / step, self._value(step))
        ]

    def run(self, steps: Sequence[str], *, full: bool = False) -> None:
        """Do the steps in a process of their own (the supervisor stays small) and stamp them.

        Raises:
            Refused: a step failed; its process has said why; carries its exit code.
        """
        if not steps:
            return
        self.call("prepare", *steps, *(["--full"] if full else []))
        for step in steps:
            stamps.put(self._folder / step, self._value(step))

    def call(self, *arguments: str) -> None:
        """Run one of our own commands on this installation.

        Raises:
            Refused: it failed; carries its exit code.
        """
        done = subprocess.run(
            [sys.executable, "-m", "onegrid.cli", *arguments],
            env=self._environment,
            check=False,
            preexec_fn=processes.die_with_parent(signal.SIGTERM),
        )
        if done.returncode:
            raise Refused("", _code(done.returncode))

    def forget(self) -> None:
        """Drop the stamps of what is in the database."""
        for step in (MIGRATE, DEMO):
            (self._folder / step).unlink(missing_ok=True)

    def _value(self, step: str) -> str:
        """Return the digest of all that a step depends on."""
        if step == PLANNER:
            return stamps.fingerprint([*PACKAGE.glob("core/planning/*.py"), _LOCK])
        if step == MESSAGES:
            files = list(PACKAGE.glob("locale/*/LC_MESSAGES/*.po"))
            lacking = [path.name for path in files if not path.with_suffix(".mo").exists()]
            return stamps.fingerprint(files, extra=str(lacking))
        if step == STATIC:
            files = [path for path in PACKAGE.glob("web/static/**/*") if path.is_file()]
            return stamps.fingerprint([_LOCK], extra=_listing(files))
        if step == MIGRATE:
            files = [*PACKAGE.glob("**/migrations/*.py"), _LOCK]
            return stamps.fingerprint(files, extra=self._identity)
        if step == TEXTS:
            files = [*PACKAGE.glob("locale/*/LC_MESSAGES/*.po"), *PACKAGE.glob("notices/*.py")]
            return stamps.fingerprint(files)
        return stamps.fingerprint([], extra=self._identity)


def _identity(cluster: Cluster | None, environment: Mapping[str, str]) -> str:
    """Return what tells one database from another made at the same place later."""
    if cluster is None:
        return environment.get(URL, "")
    made = (cluster.place.data / "PG_VERSION").stat()
    return f"{made.st_ino} {made.st_mtime_ns}"


def _listing(files: Sequence[Path]) -> str:
    """Return names, sizes and times: enough to notice a change, cheaper than reading everything."""
    found = [(str(path), path.stat()) for path in sorted(files)]
    return "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in found)


def _code(returned: int) -> Exit:
    """Return the exit code of one of our commands; one that a signal ended has failed."""
    return Exit(returned) if returned in set(Exit) else Exit.FAILURE
