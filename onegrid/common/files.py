"""Content-addressed store of uploads: ``<root>/<tenant>/ab/cd/<sha256>``.

A file is durable (fsync of file and folders) before `FileStore.put` returns, so a committed row
never points to nothing. The other way round is allowed: a file whose transaction was rolled back
stays until `FileStore.sweep` finds that no row knows it. Files are served by the id of their row;
the digest is never part of an address.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from onegrid.common.refusals import NotFound, Refusal

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SHORT_OF_SPACE = {errno.ENOSPC, errno.EDQUOT}


class NoSpace(Refusal):
    """Refuse a file because the disk is (nearly) full; nothing was written."""

    status = 507


Known = Callable[[list[str]], set[str]]
_KEEPERS: list[Known] = []


def keeper(known: Known) -> None:
    """Let an app say which of some digests its rows refer to, so that no sweep removes them."""
    _KEEPERS.append(known)


def kept(digests: list[str]) -> set[str]:
    """Return those of some digests that rows of any app refer to."""
    return set().union(*(known(digests) for known in _KEEPERS))


@dataclass(frozen=True, slots=True)
class Swept:
    """Outcome of a sweep."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class FileStore:
    """Files of all counties below one folder.

    Attributes:
        root: folder of the store; made when needed, readable by its owner only.
        reserve: bytes that must stay free on the disk.
    """

    root: Path
    reserve: int = 200_000_000

    def put(self, *, tenant_id: int, data: bytes) -> str:
        """Keep some bytes and return their SHA-256; the same bytes twice are kept once.

        Raises:
            NoSpace: ``files.no_space``.
        """
        digest = hashlib.sha256(data).hexdigest()
        target = self.path(tenant_id=tenant_id, sha256=digest)
        try:
            _make_folders(self.root, target.parent)
            with self._lock(tenant_id, fcntl.LOCK_SH):
                self._place(target, data)
        except OSError as error:
            if error.errno in _SHORT_OF_SPACE:
                raise NoSpace("files.no_space") from error
            raise
        return digest

    def read(self, *, tenant_id: int, sha256: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            NotFound: no such file in this county.
        """
        try:
            return self.path(tenant_id=tenant_id, sha256=sha256).read_bytes()
        except FileNotFoundError as error:
            raise NotFound from error

    def path(self, *, tenant_id: int, sha256: str) -> Path:
        """Return where a file is or would be.

        Raises:
            NotFound: the digest has not the shape of one (no way out of the folder).
        """
        if not _DIGEST.fullmatch(sha256):
            raise NotFound
        return self.root / str(int(tenant_id)) / sha256[:2] / sha256[2:4] / sha256

    def sweep(
        self,
        *,
        tenant_id: int,
        known: Known,
        before: datetime,
        limit: int = 10_000,
    ) -> Swept:
        """Remove files that no row knows.

        Args:
            known: tells which of some digests rows refer to; asked in batches of 500.
            before: only files put before this moment go; leave a day for slow transactions.
            limit: most files looked at in one run.
        """
        old = [path for path, _ in zip(self._older(tenant_id, before), range(limit), strict=False)]
        files = size = 0
        for start in range(0, len(old), 500):
            batch = old[start : start + 500]
            kept = known([path.name.partition(".")[0] for path in batch])
            for path in batch:
                removed = 0 if path.name in kept else self._remove(tenant_id, path, before)
                files += removed > 0
                size += removed
        return Swept(files=files, bytes=size)

    def _place(self, target: Path, data: bytes) -> None:
        """Write, fsync, rename, fsync the folder; a file that is there only becomes young again."""
        if target.exists():
            os.utime(target)
        else:
            if shutil.disk_usage(target.parent).free - len(data) < self.reserve:
                raise NoSpace("files.no_space")
            _write(target, data)
        _sync_folder(target.parent)

    def _older(self, tenant_id: int, before: datetime) -> Iterator[Path]:
        for path in sorted((self.root / str(int(tenant_id))).glob("??/??/*")):
            if path.stat().st_mtime < before.timestamp():
                yield path

    def _remove(self, tenant_id: int, path: Path, before: datetime) -> int:
        """Remove one file unless `put` made it young meanwhile; return its size in bytes."""
        with self._lock(tenant_id, fcntl.LOCK_EX):
            status = path.stat()
            if status.st_mtime >= before.timestamp():
                return 0
            path.unlink()
            return status.st_size

    @contextmanager
    def _lock(self, tenant_id: int, kind: int) -> Iterator[None]:
        """Keep `put` and `sweep` of one county apart, across processes."""
        with (self.root / str(int(tenant_id)) / ".lock").open("ab") as handle:
            fcntl.flock(handle, kind)
            yield


def default_store() -> FileStore:
    """Return the store that settings name."""
    return FileStore(root=Path(settings.MEDIA_ROOT))


def _make_folders(root: Path, folder: Path) -> None:
    """Make a folder below the root so that it survives a power cut."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = root
    for part in folder.relative_to(root).parts:
        at = at / part
        if not at.is_dir():
            at.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(at.parent)


def _write(target: Path, data: bytes) -> None:
    temporary = target.with_name(f"{target.name}.{uuid4().hex}")
    try:
        temporary.touch(mode=0o600, exist_ok=False)
        with temporary.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
