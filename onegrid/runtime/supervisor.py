"""Keeps the database and the product's processes alive, and ends them all when it is told to."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from onegrid.runtime import processes
from onegrid.runtime.exits import Refused
from onegrid.runtime.postgres import Cluster, Say
from onegrid.runtime.service import Child, Service

_TICK = 0.5
_CHILDREN_STOP_SECONDS = 5.0
_DATABASE_STOP_SECONDS = 3.0
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Runs services beside a database until it is told to stop.

    A service that ends is started again. The database is started again when it is gone, and is
    never stopped because a service is. The caller holds the lock of the installation.
    """

    def __init__(
        self,
        services: Sequence[Service],
        *,
        var: Path,
        cluster: Cluster | None,
        environment: Mapping[str, str],
        say: Say,
        log_folder: Path | None = None,
    ) -> None:
        """Name what is to run; nothing is started yet.

        Args:
            services: what runs beside the database, the one that people wait for first.
            var: folder of the installation's data; marks every process as ours.
            cluster: the running embedded cluster; None when the database is somebody else's.
            environment: all variables of the services.
            say: is told when something ended or was started again.
            log_folder: where the services write to ``<name>.log``; None: to our own output.
        """
        mark = str(var.resolve())
        marked = {**environment, processes.MARK: mark}
        self._children = [Child(service, marked, log_folder) for service in services]
        self._mark = mark
        self._cluster = cluster
        self._say = say
        self._stop = threading.Event()
        self._hurry = False

    def sweep(self) -> int:
        """End what an earlier run left behind; say how many processes there were."""
        return processes.sweep(lambda: processes.marked(self._mark), grace=2.0)

    def start(self) -> None:
        """Take over the signals that stop us, sweep, and start the first service."""
        for number in _STOPPING:
            signal.signal(number, self._told_to_stop)
        self.sweep()
        self._children[0].start()

    def start_rest(self) -> None:
        """Start the other services, once the first no longer needs all cores to get up."""
        for child in self._children[1:]:
            child.start()

    def run(self) -> None:
        """Watch until told to stop, then stop everything."""
        try:
            while not self._stop.wait(_TICK):
                self.watch()
        finally:
            self.stop()

    def watch(self) -> None:
        """Look once: start again what has ended and whose pause is over."""
        now = time.monotonic()
        self._watch_database()
        for child in self._children:
            if child.ended(now):
                self._say(f"{child.name}: ended ({child.code}), again in {child.pause:g} s")
            if child.due(now):
                child.start()

    def stopping(self) -> bool:
        """Say whether the order to stop has come."""
        return self._stop.is_set()

    def alive(self) -> bool:
        """Say whether every service runs at this moment."""
        return all(child.running() for child in self._children)

    def stop(self) -> None:
        """Stop the services, then the database; by force what does not obey in time."""
        self._stop.set()
        for child in self._children:
            child.ask_to_stop()
        processes.wait_until(
            lambda: self._hurry or not any(child.running() for child in self._children),
            _CHILDREN_STOP_SECONDS,
        )
        for child in self._children:
            child.kill()
        self.sweep()
        if self._cluster is not None:
            self._cluster.stop(_DATABASE_STOP_SECONDS)

    def _watch_database(self) -> None:
        if self._cluster is None or self._cluster.running():
            return
        self._say("database: ended, starting again")
        with suppress(Refused):  # said in its log; the next look tries again
            self._cluster.start()

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self._stop.is_set():
            self._hurry = True
        self._stop.set()
        if self._cluster is not None:
            self._cluster.cancel()
