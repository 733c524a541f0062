"""Migration operations that a domain app may use."""

from __future__ import annotations

from django.db.migrations import RunSQL

from onegrid.common.tenancy.backend.base import APP_ROLE


def append_only(table: str) -> RunSQL:
    """Take UPDATE and DELETE on a table away from the run-time role: its rows are history."""
    return RunSQL(
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE}",
        f"GRANT UPDATE, DELETE ON {table} TO {APP_ROLE}",
    )


_ROWS = "SELECT, INSERT, UPDATE, DELETE"


def run_time_role() -> list[RunSQL]:
    """Make the role of web and worker: not owner, bound by row-level security, rights on rows only.

    Stands in the first migration; tables made later get their rights by default privileges.
    """
    statements = [
        f"DO $$ BEGIN CREATE ROLE {APP_ROLE} NOLOGIN NOBYPASSRLS; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
        f"GRANT {APP_ROLE} TO CURRENT_USER",
        f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}",
        f"GRANT {_ROWS} ON ALL TABLES IN SCHEMA public TO {APP_ROLE}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {_ROWS} ON TABLES TO {APP_ROLE}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {APP_ROLE}",
    ]
    return [RunSQL(statement, RunSQL.noop) for statement in statements]
