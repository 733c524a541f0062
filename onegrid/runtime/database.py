"""A database for whoever needs one: from outside, of the county that runs here, or lent for now."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onegrid.runtime import config
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.lock import Holder, Lock
from onegrid.runtime.postgres import Cluster, Say, quiet
from onegrid.runtime.processes import wait_until
from onegrid.runtime.words import words

URL = "ONEGRID_DATABASE_URL"
OWNER_URL = "ONEGRID_DATABASE_OWNER_URL"
SERVE = "serve"
_PATIENCE = 60.0


def outside() -> bool:
    """Say whether the operator named a database of their own."""
    return bool(os.environ.get(URL))


def urls(cluster: Cluster) -> tuple[str, str]:
    """Return the URLs of a cluster: for web and worker, and for the owner of the tables."""
    return cluster.url(config.APP), cluster.url(config.OWNER)


def environment(var: Path, found: tuple[str, str] | None) -> dict[str, str]:
    """Return the variables that lead a process to this installation.

    Args:
        var: folder of the installation's data.
        found: URLs of `urls`; None when the environment names a database already.
    """
    named = dict(zip((URL, OWNER_URL), found, strict=True)) if found else {}
    return {"ONEGRID_VAR": str(var), **named}


@contextmanager
def connected(var: Path, *, purpose: str, say: Say = quiet) -> Iterator[dict[str, str]]:
    """Lend a database to a passing command; yields the variables of `environment`.

    A county that runs here lends its own. Otherwise the cluster runs as long as the block does.

    Args:
        var: folder of the installation's data.
        purpose: name of the command, told to whoever meets the lock.
        say: is told what a long start is waiting for.

    Raises:
        Refused: another command keeps the database busy for a minute (exit code 4).
    """
    if outside():
        yield environment(var, None)
        return
    lock = Lock(var, purpose=purpose)
    lent = _borrow(lock)
    if lent is not None:
        yield environment(var, (lent.url, lent.owner_url))
        return
    with lock, Cluster(var, lock=lock, say=say) as cluster:
        yield environment(var, urls(cluster))


def _borrow(lock: Lock) -> Holder | None:
    """Return the running county's note, or None once the lock is ours."""
    serving: list[Holder] = []

    def settled() -> bool:
        if lock.try_acquire():
            return True
        holder = lock.holder()
        if holder is not None and holder.purpose == SERVE and holder.url:
            serving.append(holder)
        return bool(serving)

    if not wait_until(settled, _PATIENCE):
        raise Refused(
            words(
                "Another command keeps the database busy; try again in a minute.",
                "另一个命令正在占用数据库，请一分钟后再试。",
            ),
            Exit.BUSY,
        )
    return serving[0] if serving else None
