"""Base model, manager and foreign key of the tenant plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models.sql.where import AND, WhereNode

from onegrid.common.ids import uuid7
from onegrid.common.tenancy.context import current_tenant, tenant_or_none

if TYPE_CHECKING:
    from django.db.models.fields.related import ForeignKey

_M = TypeVar("_M", bound=models.Model)


class TenantIdField(models.IntegerField):  # type: ignore[type-arg]
    """County code of a row; the backend recognises tenant tables by this field."""

    is_tenant_id = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["default"] = current_tenant
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        kwargs.pop("editable", None)
        return name, path, list(args), dict(kwargs)


class TenantManager(models.Manager[_M]):
    """Adds the county to every query, so that a distributed engine needs one node only."""

    def get_queryset(self) -> models.QuerySet[_M]:
        queryset = super().get_queryset()
        tenant_id = tenant_or_none()
        return queryset if tenant_id is None else queryset.filter(tenant_id=tenant_id)


class TenantModel(models.Model):
    """A row that belongs to one county."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = TenantIdField()

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


if TYPE_CHECKING:
    _ForeignKey = ForeignKey
else:

    class _ForeignKey(models.ForeignKey):
        """Runtime base; the type checker sees Django's own generic class."""


class TenantFK(_ForeignKey):  # type: ignore[type-arg]
    """Foreign key inside one county: joins and look-ups carry tenant_id.

    The database constraint is ``(tenant_id, x_id) -> (tenant_id, id)``, not deferrable (a deferred
    violation has another error class on distributed engines); the backend writes it. No index comes
    with it: models name the indexes their queries need, which start with tenant_id.
    """

    is_tenant_fk = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("db_index", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, list(args), dict(kwargs)

    def get_extra_restriction(self, alias: str, related_alias: str) -> WhereNode:
        """Join on the county as well."""
        ours: Any = self.model._meta.get_field("tenant_id")
        theirs: Any = self.remote_field.model._meta.get_field("tenant_id")
        same = theirs.get_lookup("exact")
        where = WhereNode(connector=AND)
        where.add(same(theirs.get_col(alias), ours.get_col(related_alias)), AND)
        return where

    def get_extra_descriptor_filter(self, instance: Any) -> dict[str, int]:
        """Look a related row up in the county of its owner."""
        return {"tenant_id": instance.tenant_id}
