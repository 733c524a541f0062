"""The physical layer: what a tenant table looks like in the database, on every engine."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.models import Field, Model

POLICY = "tenant_id = nullif(current_setting('app.tenant', true), '')::int"


def is_tenant_model(model: type[Model]) -> bool:
    """Tell whether a model (also a historical one of a migration) has rows of one county each."""
    return any(getattr(field, "is_tenant_id", False) for field in model._meta.local_fields)


class SchemaEditor(DatabaseSchemaEditor):
    """Adds composite keys, tenant foreign keys and policies to whatever a migration creates."""

    def create_model(self, model: type[Model]) -> None:
        super().create_model(model)
        if not is_tenant_model(model):
            return
        table = self.quote_name(model._meta.db_table)
        primary = self.quote_name(f"{model._meta.db_table}_pkey")
        self.execute(f"ALTER TABLE {table} DROP CONSTRAINT {primary}")
        self.execute(f"ALTER TABLE {table} ADD CONSTRAINT {primary} PRIMARY KEY (tenant_id, id)")
        self.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        self.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        self.execute(f"CREATE POLICY county ON {table} USING ({POLICY}) WITH CHECK ({POLICY})")
        for field in model._meta.local_fields:
            self._defer_tenant_key(model, field)

    def add_field(self, model: type[Model], field: Field[Any, Any]) -> None:
        super().add_field(model, field)
        self._defer_tenant_key(model, field)

    def _defer_tenant_key(self, model: type[Model], field: Any) -> None:
        if not getattr(field, "is_tenant_fk", False):
            return
        table, column = model._meta.db_table, field.column
        target = field.remote_field.model._meta.db_table
        name = self.quote_name(f"{table}_{column}_fk"[-63:].lstrip("_"))
        self.deferred_sql.append(
            f"ALTER TABLE {self.quote_name(table)} ADD CONSTRAINT {name} "
            f"FOREIGN KEY (tenant_id, {self.quote_name(column)}) "
            f"REFERENCES {self.quote_name(target)} (tenant_id, id)"
        )
