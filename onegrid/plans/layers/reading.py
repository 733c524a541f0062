"""Have a file read by a process of its own, with limits on time and memory."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onegrid.common.refusals import Invalid
from onegrid.plans.terms import LayerKind

#: features of one layer
MOST = 50_000
_SECONDS, _BYTES = 90, 3_000_000_000
#: what a layer of a kind may hold
_WANTED: dict[str, tuple[str, ...]] = {
    LayerKind.BUILDINGS: ("area", "point"),
    LayerKind.BARRIERS: ("line", "area"),
}
_CELLS = ("area",)
#: what all features of a layer of barriers may be said to be
BARRIERS = ("mainroad", "smallroad", "river", "railway")

Told = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of the file with what is wrong: a code with its parameters."""

    row: int
    column: str
    code: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be answered before a file can be imported.

    Attributes:
        kind: ``system``: choose one of `candidates`; ``mend``: agree that `rows` are mended;
            ``barrier``: say what the features are, one of `BARRIERS`.
        told: the sentence of it, a code with its parameters.
        candidates: systems with shapes (WKB, WGS 84) where the layer would lie; none: nowhere.
        count: of the bad rows; `rows` shows the first of them.
    """

    kind: str
    told: Told
    candidates: tuple[tuple[str, tuple[bytes, ...]], ...] = ()
    rows: tuple[BadRow, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A feature; `geom` is WKB in WGS 84."""

    n: int
    code: str
    name: str
    geom: bytes
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A layer as it was read; `notes` say what was assumed or mended."""

    system: str
    rows: tuple[Row, ...]
    mended: int
    notes: tuple[Told, ...]


class BadFile(Invalid):
    """A file that cannot be used; `rows` names the bad ones, if it is about rows."""

    def __init__(self, code: str, rows: tuple[BadRow, ...], **params: object) -> None:
        super().__init__(code, field="file", **params)
        self.rows = rows


def read(
    content: bytes,
    *,
    file_name: str,
    kind: str,
    system: str | None,
    mend: bool,
    barrier: str | None = None,
) -> Found | Question:
    """Read a file of a layer.

    Args:
        file_name: its ending says what it is; it is shown in messages.
        system: as `onegrid.gis.systems.named` takes it; None: as the file says.
        mend: invalid shapes may be mended.
        barrier: what all features are, one of `BARRIERS`; None: as the file says.

    Raises:
        BadFile: it cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="onegrid-layer-") as folder:
        path = Path(folder) / safe_name(file_name)
        path.write_bytes(content)
        task = {
            "path": str(path),
            "system": system or None,
            "mend": mend,
            "wanted": _WANTED.get(kind, _CELLS),
            "barriers": kind == LayerKind.BARRIERS,
            "barrier": barrier if barrier in BARRIERS else None,
            "most": MOST,
        }
        return _understood(_told(task, path.name))


def safe_name(name: str) -> str:
    """Return the last part of a file name without what a file system or a message cannot bear."""
    plain = re.sub(r"[\x00-\x1f/\\:*?\"<>|]+", "_", name.rsplit("/", 1)[-1]).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:80]}{dot}{ending[:12]}" or "file"


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _told(task: dict[str, Any], file: str) -> dict[str, Any]:
    """Run the reader and return its answer.

    Raises:
        BadFile: it took too long, too much memory, or broke off.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "onegrid.plans.layers.reader"],
            input=json.dumps(task).encode(),
            capture_output=True,
            timeout=_SECONDS,
            preexec_fn=_limits,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise BadFile("layer.broke_off", (), file=file) from error
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _understood(answer: dict[str, Any]) -> Found | Question:
    if not answer["ask"]:
        rows = tuple(Row(n, c, t, bytes.fromhex(g), a) for n, c, t, g, a in answer["rows"])
        notes = tuple((code, params) for code, params in answer["notes"])
        return Found(answer["system"], rows, answer["mended"], notes)
    told = (answer["code"], answer["params"])
    bad = tuple(BadRow(*row) for row in answer.get("rows", ()))
    if answer["ask"] == "system":
        candidates = tuple(
            (name, tuple(map(bytes.fromhex, shapes))) for name, shapes in answer["candidates"]
        )
        return Question("system", told, candidates)
    if answer["ask"] == "barrier":
        return Question("barrier", told)
    if answer["ask"] == "mend":
        return Question("mend", told, rows=bad, count=answer["count"])
    raise BadFile(answer["code"], bad, **answer["params"])
