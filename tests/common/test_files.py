"""The file store: durable, content-addressed, apart by county, swept without hurting anybody."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from onegrid.common.files import FileStore, NoSpace
from onegrid.common.refusals import NotFound

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(root=tmp_path / "files", reserve=0)


def age(store: FileStore, sha256: str, days: int) -> None:
    moment = (NOW - timedelta(days=days)).timestamp()
    os.utime(store.path(tenant_id=370725, sha256=sha256), (moment, moment))


def test_a_stored_file_lies_under_its_digest_and_comes_back(store: FileStore) -> None:
    digest = store.put(tenant_id=370725, data=b"photo")
    assert digest == hashlib.sha256(b"photo").hexdigest()
    path = store.root / "370725" / digest[:2] / digest[2:4] / digest
    assert path.read_bytes() == store.read(tenant_id=370725, sha256=digest) == b"photo"
    assert path.stat().st_mode & 0o077 == 0


def test_the_same_bytes_are_kept_once_and_leave_no_temporary_file(store: FileStore) -> None:
    for _ in range(3):
        store.put(tenant_id=370725, data=b"photo")
    files = [path for path in store.root.rglob("*") if path.is_file() and path.name != ".lock"]
    assert len(files) == 1


def test_s32_another_county_does_not_find_the_file(store: FileStore) -> None:
    digest = store.put(tenant_id=370725, data=b"photo")
    with pytest.raises(NotFound):
        store.read(tenant_id=370724, sha256=digest)


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_s32_only_a_digest_leads_to_a_path(store: FileStore, digest: str) -> None:
    with pytest.raises(NotFound):
        store.path(tenant_id=370725, sha256=digest)


def test_s33_a_full_disk_is_a_refusal_and_leaves_nothing_behind(tmp_path: Path) -> None:
    store = FileStore(root=tmp_path, reserve=1 << 62)
    with pytest.raises(NoSpace) as refusal:
        store.put(tenant_id=370725, data=b"photo")
    assert (refusal.value.status, refusal.value.code) == (507, "files.no_space")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [".lock"]


def test_the_sweep_takes_only_old_files_that_no_row_knows(store: FileStore) -> None:
    known, orphan, young = (store.put(tenant_id=370725, data=name) for name in (b"a", b"bb", b"c"))
    age(store, known, days=3)
    age(store, orphan, days=3)
    asked: list[str] = []

    def rows(digests: list[str]) -> set[str]:
        asked.extend(digests)
        return {known}

    swept = store.sweep(tenant_id=370725, known=rows, before=NOW - timedelta(days=1))
    assert (swept.files, swept.bytes) == (1, 2)
    assert sorted(asked) == sorted([known, orphan])
    assert store.read(tenant_id=370725, sha256=known) == b"a"
    assert store.read(tenant_id=370725, sha256=young) == b"c"
    with pytest.raises(NotFound):
        store.read(tenant_id=370725, sha256=orphan)


def test_a_file_that_is_put_again_during_the_sweep_survives_it(store: FileStore) -> None:
    digest = store.put(tenant_id=370725, data=b"again")
    age(store, digest, days=3)

    def rows(_: list[str]) -> set[str]:
        store.put(tenant_id=370725, data=b"again")
        return set()

    before = NOW - timedelta(days=1)
    assert store.sweep(tenant_id=370725, known=rows, before=before).files == 0
    assert store.read(tenant_id=370725, sha256=digest) == b"again"


def test_a_leftover_of_a_killed_write_is_swept(store: FileStore) -> None:
    digest = store.put(tenant_id=370725, data=b"whole")
    leftover = store.path(tenant_id=370725, sha256=digest).with_name(f"{digest}.0f0f")
    leftover.write_bytes(b"half")
    old = (NOW - timedelta(days=3)).timestamp()
    os.utime(leftover, (old, old))
    swept = store.sweep(tenant_id=370725, known=set, before=NOW - timedelta(days=1))
    assert swept.files == 1
    assert not leftover.exists()
    assert store.read(tenant_id=370725, sha256=digest) == b"whole"


def test_many_writers_of_the_same_and_of_other_bytes_do_not_disturb_each_other(
    store: FileStore,
) -> None:
    contents = [bytes([number % 5]) * 1000 for number in range(20)]
    writers = [
        Thread(target=store.put, kwargs={"tenant_id": 370725, "data": data}) for data in contents
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    for data in contents:
        assert store.read(tenant_id=370725, sha256=hashlib.sha256(data).hexdigest()) == data
