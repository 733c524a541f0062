"""The one base of every error the core raises."""

from __future__ import annotations


class CoreError(ValueError):
    """Say what is wrong with a value given to the core.

    Attributes:
        code: dotted, stable name, e.g. ``number.check``; the sentence is rendered at the edge.
        params: values for the sentence; never personal data.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code
