"""The interface describes itself, and nothing that fits no type breaks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args
from uuid import uuid4

import pytest

from onegrid.accounts.terms import Role, TokenScope
from onegrid.api.doings import DEEDS
from onegrid.api.schemas import Shape
from onegrid.api.v1 import api as ninja
from onegrid.cases.models import Step
from tests.api.conftest import Api
from tests.county import report

SCHEMA: dict[str, Any] = ninja.get_openapi_schema(path_prefix="/api/v1/")
OPERATIONS = [
    (method.upper(), path.removeprefix("/api/v1"), found)
    for path, methods in SCHEMA["paths"].items()
    for method, found in methods.items()
]


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def test_no_two_shapes_or_lists_of_words_share_a_name() -> None:
    """In the description one would silently stand for both."""
    shapes = {one for one in _below(Shape) if one.__module__.startswith("onegrid.api")}
    words = {
        part
        for shape in shapes
        for field in shape.model_fields.values()
        for part in (field.annotation, *get_args(field.annotation))
        if isinstance(part, type) and issubclass(part, Enum)
    }
    names = Counter(one.__name__ for one in shapes | words)
    assert [name for name, count in names.items() if count > 1] == []


WRONG: list[Any] = [
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "\0",
    "\ud800",
    [],
    [None],
    {},
    {"a": {"b": []}},
]


def _shape(operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody")
    if body is None:
        return {}
    content = body["content"].get("application/json")
    if content is None:
        return {}
    name = content["schema"]["$ref"].rsplit("/", 1)[-1]
    found: dict[str, Any] = SCHEMA["components"]["schemas"][name]["properties"]
    return found


def _check(response: Any, what: object) -> None:
    assert response.status_code < 500, (what, response.content[:300])
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json", what
        assert response.json()["code"], what


def test_the_description_is_openapi_3_1_and_served_without_a_token(api: Api) -> None:
    served = api.send("GET", "/openapi.json").json()
    assert served["openapi"].startswith("3.1")
    assert {"/api/v1/cases", "/api/v1/cases/{number}", "/api/v1/places/at"} <= set(served["paths"])
    assert "bearer" in str(served["components"]["securitySchemes"]).lower()


#: They send a request along to be compared, and write nothing.
READS = {"similar_cases"}


def test_every_operation_is_named_described_secured_and_answers_with_problems() -> None:
    names = [found["operationId"] for _, _, found in OPERATIONS]
    assert len(names) == len(set(names)) >= 7 + len(DEEDS)
    for method, path, found in OPERATIONS:
        assert found["summary"] and found["description"] and found["security"], path
        assert "401" in {str(status) for status in found["responses"]}, path
        if method == "POST" and found["operationId"] not in READS:
            keys = [p for p in found["parameters"] if p["name"] == "Idempotency-Key"]
            assert keys and keys[0]["required"], path
    for name, shape in SCHEMA["components"]["schemas"].items():
        if "properties" in shape:
            assert shape.get("description"), name


def test_every_action_has_its_address() -> None:
    paths = {path for _, path, _ in OPERATIONS}
    assert {f"/cases/{{number}}/actions/{deed.name}" for deed in DEEDS} <= paths


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    OPERATIONS,
    ids=[found["operationId"] for _, _, found in OPERATIONS],
)
def test_wrong_types_end_in_a_problem_and_change_nothing(
    api: Api, method: str, path: str, operation: dict[str, Any]
) -> None:
    number = report(api.town).number
    token = api.token(Role.COMMUNITY_CLERK, *TokenScope)
    where = path.replace("{number}", number)
    fields = _shape(operation)
    for wrong in WRONG:
        if fields:
            _check(api.send(method, where, token=token, key=uuid4(), body=wrong), wrong)
        for name in fields:
            body = {name: wrong}
            _check(api.send(method, where, token=token, key=uuid4(), body=body), body)
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                asked = (
                    f"{where}?{parameter['name']}={str(wrong).encode('utf-8', 'replace').decode()}"
                )
                _check(
                    api.send(method, asked.replace("\0", "%00").replace(" ", "+"), token=token),
                    asked,
                )
    for broken in (b"{", b"\xff\xfe", b'{"text": NaN}', b"[" * 20_000):
        if fields:
            _check(api.send(method, where, token=token, key=uuid4(), body=broken), broken[:10])
    assert Step.objects.exclude(action="open").exclude(action="start_triage").count() == 0


def test_wrong_keys_numbers_addresses_and_methods_end_in_problems(api: Api) -> None:
    token = api.token(Role.COMMUNITY_CLERK, *TokenScope)
    number = report(api.town).number
    for response, status in (
        (api.send("POST", f"/cases/{number}/actions/accept", token=token, key="1"), 422),
        (api.send("POST", f"/cases/{number}/actions/dance", token=token, key=uuid4()), 404),
        (api.send("GET", "/cases/%00", token=token), 404),
        (api.send("GET", f"/cases/{'9' * 3000}", token=token), 404),
        (api.send("DELETE", f"/cases/{number}", token=token), 405),
        (api.send("GET", "/nowhere", token=token), 404),
    ):
        assert response.status_code == status, response.content
        _check(response, status)
