"""The text of PostgreSQL's three configuration files, written anew at every start."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

OWNER = "onegrid_owner"
APP = "onegrid_app"
MAP = "onegrid"

_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "48MB",  # the rest is read from the cache of the system
    "wal_compression": "off",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "lc_messages": "C",
}


def settings(*, sockets: Path, durable: bool) -> str:
    """Return ``postgresql.conf``.

    Args:
        sockets: private folder of the only way in.
        durable: False for throw-away clusters of tests: a power cut may then ruin them.
    """
    values = {**_ALWAYS, **(_DURABLE if durable else _THROW_AWAY)}
    values["unix_socket_directories"] = str(sockets)
    lines = [f"{name} = {_quoted(value)}" for name, value in values.items()]
    return "\n".join([*lines, "include_if_exists = 'local.conf'", ""])


def access() -> str:
    """Return ``pg_hba.conf``: the system's own word for who calls, and no other way."""
    return f"local all {OWNER},{APP} peer map={MAP}\n"


def identities(users: Iterable[str]) -> str:
    """Return ``pg_ident.conf``.

    Args:
        users: names of the operating-system users that may take both roles.
    """
    return "".join(f"{MAP} {_double(user)} {role}\n" for user in users for role in (OWNER, APP))


def roles_and_database(database: str) -> str:
    """Return the psql script that makes what is missing and takes excess rights away."""
    return f"""
SELECT 'CREATE ROLE {APP} LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') \\gexec
ALTER ROLE {APP} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
SELECT 'CREATE DATABASE {database} OWNER {OWNER}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO {APP};
"""  # noqa: S608 - names are constants of this module or of tests


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _double(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
