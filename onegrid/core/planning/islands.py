"""What lies alone behind barriers: a small grid, or joined across the weakest barrier."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from onegrid.core.planning.terms import Asked, Band
from onegrid.core.planning.town import Barrier, Bools, Floats, Ints


def components(n: int, pairs: Ints) -> Ints:
    """Return (n,) the connected component of each node."""
    graph = coo_matrix((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    found: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return found


def strain(load: float, band: Band) -> float:
    """Return by what share one grid must leave the band when so much is cut by itself."""
    if len(band.counts(load)):
        return 0.0
    fewest = int(load // band.most)
    over = (load - fewest * band.most) / band.most if fewest else np.inf
    under = ((fewest + 1) * band.least - load) / band.least
    return float(min(over, under))


def bridges(xy: Floats, pairs: Ints) -> Ints:
    """Return pairs of near nodes that join all components of a graph that has several."""
    n = len(xy)
    found = [np.empty((0, 2), np.int64)]
    component = components(n, pairs)
    reach = 4
    while component.max(initial=0) > 0:
        alone = np.flatnonzero(component != np.bincount(component).argmax())
        near = cKDTree(xy).query(xy[alone], k=min(reach, n))[1].reshape(len(alone), -1)
        links = np.column_stack([np.repeat(alone, near.shape[1]), near.ravel()]).astype(np.int64)
        found.append(
            _first_links(links[component[links[:, 0]] != component[links[:, 1]]], component)
        )
        component = components(n, np.concatenate([pairs, *found]))
        reach *= 4
    return np.concatenate(found)


def _first_links(links: Ints, component: Ints) -> Ints:
    """Keep one link for each pair of components."""
    keys = component[links].min(axis=1) * (component.max() + 1) + component[links].max(axis=1)
    return links[np.unique(keys, return_index=True)[1]]


@dataclass(frozen=True, slots=True)
class Joined:
    """Which pieces are cut together.

    Attributes:
        group: (pieces,) a number for each set of joined pieces.
        opened: (barrier edges,) which of them a grid of the group may cross.
    """

    group: Ints
    opened: Bools


def join(load: Floats, sides: Ints, barrier: Ints, shared: Floats, asked: Asked) -> Joined:
    """Join pieces that cannot stand by themselves, the smallest first.

    Args:
        load: (pieces,) households.
        sides: (e, 2) pieces on the two sides of each barrier edge.
        barrier: (e,) what the edge crosses.
        shared: (e,) metres of border.
    """
    pieces = len(load)
    poor = [p for p in range(pieces) if strain(load[p], asked.band) > 1 - asked.join_below]
    if not poor:
        return Joined(np.arange(pieces), np.zeros(len(sides), dtype=np.bool_))
    return _Joiner(load, sides, barrier, shared, asked).run(poor)


class _Joiner:
    def __init__(
        self, load: Floats, sides: Ints, barrier: Ints, shared: Floats, asked: Asked
    ) -> None:
        self.load, self.asked = load.copy(), asked
        self.root = list(range(len(load)))
        self.inside = [[p] for p in range(len(load))]
        self.near: list[dict[int, tuple[int, float]]] = [{} for _ in load]
        self.barrier = barrier
        self.open: dict[tuple[int, int], int] = {}
        keys, self.pair = np.unique(
            sides.min(axis=1) * len(load) + sides.max(axis=1), return_inverse=True
        )
        self.pairs = np.column_stack(divmod(keys, len(load)))
        weakest = np.full(len(keys), int(GAP))
        np.minimum.at(weakest, self.pair, barrier)
        metres = np.bincount(self.pair, shared, len(keys))
        for (a, b), *border in zip(
            self.pairs.tolist(), weakest.tolist(), metres.tolist(), strict=True
        ):
            self.near[a][b] = self.near[b][a] = (border[0], border[1])

    def run(self, poor: list[int]) -> Joined:
        heap = [(self.load[p], p) for p in poor]
        heapq.heapify(heap)
        while heap:
            load, piece = heapq.heappop(heap)
            if self._find(piece) != piece or self.load[piece] != load:
                continue
            best = self._neighbour(piece)
            if best is None:
                continue
            self._unite(piece, best)
            if strain(self.load[best], self.asked.band) > 1 - self.asked.join_below:
                heapq.heappush(heap, (self.load[best], best))
        group = np.array([self._find(p) for p in range(len(self.root))])
        return Joined(np.unique(group, return_inverse=True)[1], self._opened())

    def _find(self, piece: int) -> int:
        while self.root[piece] != piece:
            piece = self.root[piece]
        return piece

    def _neighbour(self, piece: int) -> int | None:
        """Return the set across the weakest barrier that then fits, with the longest border."""
        borders: dict[int, tuple[int, float]] = {}
        for inner in self.inside[piece]:
            for other, (kind, length) in self.near[inner].items():
                root = self._find(other)
                if root != piece:
                    weakest, metres = borders.get(root, (kind, 0.0))
                    borders[root] = (min(weakest, kind), metres + length)
        if not borders:
            return None
        return min(borders, key=lambda root: self._rank(piece, root, borders[root]))

    def _rank(
        self, piece: int, root: int, border: tuple[int, float]
    ) -> tuple[int, bool, float, int]:
        poor = strain(self.load[piece] + self.load[root], self.asked.band) > 0
        return border[0], poor, -border[1], root

    def _unite(self, piece: int, into: int) -> None:
        links = [
            (inner, other, self.near[inner][other][0])
            for inner in self.inside[piece]
            for other in self.near[inner]
            if self._find(other) == into
        ]
        weakest = min(kind for _, _, kind in links)
        for inner, other, kind in links:
            if kind == weakest:
                self.open[min(inner, other), max(inner, other)] = kind
        self.root[piece] = into
        self.inside[into] += self.inside[piece]
        self.load[into] += self.load[piece]

    def _opened(self) -> Bools:
        kinds = [self.open.get((a, b), -1) for a, b in self.pairs.tolist()]
        return np.asarray(np.array(kinds, dtype=np.int64)[self.pair] >= self.barrier)


#: Between buildings that no pair joins.
GAP = Barrier.RAILWAY
