"""Graph partitioners and recombination."""

from __future__ import annotations

import time
from functools import partial

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from benchmarks.peers.terms import Job, Method

#: Share of the room in the band that METIS and KaHIP are told of: with less they cut worse, with
#: more they leave the band (KaHIP holds its word less well than METIS).
_ROOM, _KAHIP_ROOM = 0.8, 0.3
#: Above so many buildings KaHIP's best preset takes more than five minutes.
_STRONG = 20_000


def metis(job: Job) -> np.ndarray:
    """Cut with METIS (k-way, connected parts, the best of ten cuts), borders as edge weights."""
    import pymetis

    starts, near, weights = job.rows()
    room = max(1, int(1000 * job.balance * _ROOM))
    options = pymetis.Options(contig=1, ncuts=10, niter=50, ufactor=room)
    _, grid = pymetis.part_graph(
        job.grids,
        xadj=starts.tolist(),
        adjncy=near.tolist(),
        vweights=job.households.tolist(),
        eweights=weights.tolist(),
        recursive=False,
        options=options,
    )
    return np.array(grid)


def kahip(job: Job) -> np.ndarray:
    """Cut with KaFFPa (STRONG, for large towns ECO), borders as edge weights."""
    import kahip as tool

    starts, near, weights = job.rows()
    _, grid = tool.kaffpa(
        job.households.tolist(),
        starts.tolist(),
        weights.tolist(),
        near.tolist(),
        job.grids,
        max(0.01, job.balance * _KAHIP_ROOM),
        True,
        0,
        tool.STRONG if len(job.xy) <= _STRONG else tool.ECO,
    )
    return np.array(grid)


def _graph(job: Job):
    import gerrychain as tool
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from((i, {"w": int(w)}) for i, w in enumerate(job.households))
    graph.add_edges_from(map(tuple, job.edges.tolist()))
    return tool.Graph.from_networkx(graph)


def _trees(job: Job, graph) -> dict[int, int]:
    from gerrychain.tree import recursive_tree_part

    room = (job.most - job.least) / (job.most + job.least) * 0.95
    mean = float(job.households.sum()) / job.grids
    return recursive_tree_part(graph, range(job.grids), mean, "w", room)


def gerrychain(job: Job) -> np.ndarray:
    """Cut with recursive spanning trees (ReCom's first plan)."""
    found = _trees(job, _graph(job))
    return np.array([found[i] for i in range(len(job.xy))])


def gerrychain_bursts(job: Job) -> np.ndarray:
    """Improve the inertia of that plan by short bursts of ReCom for the processor time given."""
    from gerrychain import Partition, constraints, updaters
    from gerrychain.optimization import SingleMetricOptimizer
    from gerrychain.proposals import recom

    started = time.process_time()
    graph = _graph(job)
    weights, n = job.households.astype(float), len(job.xy)

    def labels(plan) -> np.ndarray:
        return np.array([plan.assignment.mapping[i] for i in range(n)])

    def inertia(plan) -> float:
        grid = labels(plan)
        heavy = np.maximum(np.bincount(grid, weights), 1e-9)
        centre = [np.bincount(grid, weights * job.xy[:, k]) / heavy for k in (0, 1)]
        return float(sum(weights @ (job.xy[:, k] - centre[k][grid]) ** 2 for k in (0, 1)))

    first = Partition(
        graph, assignment=_trees(job, graph), updaters={"w": updaters.Tally("w", alias="w")}
    )
    step = partial(
        recom,
        pop_col="w",
        pop_target=float(weights.sum()) / job.grids,
        epsilon=(job.most - job.least) / (job.most + job.least) * 0.95,
        node_repeats=1,
    )
    search = SingleMetricOptimizer(step, [constraints.contiguous], first, inertia, maximize=False)
    for _ in search.short_bursts(10, 10**6):
        if time.process_time() - started > job.seconds:
            break
    return labels(search.best_part)


def by_pieces(method: Method) -> Method:
    """Return what a careful user would script: whole compounds, one call for each barrier piece."""

    def cut(job: Job) -> np.ndarray:
        atom, arrays = _contracted(job)
        open_ = arrays["ecls"] < 2
        n = len(arrays["w"])
        a, b = arrays["edges"][open_].T
        links = coo_matrix((np.ones(len(a)), (a, b)), shape=(n, n))
        pieces, piece = connected_components(links, directed=False)
        grid, base = np.zeros(n, dtype=np.int64), 0
        for number in range(pieces):
            rows = np.flatnonzero(piece == number)
            load = float(arrays["w"][rows].sum())
            grids = min(max(1, round(load / ((job.least + job.most) / 2))), len(rows))
            if grids > 1:
                grid[rows] = method(job.part(_rows_of(arrays, rows, open_), grids))
            grid[rows] += base
            base += grids
        return grid[atom]

    return cut


def _contracted(job: Job) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return (n,) atoms, and the arrays of the graph in which compounds are one node."""
    compound, households = job.arrays["comp"], job.households
    inside = compound >= 0
    total = np.bincount(compound[inside], households[inside], 1)
    whole = inside & (np.where(inside, total[np.maximum(compound, 0)], np.inf) <= job.most)
    name = np.where(whole, compound, np.arange(len(compound)) + compound.max() + 1)
    _, atom = np.unique(name, return_inverse=True)
    edges = np.sort(atom[job.edges], axis=1)
    keep = edges[:, 0] != edges[:, 1]
    n = int(atom.max()) + 1
    keys, first, of = np.unique(
        edges[keep] @ np.array([n, 1]), return_index=True, return_inverse=True
    )
    barrier = np.full(len(keys), 9)
    np.minimum.at(barrier, of, job.arrays["ecls"][keep])
    middle = [np.bincount(atom, job.xy[:, k]) / np.bincount(atom) for k in (0, 1)]
    return atom, {
        "xy": np.column_stack(middle),
        "w": np.bincount(atom, households).astype(np.int64),
        "edges": edges[keep][first],
        "elen": np.bincount(of, job.arrays["elen"][keep]),
        "ecls": barrier,
    }


def _rows_of(
    arrays: dict[str, np.ndarray], rows: np.ndarray, open_: np.ndarray
) -> dict[str, np.ndarray]:
    place = np.full(len(arrays["w"]), -1)
    place[rows] = np.arange(len(rows))
    keep = open_ & (place[arrays["edges"]] >= 0).all(axis=1)
    return {
        "xy": arrays["xy"][rows],
        "w": arrays["w"][rows],
        "edges": place[arrays["edges"][keep]],
        "elen": arrays["elen"][keep],
        "ecls": arrays["ecls"][keep],
    }
