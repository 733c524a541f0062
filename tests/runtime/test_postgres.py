"""The embedded cluster: made, kept, recovered, closed to everybody else."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from onegrid.runtime import binaries, config, place, processes
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.postgres import Cluster

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to be another user")


def query(cluster: Cluster, sql: str, role: str = config.APP) -> object:
    with psycopg.connect(cluster.url(role), autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def add_a_row(cluster: Cluster) -> None:
    query(cluster, "CREATE TABLE kept (id int)", config.OWNER)
    query(cluster, "INSERT INTO kept VALUES (7)", config.OWNER)


def test_a_new_cluster_counts_and_sorts_the_same_on_every_machine(cluster: Cluster) -> None:
    assert query(cluster, "SHOW server_encoding") == "UTF8"
    assert query(cluster, "SHOW data_checksums") == "on"
    assert query(cluster, "SHOW timezone") == "UTC"
    provider = query(
        cluster, "SELECT datlocprovider FROM pg_database WHERE datname = current_database()"
    )
    if binaries.major_version(cluster.place.programs) >= 17:
        assert provider in {"b", b"b"}
    assert query(cluster, "SELECT upper('é')") == "É"
    assert query(cluster, "SELECT 'Z' < 'a' AND 'a' < '网'") is True


def test_a_cluster_for_real_data_never_trades_safety_for_speed(var: Path) -> None:
    with Cluster(var) as cluster:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert query(cluster, f"SHOW {name}") == "on"


def test_the_run_time_role_is_neither_owner_nor_above_the_policies(cluster: Cluster) -> None:
    rights = "rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication"
    assert query(cluster, f"SELECT {rights} FROM pg_roles WHERE rolname = current_user") is False
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(cluster, "CREATE TABLE mine (id int)")


def test_data_survive_a_stop_and_a_start(var: Path) -> None:
    with Cluster(var, durable=False) as first:
        add_a_row(first)
    with Cluster(var, durable=False) as second:
        assert query(second, "SELECT id FROM kept", config.OWNER) == 7
    assert processes.in_folder(var / "pg") == []


def test_a_start_sweeps_the_backends_that_a_killed_server_left(var: Path) -> None:
    first = Cluster(var)
    first.start()
    first.create_roles_and_database()
    add_a_row(first)
    assert first.process is not None
    with psycopg.connect(first.url()) as hanging:
        backend = hanging.info.backend_pid
        processes.send([backend], signal.SIGSTOP)
        first.process.kill()
        first.process.wait()
        assert backend in processes.in_folder(var / "pg")

        first.start()

    assert backend not in processes.in_folder(var / "pg")
    assert query(first, "SELECT id FROM kept", config.OWNER) == 7
    first.stop()


def test_a_pid_file_of_a_stranger_neither_stops_the_start_nor_harms_the_stranger(var: Path) -> None:
    cluster = Cluster(var, durable=False)
    cluster.ensure()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (cluster.place.data / "postmaster.pid").write_text(f"{stranger.pid}\n")
        cluster.start()
        assert stranger.poll() is None
        stranger.kill()
    cluster.stop()


def test_an_interrupted_making_is_made_again(var: Path) -> None:
    cluster = Cluster(var, durable=False)
    half = var / "pg.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with cluster:
        assert query(cluster, "SELECT 1") == 1
    assert not half.exists()


def test_only_the_owner_may_enter_data_and_sockets(cluster: Cluster) -> None:
    for folder in (cluster.place.data, cluster.place.sockets):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == cluster.place.account.uid
    assert query(cluster, "SHOW listen_addresses") == ""


@as_root
def test_another_user_of_the_machine_cannot_come_in(cluster: Cluster, tmp_path: Path) -> None:
    cluster.place.sockets.chmod(0o755)
    (cluster.place.sockets / ".s.PGSQL.5432").chmod(0o777)
    psql = [cluster.place.programs / "psql", "-h", cluster.place.sockets, "-d", "onegrid"]
    for role in (config.OWNER, config.APP):
        tried = subprocess.run(
            [*psql, "-U", role, "-c", "SELECT 1"],
            user="nobody",
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        assert tried.returncode != 0
        assert "Peer authentication failed" in tried.stderr


@as_root
def test_a_checkout_that_only_root_can_enter_stays_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / "var", durable=False)
    try:
        with cluster:
            add_a_row(cluster)
            assert cluster.place.data.is_relative_to(place.STATE)
        with Cluster(closed / "var", durable=False) as again:
            assert query(again, "SELECT id FROM kept", config.OWNER) == 7
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert (closed / "var" / "pg").is_symlink()
    finally:
        subprocess.run(["rm", "-rf", cluster.place.data.parent], check=True)


@as_root
def test_programs_that_only_root_can_reach_are_copied_for_the_server(
    var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = binaries.find()
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    package = original.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    copy = hidden / package.name
    copy.mkdir()
    subprocess.run(["cp", "-r", original.parent, copy], check=True)
    if libraries.is_dir():
        subprocess.run(["cp", "-r", libraries, hidden], check=True)
    monkeypatch.setenv("ONEGRID_PGBIN", str(copy / original.parent.name / "bin"))
    with Cluster(var, durable=False) as cluster:
        assert query(cluster, "SELECT 1") == 1
        copied = cluster.place.programs
    assert copied.is_relative_to(place.STATE)
    subprocess.run(["rm", "-rf", copied.parents[2]], check=True)


def test_a_folder_deeper_than_a_socket_name_may_be_long_still_works(var: Path) -> None:
    deep = var.joinpath(*["a-rather-long-name"] * 6)
    for folder in [deep, *deep.parents][: len(deep.parts) - len(var.parts)]:
        folder.mkdir(parents=True, exist_ok=True)
    with Cluster(deep, durable=False) as cluster:
        assert query(cluster, "SELECT 1") == 1
        sockets = cluster.place.sockets
    assert not sockets.is_relative_to(var)
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    sockets.rmdir()


def test_a_socket_folder_prepared_by_somebody_else_is_refused(var: Path) -> None:
    (var / "run").mkdir(mode=0o777)
    (var / "run").chmod(0o777)
    with pytest.raises(Refused, match="0700"):
        Cluster(var, durable=False).start()


def test_a_second_start_is_refused_and_leaves_the_first_alone(cluster: Cluster, var: Path) -> None:
    with pytest.raises(Refused) as refusal:
        Cluster(var, durable=False).start()
    assert refusal.value.code == Exit.BUSY
    assert query(cluster, "SELECT 1") == 1


def test_a_server_that_cannot_start_says_why(var: Path) -> None:
    cluster = Cluster(var, durable=False)
    cluster.ensure()
    local = cluster.place.data / "local.conf"
    local.write_text("shared_buffers = 'plenty'\n")
    local.chmod(0o644)
    with pytest.raises(Refused, match="plenty"):
        cluster.start()
    assert processes.in_folder(var / "pg") == []
    cluster.stop()


def test_the_server_ends_with_the_process_that_started_it(var: Path) -> None:
    script = (
        "import sys, pathlib\n"
        "from onegrid.runtime.postgres import Cluster\n"
        "cluster = Cluster(pathlib.Path(sys.argv[1]), durable=False)\n"
        "cluster.start()\n"
        "print('up', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(var)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "up\n"
        assert processes.in_folder(var / "pg")
        starter.kill()
    assert processes.wait_until(lambda: not processes.in_folder(var / "pg"), 20)


def test_without_any_postgresql_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONEGRID_PGBIN", str(tmp_path))
    with pytest.raises(Refused, match="apt-get install postgresql") as refusal:
        binaries.find()
    assert refusal.value.code == Exit.MISSING_PACKAGE
