"""The commands as an operator meets them: exit codes, JSON, real data kept from the demo."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from onegrid.runtime import database
from onegrid.runtime.exits import Exit
from onegrid.runtime.lock import Lock
from onegrid.runtime.paths import ROOT


def onegrid(var: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    dropped = {database.URL, database.OWNER_URL}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return subprocess.run(
        [sys.executable, "-m", "onegrid.cli", *arguments],
        env={**kept, "PYTHONPATH": str(ROOT), "ONEGRID_VAR": str(var), "LANG": "C.UTF-8", **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_new_installation_gets_a_county_and_keeps_it_from_the_demo(var: Path) -> None:
    assert onegrid(var, "migrate").returncode == Exit.OK
    init = ["init", "--county", "370725", "--name", "昌乐县", "--host", "changle.example"]
    made = onegrid(var, *init, "--json")
    assert made.returncode == Exit.OK, made.stderr
    assert json.loads(made.stdout)["county"] == 370725

    twice = onegrid(var, *init[:-2])
    assert twice.returncode == Exit.FAILURE
    assert "370725" in twice.stderr

    first = ["createuser", "xitong", "--county", "370725", "--name", "王伟"]
    assert onegrid(var, *first, "--role", "system_admin", "--one-time").returncode == Exit.OK
    assert onegrid(var, *first, "--role", "system_admin", "--one-time").returncode == Exit.FAILURE

    for arguments in (["demo"], ["demo", "--reset"]):
        refused = onegrid(var, *arguments, "--port", str(free_port()))
        assert refused.returncode == Exit.REFUSED
        assert "370725" in refused.stderr

    report = onegrid(var, "doctor", "--json", "--lang", "zh")
    findings = {row["check"]: row for row in json.loads(report.stdout)}
    for check in ("database", "migrations", "role", "clock", "jobs"):
        assert findings[check]["state"] == "ok", findings[check]
    assert "数据表" in findings["migrations"]["text"]


def test_the_doctor_says_what_to_do_before_anything_was_migrated(var: Path) -> None:
    report = onegrid(var, "doctor")
    assert report.returncode == Exit.FAILURE
    assert "./run migrate" in report.stdout


def test_the_doctor_reports_a_database_from_outside_that_does_not_answer(var: Path) -> None:
    nowhere = f"postgresql:///onegrid?host={var}&user=nobody"
    report = onegrid(var, "doctor", "--json", ONEGRID_DATABASE_URL=nowhere)
    assert report.returncode == Exit.FAILURE
    found = [row for row in json.loads(report.stdout) if row["check"] == "database"]
    assert found[0]["state"] == "fail"
    assert "ONEGRID_DATABASE_URL" in found[0]["remedy"]


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_taken_port_is_named_before_anything_starts(var: Path, command: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = onegrid(var, command, "--port", port)
    assert done.returncode == Exit.BUSY
    assert port in done.stderr
    assert not (var / "pg").exists()


@pytest.mark.parametrize(("lang", "word"), [("zh_CN.UTF-8", "已在运行"), ("C.UTF-8", "already")])
def test_a_second_start_is_refused_in_the_readers_language(var: Path, lang: str, word: str) -> None:
    with Lock(var, purpose=database.SERVE):
        done = onegrid(var, "serve", "--port", str(free_port()), LANG=lang)
    assert done.returncode == Exit.BUSY
    assert word in done.stderr


def test_a_wrong_option_is_a_usage_error(var: Path) -> None:
    assert onegrid(var, "demo", "--port", "eighty").returncode == Exit.USAGE


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
