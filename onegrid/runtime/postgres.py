"""A PostgreSQL cluster of our own: made, started, swept, stopped; its one door a private socket."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from onegrid.runtime import accounts, binaries, config, processes
from onegrid.runtime.exits import Refused
from onegrid.runtime.lock import Lock
from onegrid.runtime.place import Place, make_private, settle
from onegrid.runtime.words import words

DATABASE = "onegrid"
START_SECONDS = 600.0
STOP_SECONDS = 20.0

_BUILTIN_LOCALES_SINCE = 17
_LOG_LIMIT = 10_000_000
_TRIES = 8
_READY_LINE = 7
Say = Callable[[str], None]


def quiet(_: str) -> None:
    """Say nothing."""


class Cluster:
    """The cluster in one ``var`` folder.

    Start it from the main thread: the server stops when the thread that started it is gone, so a
    killed runner leaves no server behind.
    """

    def __init__(
        self, var: Path, *, lock: Lock | None = None, durable: bool = True, say: Say = quiet
    ) -> None:
        """Name the cluster; nothing is touched yet.

        Args:
            var: folder of the installation's data.
            lock: the lock of that folder when the caller keeps it; None: taken and freed here.
            durable: False trades safety at a power cut for speed, for throw-away data.
            say: is told what a long start is waiting for.
        """
        self.var = var.absolute()
        self._lock = lock or Lock(self.var, purpose="database")
        self._keeps_lock = lock is not None
        self._durable = durable
        self._say = say
        self._place: Place | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._cancelled = False

    @property
    def place(self) -> Place:
        """Folders and user, settled on first use."""
        if self._place is None:
            self._place = settle(self.var, binaries.find())
        return self._place

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.var / "log" / "postgres.log"

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The server that this object started, None before and after."""
        return self._server

    def running(self) -> bool:
        """Say whether the server that this object started is alive."""
        return self._server is not None and self._server.poll() is None

    def url(self, role: str = config.APP, database: str = DATABASE) -> str:
        """Return the libpq URL for a role (``onegrid_app`` or ``onegrid_owner``)."""
        host = quote(str(self.place.sockets), safe="")
        return f"postgresql:///{database}?host={host}&user={role}"

    def ensure(self) -> None:
        """Make the data folder if it is missing and write the configuration.

        Raises:
            Refused: the folder is in use (exit code 4), or no cluster can be made.
        """
        self._lock.acquire()
        if not (self.place.data / "PG_VERSION").exists():
            self._say(words("Making the database …", "正在建立数据库……"))
            self._make()
        self._configure()

    def start(self) -> None:
        """Sweep what an earlier run left, start the server and wait until it answers.

        Raises:
            Refused: the folder is in use (exit code 4), or the server does not start.
        """
        self.ensure()
        for attempt in range(1, _TRIES + 1):
            if self._cancelled:
                break
            self.sweep()
            self._launch()
            if self._await_ready():
                return
            self.halt()
            time.sleep(0.1 * attempt)
        raise Refused(
            words("The database does not start:", "数据库无法启动：")
            + f" {self.log}\n{self._last_words()}"
        )

    def sweep(self) -> int:
        """End every process that works in the data folder and drop its stale pid file.

        A server gets the chance of a clean stop first. Killing only the server leaves backends that
        hold its shared memory, and then no start succeeds until they are gone.

        Returns:
            How many processes were found.
        """
        data = self.place.data
        found = processes.in_folder(data)
        if found:
            processes.send([pid for pid in found if pid == self._pid_in_file()], signal.SIGINT)
            server_left = self._pid_in_file() in found
            processes.wait_until(lambda: not processes.in_folder(data), 5.0 if server_left else 0.2)
            processes.sweep(lambda: processes.in_folder(data), grace=1.0)
        (data / "postmaster.pid").unlink(missing_ok=True)
        return len(found)

    def cancel(self) -> None:
        """Give up a start that is under way; safe to call from a signal handler."""
        self._cancelled = True

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Stop the server: fast, then at once, then by force; free the lock if it is ours.

        Args:
            timeout: seconds for the fast way, which writes everything to its place on disk.
        """
        self.halt(timeout)
        if not self._keeps_lock:
            self._lock.release()

    def halt(self, timeout: float = STOP_SECONDS) -> None:
        """Stop the server and keep the lock."""
        if self._server is not None:
            self._end(self._server, timeout)
            self._server = None

    def create_roles_and_database(self, database: str = DATABASE) -> None:
        """Make the run-time role and the database where they are missing."""
        self.psql(config.roles_and_database(database))

    def drop_database(self, database: str = DATABASE) -> None:
        """Drop a database and end the sessions in it."""
        self.psql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE);")

    def psql(self, script: str, database: str = "postgres") -> str:
        """Run a script as the owner and return what it prints, unaligned and without headings.

        Raises:
            Refused: a statement failed.
        """
        target: list[str | Path] = ["-h", self.place.sockets, "-U", config.OWNER, "-d", database]
        command: list[str | Path] = [
            self.place.programs / "psql",
            "-XqAt",
            "-v",
            "ON_ERROR_STOP=1",
            *target,
        ]
        return _run(command, script=script).strip()

    def __enter__(self) -> Cluster:
        try:
            self.start()
            self.create_roles_and_database()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _make(self) -> None:
        """Make the cluster beside its place and move it there, so that half of one never counts."""
        data, account = self.place.data, self.place.account
        draft = data.with_name(f"{data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        make_private(draft, account)
        command: list[str | Path] = [
            self.place.programs / "initdb",
            "-D",
            draft,
            "-U",
            config.OWNER,
        ]
        command += [
            "--encoding=UTF8",
            "--data-checksums",
            "--auth-local=peer",
            "--auth-host=reject",
            "--locale=C.UTF-8",
        ]
        if binaries.major_version(self.place.programs) >= _BUILTIN_LOCALES_SINCE:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self._durable:
            command += ["--no-sync"]
        _run(command, account=account)
        draft.rename(data)

    def _configure(self) -> None:
        """Write the configuration; the users that may come in are PostgreSQL's own and ours."""
        users = dict.fromkeys([self.place.account.name, accounts.current().name])
        files = {
            "postgresql.conf": config.settings(sockets=self.place.sockets, durable=self._durable),
            "pg_hba.conf": config.access(),
            "pg_ident.conf": config.identities(users),
        }
        for name, text in files.items():
            path = self.place.data / name
            draft = path.with_suffix(".draft")
            draft.write_text(text)
            draft.chmod(0o600)
            os.chown(draft, self.place.account.uid, self.place.account.gid)
            draft.replace(path)

    def _launch(self) -> None:
        """Start the server as our child."""
        self._rotate_log()
        with self.log.open("ab") as log:
            self._server = processes.spawn(
                [self.place.programs / "postgres", "-D", self.place.data],
                environment=_environment(),
                on_orphan=signal.SIGINT,
                log=log,
                folder=self.place.data,
                account=self.place.account,
            )

    def _await_ready(self) -> bool:
        """Wait until the server takes connections; recovery after a hard stop may be long."""
        began = told = time.monotonic()
        while time.monotonic() - began < START_SECONDS:
            if self._cancelled or not self.running():
                return False
            if self._ready():
                return True
            if time.monotonic() - told > 5:
                told = time.monotonic()
                self._tell_recovery(told - began)
            time.sleep(0.02)
        return False

    def _tell_recovery(self, seconds: float) -> None:
        """Show that a long start goes on: the server's last word on it."""
        text = words("The database is recovering", "数据库正在恢复")
        self._say(f"{text} ({seconds:.0f} s): {self._last_words(1)}")

    def _ready(self) -> bool:
        """Read the server's own word on it: the eighth line of its pid file."""
        lines = self._pid_file()
        mine = self._server is not None and lines[:1] == [str(self._server.pid)]
        return mine and len(lines) > _READY_LINE and lines[_READY_LINE].strip() == "ready"

    def _pid_file(self) -> list[str]:
        with suppress(FileNotFoundError):
            return (self.place.data / "postmaster.pid").read_text().splitlines()
        return []

    def _pid_in_file(self) -> int:
        lines = self._pid_file()
        return int(lines[0]) if lines and lines[0].strip().isdigit() else 0

    def _end(self, server: subprocess.Popen[bytes], timeout: float) -> None:
        for number, seconds in ((signal.SIGINT, timeout), (signal.SIGQUIT, 3.0)):
            if server.poll() is not None:
                break
            server.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                server.wait(seconds)
        if server.poll() is None:
            server.kill()
            server.wait()
        self.sweep()

    def _rotate_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))

    def _last_words(self, lines: int = 8) -> str:
        with suppress(OSError), self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 4000))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
        return ""


@contextmanager
def temporary_cluster() -> Iterator[Cluster]:
    """Run a cluster for tests: fast, not durable, gone afterwards."""
    var = Path(tempfile.mkdtemp(prefix="onegrid-"))
    var.chmod(0o711)
    try:
        with Cluster(var, durable=False) as cluster:
            yield cluster
    finally:
        shutil.rmtree(var, ignore_errors=True)


def _run(
    command: list[str | Path], *, script: str = "", account: accounts.Account | None = None
) -> str:
    """Run one of PostgreSQL's programs and return what it prints.

    Raises:
        Refused: it failed; carries what it said.
    """
    done = subprocess.run(
        command,
        input=script,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=_environment(),
        **(account.arguments() if account else {}),
    )
    if done.returncode:
        raise Refused(f"{Path(command[0]).name}: {done.stderr.strip()}")
    return done.stdout


def _environment() -> dict[str, str]:
    """Return what PostgreSQL's programs see: nothing of the caller's locale or PG* variables."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
