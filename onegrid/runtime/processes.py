"""Processes of this installation: found by what they hold on to, ended without leaving any."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from onegrid.runtime.accounts import Account

MARK = "ONEGRID_SUPERVISED"

_PROC = Path("/proc")
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_STEP = 0.02


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Return a ``preexec_fn``: the kernel sends the signal to the child when its parent is gone.

    The parent means the thread that starts the child: start children from the main thread.
    """
    parent = os.getpid()

    def arm() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    return arm


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    on_orphan: signal.Signals,
    log: IO[bytes] | None = None,
    folder: Path | None = None,
    account: Account | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C is ours to pass on.

    Args:
        command: program and arguments.
        environment: all variables of the process.
        on_orphan: what the process gets when we are gone.
        log: takes all it writes; None: goes where ours goes.
        folder: where it works; None: where we do.
        account: whom it runs as; None: as us.
    """
    with warnings.catch_warnings():
        # Python 3.12 warns of forks beside threads; what runs between fork and exec takes no lock.
        warnings.simplefilter("ignore", DeprecationWarning)
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
            preexec_fn=die_with_parent(on_orphan),  # noqa: PLW1509
            **(account.arguments() if account else {}),
        )


def in_folder(folder: Path) -> list[int]:
    """Return the processes that work in a folder: a whole PostgreSQL cluster does in its data."""
    wanted = os.path.realpath(folder)
    return [pid for pid in _others() if _link(pid, "cwd") in {wanted, f"{wanted} (deleted)"}]


def marked(mark: str) -> list[int]:
    """Return the processes whose environment carries ``ONEGRID_SUPERVISED=<mark>``."""
    needle = os.fsencode(f"{MARK}={mark}")
    return [pid for pid in _others() if needle in _environment(pid)]


def alive(pid: int) -> bool:
    """Say whether a process exists and is more than an unreaped entry."""
    with suppress(OSError):
        state = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        return state not in {"Z", "X"}
    return False


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to each process that is still there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def send_group(group: int, number: signal.Signals) -> None:
    """Send a signal to a process group if it has any member left."""
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until the condition holds; return False when the time is over."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(_STEP)
    return True


def sweep(find: Callable[[], list[int]], *, grace: float) -> int:
    """End every process that ``find`` names: politely, then by force, until none is found.

    Args:
        find: names the processes that are left, on every call anew.
        grace: seconds between asking and forcing.

    Returns:
        How many processes there were.

    Raises:
        TimeoutError: some cannot be ended (another user's, or stuck in the kernel).
    """
    found = find()
    if not found:
        return 0
    send(found, signal.SIGTERM)
    if not wait_until(lambda: not find(), grace):
        end = time.monotonic() + 10
        while left := find():
            if time.monotonic() > end:
                raise TimeoutError(f"cannot end processes {left}")
            send(left, signal.SIGKILL)
            time.sleep(_STEP)
    return len(found)


def _others() -> list[int]:
    own = os.getpid()
    numbers = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
    return [pid for pid in numbers if pid != own]


def _link(pid: int, name: str) -> str:
    with suppress(OSError):
        return str((_PROC / str(pid) / name).readlink())
    return ""


def _environment(pid: int) -> list[bytes]:
    with suppress(OSError):
        return (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    return []
