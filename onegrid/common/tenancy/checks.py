"""What every tenant table must be, so that a distributed engine fits later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.models import ForeignKey, ManyToManyField, Model, UniqueConstraint, UUIDField

from onegrid.common.tenancy.backend.base import APP_ROLE
from onegrid.common.tenancy.backend.schema import is_tenant_model


def tenant_models() -> list[type[Model]]:
    """Return every concrete model of the tenant plane."""
    return [model for model in apps.get_models() if is_tenant_model(model)]


@register(Tags.models)
def check_tenant_models(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """Check shape, constraints and references of tenant models."""
    return [message for model in tenant_models() for message in faults(model)]


def faults(model: type[Model]) -> Iterator[CheckMessage]:
    """Yield what is wrong with a tenant model."""
    if not isinstance(model._meta.pk, UUIDField):
        yield Error("the key of a tenant row is a uuid", obj=model, id="onegrid.E001")
    for field in model._meta.local_fields:
        if field.unique and not field.primary_key:
            yield Error(
                f"{field.name}: unique across counties; use a UniqueConstraint that starts with "
                "tenant_id",
                obj=model,
                id="onegrid.E002",
            )
        if isinstance(field, ForeignKey):
            yield from _reference_faults(model, field)
    yield from _constraint_faults(model)


def _constraint_faults(model: type[Model]) -> Iterator[CheckMessage]:
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.fields[:1] != ("tenant_id",):
            yield Error(
                f"{constraint.name}: must start with tenant_id", obj=model, id="onegrid.E003"
            )
    for many in model._meta.local_many_to_many:
        through: Any = many.remote_field.through
        if isinstance(many, ManyToManyField) and through._meta.auto_created:
            yield Error(
                f"{many.name}: write the table between as a model with tenant_id",
                obj=model,
                id="onegrid.E004",
            )


def _reference_faults(model: type[Model], field: ForeignKey[Any, Any]) -> Iterator[CheckMessage]:
    target: Any = field.remote_field.model
    if not is_tenant_model(target):
        yield Error(
            f"{field.name}: no foreign key from a county's rows to the identity plane; keep a uuid",
            obj=model,
            id="onegrid.E005",
        )
    elif not getattr(field, "is_tenant_fk", False):
        yield Error(f"{field.name}: use TenantFK", obj=model, id="onegrid.E006")


@register(Tags.database)
def check_row_security(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """Check in the database that row-level security holds and the run-time role cannot pass it."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        found += [Error(text, id="onegrid.E007") for text in security_gaps(alias)]
    return found


def security_gaps(alias: str = "default") -> list[str]:
    """Return in plain words where a county's rows are not protected."""
    gaps: list[str] = []
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity, pg_get_userbyid(relowner) "
            "FROM pg_class WHERE relkind = 'r'"
        )
        tables = {name: (secured, owner) for name, secured, owner in cursor.fetchall()}
        for model in tenant_models():
            secured, owner = tables.get(model._meta.db_table, (True, ""))
            if not secured:
                gaps.append(f"{model._meta.db_table}: row-level security is off")
            if owner == APP_ROLE:
                gaps.append(f"{model._meta.db_table}: owned by the run-time role")
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [APP_ROLE]
        )
        row = cursor.fetchone()
    if row is not None and row[0]:
        gaps.append(f"{APP_ROLE} may pass row-level security")
    return gaps
