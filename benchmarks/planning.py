"""Our planner and the public tools on the same towns, with the same measures.

Run: ``python -m benchmarks.planning [--instances town2000,GY] [--peers metis,kahip] [--seconds 60]
[--python PEERS/bin/python] [--with FILE] [--json FILE] [--table FILE] [--picture FILE]``. Every
method runs in a process of its own, one after the other, and is ended after ``--limit`` seconds.
Peers are the dependency group ``peers`` of ``pyproject.toml``; ``--python`` names the interpreter
of an environment that has them. Their rows in the JSON of an earlier run (``--with``, also more
than once) are taken from there, and the table says so. Instances are read from ``--folder``;
``made2000`` and the like are made (`benchmarks.towns`). ``--replan`` changes a tenth of the
compounds and cuts again with few changes. A grid is good when it is within the band and in one
piece without crossing a barrier.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.peers import METHODS
from benchmarks.planning_ours import town_of
from benchmarks.planning_picture import draw
from benchmarks.planning_replan import replanned
from benchmarks.towns import make, villages
from onegrid.core.planning import FEW_CHANGES, Band, measure

Row = dict[str, Any]
OURS = {"onegrid-first": "first", "onegrid": "whole", "onegrid-bound": "bound"}
_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "planning"
_INSTANCES = "town500,town2000,town10000,GY,GY2,AL,liechtenstein,baltimore"
#: Numbers of grids, with a band of a quarter about the mean, of the instances that are no towns.
_COUNTED = {"GY": 10, "ZY": 22, "GY2": 20, "AL": 78}
_BAND = Band(300, 500)


class Instance(NamedTuple):
    """An instance and what is asked for."""

    name: str
    path: Path
    arrays: dict[str, np.ndarray]
    grids: int
    band: Band


def instances(names: list[str], folder: Path, made: Path) -> Iterator[Instance]:
    """Give the instances by name; say which are not there."""
    for name in names:
        path = folder / f"{name}.npz"
        if name.startswith("made"):
            path = made / f"{name}.npz"
            size = name.removeprefix("made")
            np.savez(path, **(villages(324, 1) if size == "ZY" else make(int(size), 1)))
        if not path.exists():
            print(f"{name}: no {path}; left out (made… instances need no folder)")
            continue
        with np.load(path) as file:
            arrays = dict(file.items())
        households = float(arrays["w"].sum())
        kind = name.removeprefix("made")
        grids = _COUNTED.get(kind, max(1, round(households / 400)))
        mean = households / grids
        band = Band(np.ceil(0.75 * mean), np.floor(1.25 * mean)) if kind in _COUNTED else _BAND
        yield Instance(name, path, arrays, grids, band)


def run(one: Instance, method: str, options: argparse.Namespace, out: Path) -> Row:
    """Run a method on an instance and measure its plan."""
    out.unlink(missing_ok=True)
    module, python, way = "benchmarks.planning_ours", sys.executable, OURS.get(method)
    if way is None:
        module, python, way = "benchmarks.peers", options.python, method
    band = (str(one.band.least), str(one.band.most))
    command = [python, "-m", module, way, str(one.path), str(one.grids), *band]
    row: Row = {
        "instance": one.name,
        "method": method,
        "asked": one.grids,
        "n": len(one.arrays["w"]),
    }
    before = _spent()
    try:
        done = subprocess.run(
            [*command, str(options.seconds), str(out)],
            capture_output=True,
            text=True,
            timeout=options.limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        spent = _spent() - before
        return row | {"note": f"not done after {options.limit:g} s ({spent:.0f} s of CPU)"}
    if done.returncode == 3:
        return row | {"note": f"not installed: uv pip install {METHODS[method][0]}"}
    if done.returncode or not out.exists():
        last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
        return row | {"note": last[:100]}
    with np.load(out) as file:
        labels = np.unique(file["labels"], return_inverse=True)[1].astype(np.int64)
    return row | measured(one, labels) | json.loads(done.stdout.strip().splitlines()[-1])


def _spent() -> float:
    """Return processor seconds of the processes that this one has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(one: Instance, labels: np.ndarray) -> Row:
    """Return the measures that every plan is compared by."""
    found = measure(town_of(one.arrays), labels, one.band)
    return {
        "grids": found.grids,
        "good": found.good,
        "within": float(found.within.mean()),
        "rms": found.rms,
        "compactness": float(found.compactness.mean()),
        "border": found.border,
        "split": found.split,
    }


_HEAD = (
    f"{'instance':<14}{'method':<21}{'grids':>10}{'good':>8}{'band':>8}{'rms m':>10}{'P-P':>7}"
    f"{'border km':>11}{'split':>7}{'wall s':>9}{'CPU s':>9}{'MB':>7}  bound"
)


def line(row: Row) -> str:
    """Return a row of the table."""
    begin = f"{row['instance']:<14}{row['method']:<21}"
    more = f"from {row['from']}" if "from" in row else ""
    if "rms" not in row:
        return f"{begin}{'–':>10}  {row['note']}  {more}".rstrip()
    if "gap" in row:
        more = f"{row['bound']:.2f} m, gap {row['gap']:.2%}"
    grids = f"{row['grids']}/{row['asked']}"
    return (
        f"{begin}{grids:>10}{row['good']:>8.1%}{row['within']:>8.1%}{row['rms']:>10.2f}"
        f"{row['compactness']:>7.3f}{row['border'] / 1000:>11.1f}{row['split']:>7}"
        f"{row['wall']:>9.2f}{row['cpu']:>9.2f}{row['memory']:>7.0f}  {more}".rstrip()
    )


def table(rows: Sequence[Row]) -> str:
    """Return the rows that have a plan as a table of Markdown, ours in bold."""
    head = "| town | method | grids | good | rms m | wall s | CPU s | MB | gap |"
    lines = [head, "| --- | --- | --: | --: | --: | --: | --: | --: | --: |"]
    for row in rows:
        if "rms" not in row:
            lines.append(f"| {row['instance']} | {row['method']} | – {row['note']} | | | | | | |")
            continue
        mark = "**" if row["method"] in OURS else ""
        gap = f"{row['gap']:.1%}" if "gap" in row else ""
        lines.append(
            f"| {row['instance']} | {mark}{row['method']}{mark} | {row['grids']}/{row['asked']} "
            f"| {row['good']:.1%} | {row['rms']:,.1f} | {row['wall']:.2f} | {row['cpu']:.2f} "
            f"| {row['memory']:.0f} | {gap} |"
        )
    return "\n".join(lines) + "\n"


def earlier(files: Sequence[Path]) -> dict[tuple[str, str], Row]:
    """Return the peers' rows of earlier runs by instance and method, each with its file's name."""
    found: dict[tuple[str, str], Row] = {}
    for file in files:
        rows = json.loads(file.read_text(encoding="utf-8"))
        found |= {
            (row["instance"], row["method"]): {"from": file.name} | row
            for row in rows
            if row["method"] in METHODS
        }
    return found


def growth(rows: list[Row]) -> str | None:
    """Return how the time of a first plan grows with the number of buildings."""
    first = [row for row in rows if row.get("method") == "onegrid-first" and "wall" in row]
    large = [(row["n"], row["wall"]) for row in first if row["n"] >= 2000]
    if len({n for n, _ in large}) < 2:
        return None
    slope = np.polyfit(*np.log(np.array(large)).T, 1)[0]
    return f"first plan: time grows with the number of buildings to the power of {slope:.2f}"


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--instances", default=_INSTANCES)
    options.add_argument("--ours", default=",".join(OURS), help="empty for none")
    options.add_argument("--peers", default=",".join(METHODS), help="empty for none")
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--limit", type=float, default=300.0)
    options.add_argument("--python", default=sys.executable, help="interpreter of the peers")
    options.add_argument("--folder", type=Path, default=_FOLDER)
    options.add_argument("--replan", action="store_true", help="change a tenth of the compounds")
    options.add_argument("--change", type=float, default=FEW_CHANGES, help="weight of few changes")
    options.add_argument("--changes", type=int, default=3, help="so many changed towns")
    options.add_argument("--rounds", type=int, help="effort of --replan, instead of seconds")
    options.add_argument("--with", type=Path, action="append", default=[], dest="earlier")
    options.add_argument("--json", type=Path)
    options.add_argument("--table", type=Path, help="the table as Markdown")
    options.add_argument("--picture", type=Path)
    return options


def main() -> int:
    """Print the table as it grows; write figures and picture."""
    options = parser().parse_args()
    methods = [name for name in (options.ours + "," + options.peers).split(",") if name]
    unknown = [name for name in methods if name not in METHODS and name not in OURS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join([*OURS, *METHODS])}")
        return 2
    rows: list[Row] = []
    known = earlier(options.earlier)
    if not options.replan:
        print(_HEAD)
    with tempfile.TemporaryDirectory() as made:
        for one in instances(options.instances.split(","), options.folder, Path(made)):
            if options.replan:
                rows += replanned(one.name, town_of(one.arrays), one.band, one.grids, options)
                continue
            for method in methods:
                row = known.get((one.name, method))
                rows.append(row or run(one, method, options, Path(made) / "labels.npz"))
                print(line(rows[-1]), flush=True)
                write(rows, options)
    if slope := growth(rows):
        print(slope)
    write(rows, options)
    return 0


def write(rows: list[Row], options: argparse.Namespace) -> None:
    """Write the figures and the picture that were asked for."""
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    if options.table:
        options.table.write_text(table(rows), encoding="utf-8")
    if options.picture:
        options.picture.write_text(draw(rows), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
