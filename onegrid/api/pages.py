"""A reference page of the interface, made from its own description."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onegrid.accounts.terms import TokenScope
from onegrid.api.auth import Bearer
from onegrid.api.entry import PREFIX
from onegrid.api.v1 import api


@dataclass(frozen=True, slots=True)
class Line:
    """A field of a body or a parameter."""

    name: str
    where: str
    type: str
    needed: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An endpoint as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    scopes: str
    lines: tuple[Line, ...]
    answers: tuple[str, ...]


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Show every endpoint with its scope, parameters and answers."""
    context = {
        "operations": operations(),
        "scopes": TokenScope.choices,
        "openapi": f"{PREFIX}openapi.json",
    }
    return render(request, "public/api.html", context)


@lru_cache(maxsize=1)
def operations() -> tuple[Operation, ...]:
    """Return the endpoints in their order."""
    schema: dict[str, Any] = api.get_openapi_schema(path_prefix=PREFIX)
    scopes = _scopes()
    return tuple(
        Operation(
            id=found["operationId"],
            method=method.upper(),
            path=path,
            summary=found["summary"],
            about=found.get("description", ""),
            scopes=scopes.get(found["operationId"], ""),
            lines=tuple(_lines(schema, found)),
            answers=tuple(str(status) for status in found["responses"]),
        )
        for path, methods in schema["paths"].items()
        for method, found in methods.items()
    )


def _scopes() -> dict[str, str]:
    found = {}
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                bearer = next(iter(operation.auth_callbacks), None)
                if isinstance(bearer, Bearer) and operation.operation_id:
                    found[operation.operation_id] = " / ".join(sorted(bearer.scopes))
    return found


def _lines(schema: dict[str, Any], operation: dict[str, Any]) -> Iterator[Line]:
    for parameter in operation.get("parameters", []):
        yield Line(
            parameter["name"],
            parameter["in"],
            _type(parameter["schema"]),
            parameter.get("required", False),
            parameter["schema"].get("description", ""),
        )
    body = operation.get("requestBody")
    if body is None:
        return
    (content,) = body["content"].values()
    shape = _resolved(schema, content["schema"])
    for name, field in shape["properties"].items():
        needed = name in shape.get("required", [])
        yield Line(name, "body", _type(field), needed, field.get("description", ""))


def _resolved(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    name = shape.get("$ref", "").rsplit("/", 1)[-1]
    found: dict[str, Any] = schema["components"]["schemas"][name] if name else shape
    return found


def _type(shape: dict[str, Any]) -> str:
    """Return a short name of a type."""
    if "$ref" in shape:
        return str(shape["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in shape:
        return " | ".join(_type(item) for item in shape["anyOf"])
    if "enum" in shape:
        return " | ".join(f'"{value}"' for value in shape["enum"])
    if shape.get("type") == "array":
        return f"[{_type(shape.get('items', {}))}]"
    return str(shape.get("format") or shape.get("type", ""))
