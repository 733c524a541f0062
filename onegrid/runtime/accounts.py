"""The operating-system user that PostgreSQL runs as: never root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.words import words

SYSTEM_USER = "onegrid"


class As(TypedDict, total=False):
    """Arguments of ``subprocess`` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """An operating-system user."""

    name: str
    uid: int
    gid: int

    def arguments(self) -> As:
        """Return what makes ``subprocess`` run as this user; nothing when we already are."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, folder: Path) -> bool:
        """Say whether this user can step into a folder, whatever its parents' modes are."""
        return self._succeeds(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)])

    def runs(self, program: Path) -> bool:
        """Say whether this user can start a program."""
        try:
            return self._succeeds([str(program), "--version"])
        except PermissionError:
            return False

    def _succeeds(self, command: list[str]) -> bool:
        null = subprocess.DEVNULL
        me = self.arguments()
        done = subprocess.run(command, cwd="/", stdout=null, stderr=null, check=False, **me)
        return done.returncode == 0


def by_uid(uid: int) -> Account:
    """Return the user of a number, named by the number when the system has no name for it."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(str(uid), uid, os.getegid())
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def current() -> Account:
    """Return the user we are."""
    return by_uid(os.geteuid())


def system_account() -> Account:
    """Return the system user ``onegrid``; create it when root finds it missing.

    Raises:
        Refused: it cannot be created (exit code 3).
    """
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _create()
        entry = pwd.getpwnam(SYSTEM_USER)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Refused(_no_user(str(error)), Exit.MISSING_PACKAGE) from error
    already_there = 9
    if done.returncode not in {0, already_there}:
        raise Refused(_no_user(done.stderr.strip()), Exit.MISSING_PACKAGE)


def _no_user(reason: str) -> str:
    return words(
        f"PostgreSQL must not run as root; the user {SYSTEM_USER!r} cannot be created: {reason}",
        f"PostgreSQL 不能以 root 身份运行，而用户 {SYSTEM_USER!r} 无法创建：{reason}",
    )
