"""Messages as JSON, checked by the schemas of version 1 in both directions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError
    from referencing import Registry

_FOLDER = files("onegrid.integrations.hotline12345") / "schemas" / "v1"
_PREFIX = "urn:onegrid:hotline12345:v1:"
TO_COUNTY, TO_HOTLINE, ANSWER = "to-county", "to-hotline", "answer"


def _is_moment(value: object) -> bool:
    """Tell whether a text is a moment with its offset (RFC 3339)."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


class DoesNotFit(ValueError):
    """A message does not fit its schema; ``where`` is the path of the field.

    Attributes:
        what: the rule that was broken, e.g. ``maxLength`` or ``required``.
    """

    def __init__(self, where: str, what: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where
        self.what = what
        self.message = message


@cache
def _registry() -> Registry[Any]:
    from referencing import Registry, Resource

    documents = (
        json.loads(path.read_text("utf-8"))
        for path in _FOLDER.iterdir()
        if path.name.endswith(".json")
    )
    return Registry().with_resources(
        (document["$id"], Resource.from_contents(document)) for document in documents
    )


@cache
def _validator(name: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator, FormatChecker  # heavy: only where it is used

    formats = FormatChecker(())
    formats.checks("date-time", raises=ValueError)(_is_moment)
    document = _registry().contents(_PREFIX + name)
    return Draft202012Validator(document, registry=_registry(), format_checker=formats)


def names() -> list[str]:
    """Return the names of the schemas."""
    return sorted(path.name.removesuffix(".json") for path in _FOLDER.iterdir())


def document(name: str) -> Any:
    """Return a schema as it is published."""
    return _registry().contents(_PREFIX + name)


def check(name: str, message: object) -> None:
    """Let a message pass that fits a schema.

    Raises:
        DoesNotFit: it does not; the most telling fault is named.
    """
    from jsonschema.exceptions import best_match

    error = best_match(_validator(name).iter_errors(message))
    if error is not None:
        raise DoesNotFit(_where(error), str(error.validator), _short(error))


def _where(error: ValidationError) -> str:
    path: Iterable[object] = error.absolute_path
    steps = [str(step) for step in path]
    if error.validator == "required" and isinstance(error.instance, dict):
        missing = [name for name in error.validator_value if name not in error.instance]
        steps += missing[:1]
    return ".".join(steps) or "message"


def _short(error: ValidationError) -> str:
    """Return what is wrong, without what was sent: that may name people."""
    if error.validator == "required":
        return "is missing"
    if error.validator == "additionalProperties":
        return "holds a field that the schema does not know"
    rule = json.dumps(error.validator_value, ensure_ascii=False)
    return f"breaks the rule {error.validator} = {rule[:120]}"


def encode(message: dict[str, Any]) -> bytes:
    """Return a message as it is sent and signed: UTF-8, keys in order."""
    return json.dumps(message, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(message: dict[str, Any]) -> str:
    """Return what tells one message from another, whatever way it is written."""
    return hashlib.sha256(encode(message)).hexdigest()
