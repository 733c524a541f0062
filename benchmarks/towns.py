"""Made towns for the planning benchmark: ``python -m benchmarks.towns 200000 1 town.npz``.

Main roads cut the town into superblocks of some 600 m, small roads cut these into blocks; a block
holds one or two walled compounds, shops and offices, or old houses; a river runs through.
Neighbours are those of the Delaunay triangulation, borders those of its Voronoi cells.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
from scipy.spatial import Delaunay

Arrays = dict[str, np.ndarray]
_WIDE, _HIGH, _ROAD = 600.0, 560.0, 18.0
_BUILDINGS_OF_A_SUPERBLOCK = 95
_PATH, _SMALL_ROAD, _MAIN_ROAD, _RIVER = range(4)


class _Block(NamedTuple):
    """Where a block begins and how large it is, in metres."""

    x: float
    y: float
    wide: float
    high: float


class _Found(NamedTuple):
    """Places, households and compound (-1 outside, else counted from 0 in the block)."""

    xy: np.ndarray
    households: np.ndarray
    compound: np.ndarray


def make(buildings: int, seed: int) -> Arrays:
    """Return a town in the arrays of the shared instances."""
    rng = np.random.default_rng(seed)
    found: list[_Found] = []
    labels: list[tuple[int, int, int]] = []
    count, compounds = 0, 0
    for number, (i, j, out) in enumerate(_superblocks(buildings, rng)):
        if count >= buildings:
            break
        side = int(i > 1.5 * np.sin(j / 2.3) + 0.5)
        for block in _blocks(i * _WIDE, j * _HIGH, rng):
            one = _fill(block, out, rng)
            inside = one.compound >= 0
            one.compound[inside] += compounds
            compounds += len(np.unique(one.compound[inside]))
            found.append(one)
            labels.append((len(labels), number, side))
            count += len(one.xy)
    sizes = [len(one.xy) for one in found]
    xy = np.concatenate([one.xy for one in found])[:buildings]
    block, superblock, side_of = (
        np.repeat([label[k] for label in labels], sizes)[:buildings] for k in range(3)
    )
    bent = xy + np.column_stack([60 * np.sin(xy[:, 1] / 1200), 45 * np.sin(xy[:, 0] / 1000)])
    bent += rng.uniform(-0.5, 0.5, bent.shape)
    edges, shared, area, outer = neighbours(bent)
    a, b = edges.T
    classes = np.select(
        [side_of[a] != side_of[b], superblock[a] != superblock[b], block[a] != block[b]],
        [_RIVER, _MAIN_ROAD, _SMALL_ROAD],
        _PATH,
    )
    return {
        "xy": bent,
        "w": np.concatenate([one.households for one in found])[:buildings],
        "comp": np.concatenate([one.compound for one in found])[:buildings],
        "edges": edges,
        "elen": shared,
        "ecls": classes,
        "area": area,
        "perim_out": outer,
        "old": superblock,
    }


def _superblocks(buildings: int, rng: np.random.Generator) -> list[tuple[int, int, float]]:
    """Return column, row and distance from the centre (0 to about 1), the nearest first."""
    side = int(np.sqrt(2.0 * buildings / _BUILDINGS_OF_A_SUPERBLOCK)) + 5
    i, j = (axis.ravel() - side // 2 for axis in np.meshgrid(np.arange(side), np.arange(side)))
    far = np.hypot(i, j) + rng.normal(0, 0.25, i.shape)
    order = np.argsort(far)
    reach = max(1.0, np.sqrt(buildings / _BUILDINGS_OF_A_SUPERBLOCK / np.pi))
    return [(int(i[k]), int(j[k]), max(0.0, float(far[k]) / reach)) for k in order]


def _blocks(x: float, y: float, rng: np.random.Generator) -> list[_Block]:
    """Cut a superblock by small roads."""
    out = []
    columns, rows = rng.integers(2, 4, 2)
    wide, high = (_WIDE - 40) / columns, (_HIGH - 40) / rows
    for c in range(columns):
        for r in range(rows):
            shrink = rng.uniform(0.88, 1.0, 2)
            out.append(
                _Block(
                    x + 20 + c * wide,
                    y + 20 + r * high,
                    wide * shrink[0] - _ROAD,
                    high * shrink[1] - _ROAD,
                )
            )
    return out


def _fill(block: _Block, out: float, rng: np.random.Generator) -> _Found:
    """Build a block: old houses in the centre more often, compounds outside."""
    draw = rng.random()
    if draw < 0.28 * max(0.1, 1 - 0.7 * out):
        return _old_houses(block, rng)
    if draw < 0.28 * max(0.1, 1 - 0.7 * out) + 0.22:
        return _shops(block, rng)
    halves = [block]
    if rng.random() < 0.3:
        wide = block.wide / 2 - 4
        halves = [block._replace(wide=wide), block._replace(x=block.x + wide + 8, wide=wide)]
    parts = [_compound(half, number, out, rng) for number, half in enumerate(halves)]
    return _Found(*(np.concatenate([part[k] for part in parts]) for k in range(3)))


def _rows(
    block: _Block, step_x: float, step_y: float, shake: float, rng: np.random.Generator
) -> np.ndarray:
    x = np.arange(step_x / 2, max(step_x, block.wide), step_x)
    y = np.arange(step_y / 2, max(step_y, block.high), step_y)
    xy = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2) + np.array([block.x, block.y])
    return xy + rng.uniform(-shake, shake, xy.shape)


def _old_houses(block: _Block, rng: np.random.Generator) -> _Found:
    step = rng.uniform(17, 24)
    xy = _rows(block, step, step, 3.0, rng)
    xy = xy[rng.random(len(xy)) < 0.8]
    return _Found(xy, rng.choice([0, 1, 1, 1, 2, 3], len(xy)), np.full(len(xy), -1))


def _shops(block: _Block, rng: np.random.Generator) -> _Found:
    count = int(rng.integers(4, 14))
    xy = rng.uniform(0, 1, (count, 2)) * (block.wide, block.high) + (block.x, block.y)
    return _Found(xy, rng.choice([0, 0, 0, 2, 6, 12, 30], count), np.full(count, -1))


def _compound(block: _Block, number: int, out: float, rng: np.random.Generator) -> _Found:
    tall = rng.random() < 0.35 + 0.3 * min(out, 1.0)
    xy = _rows(block, 60, 58 if tall else 30, 4.0, rng)
    floors = np.maximum(3, rng.integers(17, 34) if tall else rng.integers(5, 8))
    stairs = rng.integers(1, 3, len(xy)) if tall else rng.integers(2, 5, len(xy))
    flats = rng.choice([2, 3, 4]) if tall else 2
    households = np.round(floors * stairs * flats * rng.uniform(0.72, 0.98, len(xy)))
    return _Found(xy, households.astype(np.int64), np.full(len(xy), number))


def villages(units: int, seed: int) -> Arrays:
    """Return villages without barriers about a few market towns, a few kilometres apart."""
    rng = np.random.default_rng(seed)
    step = 2000.0
    side = int(np.ceil(np.sqrt(units)))
    cells = rng.permutation(side * side)[:units]
    xy = (np.column_stack([cells % side, cells // side]) + rng.uniform(0, 0.9, (units, 2))) * step
    households = np.exp(rng.normal(4.5, 0.6, units))
    households[rng.permutation(units)[: max(1, units // 60)]] *= 15
    edges, shared, area, outer = neighbours(xy / 30.0)
    none = np.full(units, -1)
    return {
        "xy": xy,
        "w": np.maximum(1, np.round(households)).astype(np.int64),
        "comp": none,
        "edges": edges,
        "elen": shared * 30.0,
        "ecls": np.full(len(edges), _PATH),
        "area": area * 900.0,
        "perim_out": outer * 30.0,
        "old": none,
    }


def neighbours(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return pairs, metres of border, and for each building square metres and open border."""
    mesh = Delaunay(xy)
    corners = xy[mesh.simplices]
    middle = _circumcentres(corners)
    triangle, across = np.nonzero(mesh.neighbors >= 0)
    other = mesh.neighbors[triangle, across]
    once = triangle < other
    triangle, across, other = triangle[once], across[once], other[once]
    a = mesh.simplices[triangle, (across + 1) % 3]
    b = mesh.simplices[triangle, (across + 2) % 3]
    length = np.minimum(np.hypot(*(middle[triangle] - middle[other]).T), 300.0)
    near = np.hypot(*(xy[a] - xy[b]).T)
    keep = near < 250.0
    area = np.bincount(a, length * near / 4, len(xy)) + np.bincount(b, length * near / 4, len(xy))
    rim = np.bincount(mesh.convex_hull.ravel(), minlength=len(xy)) * 40.0
    edges = np.sort(np.column_stack([a, b])[keep], axis=1).astype(np.int64)
    return edges, length[keep], np.minimum(area, 2e4), rim


def _circumcentres(corners: np.ndarray) -> np.ndarray:
    a = corners[:, 0]
    b, c = corners[:, 1] - a, corners[:, 2] - a
    cross = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    cross = np.where(np.abs(cross) < 1e-9, 1e-9, cross)
    bb, cc = (b * b).sum(axis=1), (c * c).sum(axis=1)
    x = (c[:, 1] * bb - b[:, 1] * cc) / cross
    y = (b[:, 0] * cc - c[:, 0] * bb) / cross
    return a + np.column_stack([x, y])


if __name__ == "__main__":
    np.savez_compressed(sys.argv[3], **make(int(sys.argv[1]), int(sys.argv[2])))
