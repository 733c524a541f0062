"""Where a cluster lives, so that its own user reaches everything and nobody else does.

No folder that is not ours is ever opened up. When the checkout lies where PostgreSQL's user cannot
step (``/root``, a private temporary folder), the data and a copy of the programs go to
``/var/lib/onegrid`` and a link in ``var`` points there.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from onegrid.runtime import accounts
from onegrid.runtime.accounts import Account
from onegrid.runtime.exits import Refused
from onegrid.runtime.paths import digest

STATE = Path("/var/lib/onegrid")
_SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET = 99


@dataclass(frozen=True, slots=True)
class Place:
    """Folders and user of one cluster."""

    data: Path
    sockets: Path
    programs: Path
    account: Account


def settle(var: Path, programs: Path) -> Place:
    """Choose user and folders, and make the folders.

    Args:
        var: folder of the installation's data, made if missing.
        programs: folder of PostgreSQL's programs.

    Raises:
        Refused: the data belong to another user, or a folder cannot be made private.
    """
    var.mkdir(parents=True, exist_ok=True)
    (var / "log").mkdir(mode=0o700, exist_ok=True)
    account = _account(var / "pg")
    if not account.reaches(var):
        data = _data_elsewhere(var, account)
        sockets = data.parent / "run"
    else:
        data = (var / "pg").resolve()
        sockets = _sockets(var, account)
    make_private(sockets, account)
    if not account.runs(programs / "postgres"):
        programs = _copy_programs(programs)
    return Place(data, sockets, programs, account)


def make_private(folder: Path, account: Account) -> None:
    """Make a folder that only its user may enter; accept an existing one only if it is just that.

    Raises:
        Refused: it is a link, somebody else's, or open to others.
    """
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise Refused(f"{folder}: must be a folder of user {account.name} with mode 0700")


def _account(data: Path) -> Account:
    """Root takes the user whose data these are, so that a county keeps its user for good."""
    me = accounts.current()
    owner = data.stat().st_uid if data.exists() else None
    if me.uid != 0:
        if owner not in {None, me.uid}:
            raise Refused(f"{data}: belongs to another user; start as that user or as root")
        return me
    return accounts.system_account() if owner in {None, 0} else accounts.by_uid(owner or 0)


def _sockets(var: Path, account: Account) -> Path:
    """Take ``var/run`` unless the name of the socket would grow too long for the system."""
    near = var / "run"
    if len(os.fsencode(near / _SOCKET_NAME)) <= _LONGEST_SOCKET:
        return near
    base = Path("/run") if account.uid != os.geteuid() else Path(tempfile.gettempdir())
    return base / f"onegrid-{account.uid}-{digest(var)}"


def _data_elsewhere(var: Path, account: Account) -> Path:
    """Return the data folder under /var/lib; the link in ``var`` remembers which one it is."""
    link = var / "pg"
    if link.is_symlink() and link.exists():
        return link.resolve()
    STATE.mkdir(mode=0o755, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix=f"{digest(var)}-", dir=STATE))
    os.chown(home, account.uid, account.gid)
    link.unlink(missing_ok=True)
    make_private(home / "pg", account)
    link.symlink_to(home / "pg")
    return home / "pg"


def _copy_programs(programs: Path) -> Path:
    """Copy the installation that the programs belong to; once for each version of it.

    The programs of a wheel look for their libraries beside the package, so the copy keeps the
    names: ``<package>/<installation>/bin`` and ``<package>.libs``.
    """
    source = programs.parent
    package = source.parent
    mark = f"{source}-{(programs / 'postgres').stat().st_mtime_ns}"
    target = STATE / f"postgres-{digest(Path(mark))}"
    if not target.exists():
        STATE.mkdir(mode=0o755, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="copying-", dir=STATE))
        shutil.copytree(source, draft / package.name / source.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _open_for_reading(draft)
        with suppress(OSError):  # another runner was first: its copy is as good
            draft.rename(target)
        shutil.rmtree(draft, ignore_errors=True)
    return target / package.name / source.name / programs.name


def _open_for_reading(folder: Path) -> None:
    """Let everybody read the copy, whatever the umask was where it came from."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
