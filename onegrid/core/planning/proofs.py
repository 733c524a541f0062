"""Show that no connected cut of a piece keeps to the band, or find one.

Small pieces are decided by `heads`; in large ones grids out of the band are mended with those
around them, which can find a cut but show nothing.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from onegrid.core.planning.choose import choose, enrich
from onegrid.core.planning.columns import Generator, Ground, ground_of
from onegrid.core.planning.heads import Model, Verdict, solve
from onegrid.core.planning.mend import mend, unavoidable
from onegrid.core.planning.misses import find_misses
from onegrid.core.planning.problem import Part, Problem, make_problem
from onegrid.core.planning.terms import Asked, Band, Plan, Reason
from onegrid.core.planning.town import Bools, Ints, Town

#: Pairs of atom and head that a programme may have.
_PAIRS = 25_000
#: more atoms are not looked at: distances between all of them are kept
_ATOMS = 2_000


def prove(*, town: Town, asked: Asked, plan: Plan, seconds: float = 60.0) -> Plan:
    """Return the plan with what can be shown about its misses of shape.

    Where the solver overlooked a cut within the band, the plan gets that cut; where there is none,
    the misses of the piece are marked as proved; what is not decided in time stays as it is.

    Args:
        seconds: wall time in all, shared by the pieces with misses.
    """
    if not any(miss.reason is Reason.SHAPE and not miss.proved for miss in plan.misses):
        return plan
    problem = make_problem(town, asked)
    until = time.monotonic() + seconds
    proved: list[Ints] = []
    todo = _open_parts(problem, plan)
    for left, part in zip(range(len(todo), 0, -1), todo, strict=True):
        stop = time.monotonic() + (until - time.monotonic()) / left
        plan = _mended(problem, plan, part, stop, proved)
        if not any(miss_part is part for miss_part in _open_parts(problem, plan)):
            continue
        verdict = decide(
            ground_of(part.piece),
            asked.band,
            range(part.fewest, part.most + 1),
            stop - time.monotonic(),
        )
        if verdict.labels is not None:
            plan = _exchanged(problem, plan, part, verdict.labels)
        elif verdict.possible is False:
            proved.append(np.flatnonzero(_inside(problem, part)))
    return _marked(plan, proved)


def decide(ground: Ground, band: Band, counts: range, seconds: float) -> Verdict:
    """Decide whether a piece has a connected cut within the band.

    Args:
        counts: numbers of grids to look at.
        seconds: wall time.
    """
    until = time.monotonic() + seconds
    if len(ground.weight) < counts[0]:
        return Verdict(False)
    if len(ground.weight) > _ATOMS:
        return Verdict(None)
    model = Model.of(ground, band)
    if len(model.atom) > _PAIRS:
        return _from_pool(ground, band, counts, until)
    verdict = solve(model, counts, until)
    if verdict.possible is not False:
        return verdict if verdict.possible else _from_pool(ground, band, counts, until)
    least = solve(Model.of(ground, band, room=band.least), counts, until, off=True)
    return Verdict(False, None, least.off)


def _mended(problem: Problem, plan: Plan, part: Part, until: float, proved: list[Ints]) -> Plan:
    """Return the plan with the misses of a piece mended or shown by what lies around each.

    Args:
        proved: gets the buildings that cannot all be in grids within the band.
    """
    ground, band, tried = ground_of(part.piece), problem.asked.band, set[bytes]()
    inside = np.flatnonzero(_inside(problem, part))
    labels = np.empty(len(ground.load), dtype=np.int64)
    while time.monotonic() < until:
        labels[problem.atom[inside] - part.first] = plan.labels[inside]
        shapes = [miss.grid for miss in plan.misses if miss.reason is Reason.SHAPE]
        todo = [g for g in shapes if (labels == g).any() and (labels == g).tobytes() not in tried]
        if not todo:
            break
        grid = labels == todo[0]
        tried.add(grid.tobytes())
        stop = time.monotonic() + (until - time.monotonic()) / (len(todo) + 1)
        if unavoidable(ground, band, np.flatnonzero(grid), stop):
            proved.append(inside[grid[problem.atom[inside] - part.first]])
            continue
        found = mend(ground, band, labels, todo[0], stop)
        if found is not None:
            plan = _exchanged(problem, plan, part, found)
    return _marked(plan, proved)


def _from_pool(ground: Ground, band: Band, counts: range, until: float) -> Verdict:
    """Look for a cut among many good grids; finding none shows nothing."""
    weight = ground.weight
    spread = float(ground.spin.sum()) / max(float(weight.sum()), 1e-9)
    for count in counts:
        if count < 2 or ground.wall or time.monotonic() >= until:
            continue
        stop = time.monotonic() + (until - time.monotonic()) / 2
        generator = Generator(ground, band, max(1e-6, spread / count))
        generator.run(count, lambda stop=stop: time.monotonic() < stop)  # type: ignore[misc]
        enrich(generator, count, 30)
        seconds = max(0.5, min(20.0, until - time.monotonic()))
        labels = choose(generator, count, generator.bound(count), seconds)
        if labels is not None:
            return Verdict(True, labels)
    return Verdict(None)


def _open_parts(problem: Problem, plan: Plan) -> list[Part]:
    """Return the pieces with misses of shape that are not proved, the smallest first."""
    first = np.array([part.first for part in problem.parts])
    found: set[int] = set()
    for miss in plan.misses:
        row = int(np.flatnonzero(plan.labels == miss.grid)[0])
        if miss.reason is Reason.SHAPE and not miss.proved and problem.atom[row] >= 0:
            found.add(int(np.searchsorted(first, problem.atom[row], side="right")) - 1)
    return sorted((problem.parts[p] for p in found), key=lambda part: len(part.piece.xy))


def _inside(problem: Problem, part: Part) -> Bools:
    """Return (n,) the buildings of a piece."""
    inside: Bools = (problem.atom >= part.first) & (problem.atom < part.first + len(part.piece.xy))
    return inside


def _exchanged(problem: Problem, plan: Plan, part: Part, labels: Ints) -> Plan:
    """Return the plan with another cut of one piece, if that leaves fewer misses and few grids."""
    inside = _inside(problem, part)
    grid = plan.labels.copy()
    grid[inside] = plan.grids + labels[problem.atom[inside] - part.first]
    grid = np.unique(grid, return_inverse=True)[1].astype(np.int64)
    misses = find_misses(problem, grid)
    grids = int(grid.max()) + 1
    too_many = grids > max(plan.grids, problem.grids + int(problem.kept.max()) + 1)
    if too_many or len(misses) >= len(plan.misses):
        return plan
    return replace(plan, labels=grid, grids=grids, misses=misses)


def _marked(plan: Plan, proved: list[Ints]) -> Plan:
    """Return the plan with the misses of shape marked that hold buildings without a way out."""
    shown = np.zeros(plan.grids, dtype=np.bool_)
    for rows in proved:
        shown[plan.labels[rows]] = True
    misses = tuple(
        replace(miss, proved=True) if shown[miss.grid] and miss.reason is Reason.SHAPE else miss
        for miss in plan.misses
    )
    return replace(plan, misses=misses)
