"""Typed refusals: a code and parameters; the sentence is rendered in the reader's language."""

from __future__ import annotations


class Refusal(Exception):
    """Say no to a request without changing anything.

    Attributes:
        status: HTTP status used by pages and the API.
        code: dotted, stable name, e.g. ``case.illegal_transition``.
        field: name of the input that is wrong, when there is one.
        params: values for the sentence; never personal data.
    """

    status = 400

    def __init__(self, code: str, /, *, field: str | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class Invalid(Refusal):
    """Refuse an input that cannot be right."""

    status = 422


class NotFound(Refusal):
    """Refuse because the thing does not exist or is out of the viewer's scope (the same answer)."""

    status = 404

    def __init__(
        self, code: str = "not_found", /, *, field: str | None = None, **params: object
    ) -> None:
        super().__init__(code, field=field, **params)


class Forbidden(Refusal):
    """Refuse because the viewer lacks the right, although the thing is in scope."""

    status = 403


class Conflict(Refusal):
    """Refuse because somebody else was faster, or the state does not allow it."""

    status = 409


class TooLarge(Refusal):
    """Refuse an input over its size limit."""

    status = 413


class Throttled(Refusal):
    """Refuse because of too many tries; ``params["seconds"]`` says how long to wait."""

    status = 429
