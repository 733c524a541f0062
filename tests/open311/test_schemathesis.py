"""Random calls made from the descriptions of both interfaces: no answer breaks its description."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from onegrid.accounts.terms import Role, TokenScope
from onegrid.api.auth import opening
from onegrid.api.open311.reading import asking, reporting
from onegrid.cases.models import Case
from tests.county import Town, report
from tests.open311.conftest import SHARED, Open311

#: What a description cannot say: whether a case is there, and whose turn it is.
SEMANTIC = ("positive_data_acceptance",)


_SIGNALS = (request_started, request_finished)
_handler = WSGIHandler()


def application(environ: dict[str, Any], start: Any) -> Any:
    """Serve inside the transaction of the test, whose connection must stay."""
    for signal in _SIGNALS:
        signal.disconnect(close_old_connections)
    return _handler(environ, start)


@pytest.fixture(autouse=True)
def connections_close_again() -> Iterator[None]:
    yield
    for signal in _SIGNALS:
        signal.connect(close_old_connections)


def bounded(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def walk(operation: Any, examples: int, *, headers: dict[str, str], **known: Any) -> int:
    """Call an operation with data that fits and data that does not; return how often.

    Args:
        known: ``path_parameters`` that are there; others are made up.
    """
    calls = 0
    left_out = [check for check in CHECKS.get_all() if check.__name__ in SEMANTIC]
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @bounded(examples)
        @given(case=operation.as_strategy(generation_mode=mode, **known))
        def call(case: Any) -> None:
            nonlocal calls
            opening.clear()
            asking.clear()
            reporting.clear()
            calls += 1
            case.call_and_validate(headers=headers, excluded_checks=left_out)

        with contextlib.suppress(hypothesis.errors.Unsatisfiable):  # nothing there to be wrong
            call()
    return calls


ROUNDS = 4


@pytest.mark.parametrize("role", [Role.COMMUNITY_CLERK, Role.RESIDENT])
def test_e2_no_call_breaks_the_description_of_the_interface(town: Town, role: Role) -> None:
    token = Open311(town).key(role, *TokenScope.values)
    number = report(town).number
    headers = {"Authorization": f"Bearer {token}"}
    calls = 0
    with time_machine.travel(town.now, tick=True):
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
        for found in schema.get_all_operations():
            operation = found.ok()
            calls += walk(operation, ROUNDS, headers=headers)
            if "{number}" in operation.label:
                known = {"path_parameters": {"number": number}}
                calls += walk(operation, ROUNDS, headers=headers, **known)
    assert calls > 20 * ROUNDS


def swagger() -> dict[str, Any]:
    """Return the Swagger file of the standard, where it differs from its text as the text says.

    The text lets `jurisdiction_id` out where there is one, names the errors for every call, and
    answers a request and a token with a list of one.
    """
    path = SHARED / "schema_swagger.json"
    if not path.is_file():
        pytest.skip(f"{path} is absent: the Swagger file of the organisation is not committed")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    found["basePath"] = "/open311/v2"
    found["parameters"]["jurisdiction_id"]["required"] = False
    for methods in found["paths"].values():
        for operation in methods.values():
            for status in ("400", "403", "404"):
                operation["responses"].setdefault(status, {"description": "errors"})
    for address, name in LISTS_OF_ONE.items():
        told = found["paths"][address]["get"]["responses"]["200"]
        told["schema"] = {"type": "array", "items": {"$ref": f"#/definitions/{name}"}}
    return found


LISTS_OF_ONE = {
    "/request/{service_request_id}.{response_format}": "Request",
    "/tokens/{token_id}.{response_format}": "TokenResponse",
}
REAL = {"service_code": "power.light"}


def test_e13_no_call_breaks_the_swagger_file_of_the_standard(open311: Open311) -> None:
    real = {**REAL, "service_request_id": open311.report()}
    key = open311.key()
    schema = schemathesis.openapi.from_dict(swagger())
    schema.app = application
    calls = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        for form in ("json", "xml"):
            known = {"path_parameters": {"response_format": form}}
            calls += walk(operation, ROUNDS, headers={}, **known)
            named = {name: real[name] for name in real if f"{{{name}}}" in operation.path}
            if named:
                known = {"path_parameters": {"response_format": form, **named}}
                calls += walk(operation, ROUNDS, headers={}, **known)
        if operation.method == "post":
            known["query"] = {"api_key": key, "address_string": "东门", **REAL}
            calls += walk(operation, ROUNDS, headers={}, **known)
    assert calls > 10 * ROUNDS
    assert Case.objects.count() > 1, "the calls with a key have opened cases"


def test_e2_a_parameter_that_nobody_knows_is_refused(town: Town) -> None:
    key = Open311(town).key(Role.COMMUNITY_CLERK, *TokenScope.values)
    headers = {"Authorization": f"Bearer {key}"}
    with time_machine.travel(town.now, tick=False):
        for path in ("cases?stat=closed", "cases/mine?pages=2", "places/at?lon=1&lat=1&sys=x"):
            answer = Client().get(f"/api/v1/{path}", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (422, "api.parameter"), path
