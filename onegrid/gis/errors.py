"""What may be wrong with a file or a layer; the sentences are in `onegrid.gis.texts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onegrid.core.errors import CoreError


class GisError(CoreError):
    """A file or layer that cannot be used; `params` always holds ``file``, its name."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one row.

    Attributes:
        row: as the file counts: the header of a table is row 1, features count from 1.
        column: heading, empty when the shape itself is meant.
        code: a key of `onegrid.gis.texts.TEXTS`.
    """

    row: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class BadRows(GisError):
    """Rows that have to be mended before the file can be used."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        super().__init__("gis.bad_rows", file=file, count=len(problems))
        self.problems = tuple(problems)


class CrsUnknown(GisError):
    """The coordinate system is not known: somebody has to choose one of `candidates`.

    Attributes:
        candidates: names that `onegrid.gis.systems.System.named` takes, the likeliest first.
    """

    def __init__(self, file: str, candidates: Sequence[str], code: str = "gis.crs_unknown") -> None:
        super().__init__(code, file=file, candidates=", ".join(candidates))
        self.candidates = tuple(candidates)


class ClassUnknown(GisError):
    """Nothing says whether features are roads, rivers or railways: somebody has to say it."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was assumed or done on the way, for the report."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
