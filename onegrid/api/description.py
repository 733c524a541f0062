"""The description of the interface, made exact where the framework is not."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from onegrid.api.problems import CONTENT_TYPE

_PROBLEM = "#/components/schemas/Problem"
_JSON = "application/json"


class Described(NinjaAPI):
    """Says that errors are problems, which have a media type of their own (RFC 9457)."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Return the description."""
        schema = super().get_openapi_schema(**given)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for response in operation["responses"].values():
                    _as_problem(response)
        return schema


def _as_problem(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    if content.get(_JSON, {}).get("schema", {}).get("$ref") == _PROBLEM:
        content[CONTENT_TYPE] = content.pop(_JSON)
