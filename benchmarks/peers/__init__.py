"""Public tools on the instances of the planning benchmark, each called as its documentation says.

They know nothing of Onegrid, so they can live in an environment of their own
(``uv pip install --group peers``, or the packages of that group in ``pyproject.toml``).
"""

from __future__ import annotations

from benchmarks.peers import clusters, graphs
from benchmarks.peers.terms import Job, Method

#: Package to install, and the method.
METHODS: dict[str, tuple[str, Method]] = {
    "metis": ("pymetis", graphs.metis),
    "metis-pieces": ("pymetis", graphs.by_pieces(graphs.metis)),
    "kahip": ("kahip", graphs.kahip),
    "kahip-pieces": ("kahip", graphs.by_pieces(graphs.kahip)),
    "gerrychain": ("gerrychain", graphs.gerrychain),
    "gerrychain-bursts": ("gerrychain", graphs.gerrychain_bursts),
    "pygeoda-maxp": ("pygeoda", clusters.geoda_maxp),
    "pygeoda-skater": ("pygeoda", clusters.geoda_skater),
    "pygeoda-redcap": ("pygeoda", clusters.geoda_redcap),
    "pygeoda-azp": ("pygeoda", clusters.geoda_azp),
    "spopt-maxp": ("spopt", clusters.spopt_maxp),
    "spopt-skater": ("spopt", clusters.spopt_skater),
    "spopt-ward": ("spopt", clusters.spopt_ward),
    "k-means-constrained": ("k-means-constrained", clusters.k_means_constrained),
}

__all__ = ["METHODS", "Job", "Method"]
