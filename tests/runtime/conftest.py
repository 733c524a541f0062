"""Folders for clusters: our own, reachable by the user that PostgreSQL runs as."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from onegrid.runtime import processes
from onegrid.runtime.postgres import Cluster


@pytest.fixture
def var() -> Iterator[Path]:
    """An empty folder that PostgreSQL's user can reach; nothing works in it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="onegrid-"))
    folder.chmod(0o711)
    yield folder
    processes.sweep(lambda: processes.in_folder(folder / "pg"), grace=1.0)
    shutil.rmtree(folder)


@pytest.fixture
def cluster(var: Path) -> Iterator[Cluster]:
    """A running cluster with the product's roles and database."""
    with Cluster(var, durable=False) as running:
        yield running
