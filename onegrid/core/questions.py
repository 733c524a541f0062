"""Further questions about a matter, and what answers fit them (E6).

The data types are those of Open311 GeoReport v2, so that a question asked on our pages and one
asked by another city's application are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from math import isfinite

MAX_LINE, MAX_TEXT = 200, 2_000


class Datatype(StrEnum):
    """What is asked for."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    ONE = "singlevaluelist"
    MANY = "multivaluelist"


LISTS = frozenset({Datatype.ONE, Datatype.MANY})


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to choose."""

    key: str
    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a matter.

    Attributes:
        asks: False: it is only something to read, nothing is answered.
        hint: how to answer, e.g. what a number is counted in.
    """

    code: str
    datatype: Datatype
    text: str
    text_en: str = ""
    hint: str = ""
    hint_en: str = ""
    required: bool = False
    asks: bool = True
    choices: tuple[Choice, ...] = ()


class Misfit(StrEnum):
    """Why an answer does not fit."""

    MISSING = "missing"
    MANY = "many"
    TOO_LONG = "too_long"
    NUMBER = "number"
    TIME = "time"
    CHOICE = "choice"
    UNKNOWN = "unknown"


class BadAnswer(ValueError):
    """Raised when an answer does not fit its question."""

    def __init__(self, code: str, misfit: Misfit) -> None:
        super().__init__(f"{code}: {misfit}")
        self.code = code
        self.misfit = misfit


def read_all(
    questions: Sequence[Question], given: Mapping[str, Sequence[str]], *, zone: tzinfo
) -> dict[str, tuple[str, ...]]:
    """Return the answers as they are kept, by code; questions left open are left out.

    Args:
        zone: of times that come without one, as browsers send them.

    Raises:
        BadAnswer: an answer does not fit, a needed one is missing, or nobody asked for it.
    """
    unknown = sorted(given.keys() - {item.code for item in questions if item.asks})
    if unknown:
        raise BadAnswer(unknown[0], Misfit.UNKNOWN)
    read = {item.code: _read(item, given.get(item.code, ()), zone) for item in questions}
    return {code: values for code, values in read.items() if values}


def _read(question: Question, given: Sequence[str], zone: tzinfo) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value.strip() for value in given if value.strip()))
    if not values:
        if question.required and question.asks:
            raise BadAnswer(question.code, Misfit.MISSING)
        return ()
    if len(values) > 1 and question.datatype is not Datatype.MANY:
        raise BadAnswer(question.code, Misfit.MANY)
    return tuple(_one(question, value, zone) for value in values)


def _one(question: Question, value: str, zone: tzinfo) -> str:
    kind = question.datatype
    if kind in LISTS:
        if value not in {choice.key for choice in question.choices}:
            raise BadAnswer(question.code, Misfit.CHOICE)
        return value
    if len(value) > (MAX_TEXT if kind is Datatype.TEXT else MAX_LINE):
        raise BadAnswer(question.code, Misfit.TOO_LONG)
    if kind is Datatype.NUMBER:
        return _number(question, value)
    return _time(question, value, zone) if kind is Datatype.DATETIME else value


def _number(question: Question, value: str) -> str:
    try:
        finite = isfinite(float(value))
    except ValueError:
        finite = False
    if not finite or "_" in value:
        raise BadAnswer(question.code, Misfit.NUMBER)
    return value


def _time(question: Question, value: str, zone: tzinfo) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadAnswer(question.code, Misfit.TIME) from error
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return aware.isoformat(timespec="seconds")
