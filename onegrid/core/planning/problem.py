"""From a town and what is asked for to pieces that can be cut one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onegrid.core.planning.islands import GAP, bridges, components, join
from onegrid.core.planning.shapes import LOAD, SPIN, SUM_X, SUM_Y, WEIGHT, Piece
from onegrid.core.planning.terms import Asked, Band
from onegrid.core.planning.town import CLOSED, Bools, Floats, Ints, Town
from onegrid.core.planning.walks import mostly, sides

NONE = np.empty(0, dtype=np.int64)
#: Cutting a compound that is too big for one grid right through costs this share of the inertia
#: of a grid, times the share of its inner borders that are cut.
SPLIT = 0.25


@dataclass(frozen=True, eq=False)
class Part:
    """One piece with what it needs to be cut.

    Attributes:
        first: its first atom in the numbering of the problem.
        fewest, most: numbers of grids that fit its households, or the nearest that there are.
        heir: (slots,) today's grid that each number continues, -1 for none.
        sway: household square metres that the choice among stations can make at most.
    """

    piece: Piece
    first: int
    load: float
    fewest: int
    most: int
    heir: Ints
    sway: float


@dataclass(frozen=True, eq=False)
class Problem:
    """Atoms in the order of their pieces.

    Attributes:
        atom: (n,) atom of each building; -1 where its grid of today stays.
        kept: (n,) number of the grid that stays, -1 for the others.
        parts: the pieces.
        grids: at most so many grids in all the pieces.
        scale: about the moment of inertia of one grid.
        walk: what each square metre from a household to the station of its grid costs.
        fixed: what the ways cost where only one station comes into question, in every plan.
    """

    town: Town
    asked: Asked
    atom: Ints
    kept: Ints
    parts: tuple[Part, ...]
    grids: int
    scale: float
    walk: float
    fixed: float


@dataclass(frozen=True, eq=False)
class _Links:
    """Pairs of atoms, whether a barrier lies between, and the cost of a border there."""

    pairs: Ints
    wall: Bools
    bond: Floats


@dataclass(frozen=True, eq=False)
class _Edges:
    """Pairs of buildings, metres of border, and what lies between."""

    pairs: Ints
    shared: Floats
    barrier: Ints


@dataclass(frozen=True, eq=False)
class _Sums:
    """What the buildings of each atom add up to; moments are about the middle of the piece."""

    xy: Floats
    sums: Floats
    today: Ints
    middle: Floats


def make_problem(town: Town, asked: Asked) -> Problem:
    """Contract what stays together, part what barriers part, and join what cannot stand alone."""
    kept = kept_grids(town, asked)
    free = kept < 0
    town_edges, shared, barrier = _edges(town, free)
    atom, atoms = _atoms(town, asked.band, free, town_edges[barrier < CLOSED])
    between = atom[town_edges]
    outer = between[:, 0] != between[:, 1]
    between, shared, barrier = between[outer], shared[outer], barrier[outer]
    load = np.minimum(np.bincount(atom[free], town.households[free], atoms), asked.band.most)
    is_open = barrier < CLOSED
    piece = components(atoms, between[is_open])
    crossing = ~is_open & (piece[between[:, 0]] != piece[between[:, 1]])
    joined = join(
        np.bincount(piece, load).astype(np.float64),
        piece[between[crossing]],
        barrier[crossing],
        shared[crossing],
        asked,
    )
    wall = np.zeros(len(between), dtype=np.bool_)
    wall[np.flatnonzero(crossing)[joined.opened]] = True
    usable = is_open | wall
    order = np.argsort(joined.group[piece], kind="stable")
    place = np.empty(atoms, dtype=np.int64)
    place[order] = np.arange(atoms)
    atom[free] = place[atom[free]]
    group = joined.group[piece][order]
    bond = _bonds(town, asked, _Edges(town_edges[outer], shared, barrier))
    links = _links(atoms, place[between[usable]], wall[usable], bond[usable])
    frozen = int(kept.max()) + 1
    grids = max(1, most_grids(town, asked) - frozen)
    return _assemble(
        town=town, asked=asked, atom=atom, kept=kept, group=group, links=links, grids=grids
    )


def most_grids(town: Town, asked: Asked) -> int:
    """Return how many grids there may be at most."""
    if asked.most_grids is not None:
        return max(1, asked.most_grids)
    middle = (asked.band.least + asked.band.most) / 2
    return max(1, round(float(town.households.sum()) / middle))


def kept_grids(town: Town, asked: Asked) -> Ints:
    """Return (n,) a number from 0 for each grid of today that stays as it is, -1 elsewhere."""
    kept = np.full(len(town), -1, dtype=np.int64)
    if asked.kept is None or town.today is None:
        return kept
    stays = np.unique(town.today[asked.kept & (town.today >= 0)])
    found = np.isin(town.today, stays)
    kept[found] = np.searchsorted(stays, town.today[found])
    return kept


def _edges(town: Town, free: Bools) -> tuple[Ints, Floats, Ints]:
    """Return pairs of free buildings, metres and barriers, with bridges where no pair leads."""
    inside = free[town.edges].all(axis=1)
    edges, shared, barrier = town.edges[inside], town.shared[inside], town.barrier[inside]
    rows = np.flatnonzero(free)
    place = np.cumsum(free) - 1
    added = rows[bridges(town.xy[rows], place[edges])]
    return (
        np.concatenate([edges, added]),
        np.concatenate([shared, np.zeros(len(added))]),
        np.concatenate([barrier, np.full(len(added), int(GAP))]),
    )


def _atoms(town: Town, band: Band, free: Bools, open_edges: Ints) -> tuple[Ints, int]:
    """Return (n,) the atom of each building: connected compounds within the band are one."""
    compound = town.compound
    total = np.bincount(compound[compound >= 0], town.households[compound >= 0], 1)
    whole = (compound >= 0) & free
    whole[whole] = total[compound[whole]] <= band.most
    a, b = open_edges.T
    together = open_edges[whole[a] & whole[b] & (compound[a] == compound[b])]
    found = components(len(town), together)
    atom = np.full(len(town), -1, dtype=np.int64)
    names, atom[free] = np.unique(found[free], return_inverse=True)
    return atom, len(names)


def _bonds(town: Town, asked: Asked, edges: _Edges) -> Floats:
    """Return what a border along each edge costs, as a share of the inertia of a grid.

    Compounds too big for one grid are cut where they are narrow; the wish for short borders counts
    metres, half of them along roads.
    """
    a, b = edges.pairs.T
    compound = town.compound[a]
    inner = (compound >= 0) & (compound == town.compound[b]) & (edges.barrier < CLOSED)
    shared = edges.shared + 1e-6
    total = np.bincount(compound[inner], shared[inner], 1)
    bond = np.zeros(len(a))
    bond[inner] = SPLIT * shared[inner] / total[compound[inner]]
    if asked.wishes.borders > 0:
        around = 4 * np.sqrt(max(float(town.area.sum()), 1.0) / most_grids(town, asked))
        weight = np.choose(np.minimum(edges.barrier, CLOSED), [1.0, 0.5, 0.0])
        bond += asked.wishes.borders * weight * edges.shared / around
    return bond


def _links(atoms: int, pairs: Ints, wall: Bools, bond: Floats) -> _Links:
    """Make one link of all edges between two atoms; an open edge outdoes a wall."""
    pairs = np.sort(pairs, axis=1)
    keys, of = np.unique(pairs[:, 0] * np.int64(atoms) + pairs[:, 1], return_inverse=True)
    walls = np.bincount(of, wall, len(keys))
    count = np.bincount(of, minlength=len(keys))
    bonds = np.bincount(of, bond, len(keys)).astype(np.float64)
    return _Links(np.column_stack([keys // atoms, keys % atoms]), walls == count, bonds)


def _assemble(
    *,
    town: Town,
    asked: Asked,
    atom: Ints,
    kept: Ints,
    group: Ints,
    links: _Links,
    grids: int,
) -> Problem:
    atoms = len(group)
    sums = _sums(town, np.flatnonzero(atom >= 0), atom[atom >= 0], group, asked.band.most)
    bounds = np.searchsorted(group, np.arange(int(group[-1]) + 2)) if atoms else np.zeros(1, int)
    start, near, bond, wall = _rows(atoms, links, bounds[group])
    heirs = _heirs(town, atom, group) if asked.wishes.change > 0 else {}
    stations = _stations(town, asked, atom, group)
    parts = []
    for number, (first, last) in enumerate(
        zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    ):
        low, high = start[first], start[last]
        rows = slice(first, last)
        piece = Piece(
            start=start[first : last + 1] - low,
            near=near[low:high],
            bond=bond[low:high],
            wall=wall[low:high],
            xy=sums.xy[rows],
            sums=sums.sums[rows],
            today=sums.today[rows],
            stations=_in_question(stations[number] - sums.middle[number], sums.xy[rows]),
        )
        parts.append(_part(piece, first, asked, heirs.get(number, NONE)))
    spins = np.array([float(part.piece.sums[:, SPIN].sum()) for part in parts])
    counts = np.array([part.fewest for part in parts])
    scale = max(1.0, float((spins / counts).sum() / counts.sum()) if parts else 1.0)
    bond *= scale
    walk = asked.wishes.station * _share(parts, scale * float(counts.sum()))
    return Problem(town, asked, atom, kept, tuple(parts), grids, scale, walk, walk * _one(parts))


def _sums(town: Town, rows: Ints, of: Ints, group: Ints, most: float) -> _Sums:
    """Add up the buildings of each atom, about the middle of its piece."""
    atoms = len(group)

    def total(values: Floats) -> Floats:
        return np.bincount(of, values, atoms).astype(np.float64)

    shade = town.households[rows] + 1e-9
    ground = total(shade)
    heavy = np.bincount(group, ground)
    middle = np.column_stack(
        [np.bincount(group, total(shade * town.xy[rows, k])) / heavy for k in (0, 1)]
    )
    x, y = ((town.xy[rows, k] - middle[group[of], k]) for k in (0, 1))
    work = town.households if town.workload is None else town.workload
    today = np.full(atoms, -1, dtype=np.int64)
    if town.today is not None:
        order = np.argsort(town.households[rows], kind="stable")
        today[of[order]] = town.today[rows][order]
    place = np.column_stack([total(shade * x) / ground, total(shade * y) / ground])
    weight = total(town.households[rows])
    sums = np.column_stack(
        [
            weight,
            weight * place[:, 0],
            weight * place[:, 1],
            total(town.households[rows] * (x * x + y * y)),
            np.minimum(weight, most),
            total(work[rows]),
        ]
    )
    return _Sums(xy=place, sums=sums, today=today, middle=middle)


def _rows(atoms: int, links: _Links, base: Ints) -> tuple[Ints, Ints, Floats, Ints]:
    """Return the links as sparse rows; columns count from the first atom of the piece."""
    a, b = links.pairs.T
    source, target = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.argsort(source, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=atoms))]).astype(np.int64)
    near = (target - base[target])[order]
    bond = np.tile(links.bond, 2)[order]
    return start, near, bond, np.tile(links.wall, 2)[order].astype(np.int64)


def _heirs(town: Town, atom: Ints, group: Ints) -> dict[int, Ints]:
    """Return for each group of pieces today's grids that have most of their households in it."""
    if town.today is None:
        return {}
    rows = np.flatnonzero((atom >= 0) & (town.today >= 0))
    width = int(group.max(initial=0)) + 1
    keys, of = np.unique(town.today[rows] * width + group[atom[rows]], return_inverse=True)
    weight = np.bincount(of, town.households[rows], len(keys))
    order = np.argsort(weight, kind="stable")
    home = dict(zip((keys[order] // width).tolist(), (keys[order] % width).tolist(), strict=True))
    found: dict[int, list[int]] = {}
    for today, number in sorted(home.items()):
        found.setdefault(number, []).append(today)
    return {number: np.array(grids, dtype=np.int64) for number, grids in found.items()}


def _stations(town: Town, asked: Asked, atom: Ints, group: Ints) -> list[Floats]:
    """Return for each piece the stations on its side of rivers, or all; none if not asked for."""
    pieces = int(group.max(initial=-1)) + 1
    if asked.wishes.station <= 0 or not len(town.stations):
        return [np.empty((0, 2))] * pieces
    side, of_station = sides(town)
    free = atom >= 0
    own = mostly(group[atom[free]], side[free], town.households[free])
    there = {number: town.stations[of_station == number] for number in np.unique(of_station)}
    return [there.get(number, town.stations) for number in own.tolist()]


def _in_question(stations: Floats, xy: Floats) -> Floats:
    """Return the stations that can be nearest to a middle among some places."""
    if not len(stations):
        return stations
    low, high = xy.min(axis=0), xy.max(axis=0)
    least = np.hypot(*np.maximum(np.maximum(low - stations, stations - high), 0.0).T)
    most = np.hypot(*np.maximum(abs(stations - low), abs(stations - high)).T)
    near: Floats = stations[least <= most.min() + 1e-6]
    return near


def _squares(piece: Piece) -> Floats:
    """Return (m, s) squared distances of atoms to stations."""
    found: Floats = ((piece.xy[:, None, :] - piece.stations) ** 2).sum(axis=2)
    return found


def _one(parts: list[Part]) -> float:
    """Return households by squared way in pieces for which only one station comes into question.

    About a point, inertias and what the middles lie off it add up to the same, however it is cut.
    """
    alone = (part.piece for part in parts if len(part.piece.stations) == 1)
    return sum(float(_about(piece, piece.stations[0])) for piece in alone)


def _about(piece: Piece, place: Floats) -> float:
    """Return the moment of inertia of a piece about a place."""
    weight, x, y, spin = piece.sums[:, [WEIGHT, SUM_X, SUM_Y, SPIN]].sum(axis=0)
    return float(spin - 2 * (x * place[0] + y * place[1]) + weight * (place @ place))


def _share(parts: list[Part], inertia: float) -> float:
    """Return inertia by squared ways of all to their nearest stations, at most 1.

    With it the wish weighs against compactness although ways to stations are longer than those to
    the middle of a grid.
    """
    walked = 0.0
    for part in parts:
        if len(part.piece.stations):
            walked += float(part.piece.sums[:, WEIGHT] @ _squares(part.piece).min(axis=1))
    return inertia / max(walked, inertia) if walked > 0 else 1.0


def _sway(piece: Piece) -> float:
    """Return by how much the farthest stations are worse for all households than the nearest."""
    if len(piece.stations) < 2:
        return 0.0
    squared = _squares(piece)
    return float(piece.sums[:, WEIGHT] @ (squared.max(axis=1) - squared.min(axis=1)))


def _part(piece: Piece, first: int, asked: Asked, heirs: Ints) -> Part:
    band = asked.band
    load = float(piece.sums[:, LOAD].sum())
    atoms = len(piece.today)
    counts = band.counts(load)
    if len(counts):
        fewest, most = min(counts[0], atoms), min(counts[-1], atoms)
    else:
        fewest = most = min(max(1, int(load // band.most)), atoms)
        over, under = load - fewest * band.most, (fewest + 1) * band.least - load
        if load > band.most and under < over:
            fewest = most = min(fewest + 1, atoms)
    numbers = max(min(most + 1, atoms), len(heirs)) + 1
    heir = np.full(numbers, -1, dtype=np.int64)
    heir[: len(heirs)] = heirs
    return Part(piece, first, load, fewest, most, heir, _sway(piece))
