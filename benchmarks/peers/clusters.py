"""Regionalisation and constrained clustering."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.peers.terms import Job


def _frame(job: Job):
    import geopandas
    import shapely

    columns = {"x": job.xy[:, 0], "y": job.xy[:, 1], "w": job.households.astype(float)}
    return geopandas.GeoDataFrame(columns, geometry=shapely.points(job.xy))


def _geoda(job: Job):
    """Return pygeoda, its table of places, and its weights read from a GAL file."""
    import pygeoda

    starts, near, _ = job.rows()
    n = len(job.xy)
    lines = [f"0 {n} x id"]
    for i in range(n):
        own = near[starts[i] : starts[i + 1]]
        lines += [f"{i} {len(own)}", " ".join(map(str, own))]
    with tempfile.NamedTemporaryFile("w", suffix=".gal", delete=False) as file:
        file.write("\n".join(lines) + "\n")
    table = pygeoda.open(_frame(job))
    weights = pygeoda.read_gal(file.name, [str(i) for i in range(n)])
    Path(file.name).unlink()
    return pygeoda, table[["x", "y"]], weights


#: Metres are metres in both directions.
_RAW = {"scale_method": "raw"}


def _bound(job: Job) -> dict[str, object]:
    households = job.households.astype(float).tolist()
    return {"bound_variable": households, "min_bound": job.least, **_RAW}


def geoda_maxp(job: Job) -> np.ndarray:
    """Cut with pygeoda's max-p (tabu search)."""
    tool, table, weights = _geoda(job)
    loads = job.households.astype(float).tolist()
    found = tool.maxp_tabu(weights, table, loads, job.least, tabu_length=10, **_RAW)
    return np.array(found["Clusters"])


def geoda_skater(job: Job) -> np.ndarray:
    """Cut with pygeoda's SKATER."""
    tool, table, weights = _geoda(job)
    return np.array(tool.skater(job.grids, weights, table, **_bound(job))["Clusters"])


def geoda_redcap(job: Job) -> np.ndarray:
    """Cut with pygeoda's REDCAP (full order, Ward linkage)."""
    tool, table, weights = _geoda(job)
    found = tool.redcap(job.grids, weights, table, "fullorder-wardlinkage", **_bound(job))
    return np.array(found["Clusters"])


def geoda_azp(job: Job) -> np.ndarray:
    """Cut with pygeoda's AZP (simulated annealing)."""
    tool, table, weights = _geoda(job)
    found = tool.azp_sa(job.grids, weights, table, cooling_rate=0.85, **_bound(job))
    return np.array(found["Clusters"])


def _spatial_weights(job: Job):
    from libpysal.weights import W

    starts, near, _ = job.rows()
    rows = {i: near[starts[i] : starts[i + 1]].tolist() for i in range(len(job.xy))}
    return W(rows, silence_warnings=True)


def spopt_maxp(job: Job) -> np.ndarray:
    """Cut with spopt's max-p heuristic."""
    from spopt.region import MaxPHeuristic

    np.random.seed(0)
    model = MaxPHeuristic(
        _frame(job),
        _spatial_weights(job),
        ["x", "y"],
        "w",
        job.least,
        top_n=2,
        max_iterations_construction=10,
    )
    model.solve()
    return np.array(model.labels_)


def spopt_skater(job: Job) -> np.ndarray:
    """Cut with spopt's SKATER."""
    from spopt.region import Skater

    model = Skater(_frame(job), _spatial_weights(job), ["x", "y"], n_clusters=job.grids, floor=3)
    model.solve()
    return np.array(model.labels_)


def spopt_ward(job: Job) -> np.ndarray:
    """Cut with spopt's Ward clustering under contiguity."""
    from spopt.region import WardSpatial

    model = WardSpatial(_frame(job), _spatial_weights(job), ["x", "y"], n_clusters=job.grids)
    model.solve()
    return np.array(model.labels_)


def k_means_constrained(job: Job) -> np.ndarray:
    """Cut with k-means under the band, a point for each household; most of a house decide."""
    from k_means_constrained import KMeansConstrained

    rows = np.repeat(np.arange(len(job.xy)), job.households)
    shake = np.random.default_rng(0).normal(0, 0.01, (len(rows), 2))
    model = KMeansConstrained(
        job.grids,
        size_min=int(np.ceil(job.least)),
        size_max=int(job.most),
        n_init=3,
        random_state=0,
        n_jobs=1,
    )
    found = model.fit_predict(job.xy[rows] + shake)
    counts = np.zeros((len(job.xy), job.grids))
    np.add.at(counts, (rows, found), 1)
    empty = job.households == 0
    grid = counts.argmax(axis=1)
    far = ((job.xy[empty][:, None, :] - model.cluster_centers_[None]) ** 2).sum(axis=2)
    grid[empty] = far.argmin(axis=1)
    return grid
