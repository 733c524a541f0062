"""The exact side of choosing sites: mixed-integer programmes for small towns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_matrix, csr_matrix, vstack

from onegrid.core.planning.town import Floats, Ints, TownError


class Question(NamedTuple):
    """What to choose from c candidates for n buildings.

    Attributes:
        cost: (c, n) of one household of a building at a candidate.
        weight: (n,) households.
        sites: how many; None for the fewest at which every building has cost 0 that can.
        fixed: so many of the first candidates are chosen already.
        capacity: households of one site.
        seconds: most time.
    """

    cost: Floats
    weight: Floats
    sites: int | None
    fixed: int
    capacity: float | None
    seconds: float


def fewest(question: Question) -> tuple[Ints, float]:
    """Return the fewest candidates at which every building costs nothing that can, and a bound."""
    covers = csr_matrix((question.cost <= 0).T.astype(np.float64))
    covers = covers[np.asarray(covers.sum(axis=1)).ravel() > 0]
    count = question.cost.shape[0]
    lower = np.zeros(count)
    lower[: question.fixed] = 1.0
    solved = milp(
        np.ones(count),
        constraints=LinearConstraint(covers, 1.0, np.inf),
        integrality=np.ones(count),
        bounds=Bounds(lower, 1.0),
        options={"time_limit": question.seconds},
    )
    if solved.x is None:
        chosen = _cover_greedily(covers, question.fixed)
        return chosen, float(question.fixed)
    bound = np.ceil(float(solved.mip_dual_bound) - 1e-6)
    return np.flatnonzero(solved.x > 0.5), float(bound)


def _cover_greedily(covers: csr_matrix, fixed: int) -> Ints:
    chosen = list(range(fixed))
    left = np.asarray(covers[:, chosen].sum(axis=1)).ravel() == 0
    while left.any():
        best = int(np.asarray(covers[left].sum(axis=0)).ravel().argmax())
        chosen.append(best)
        left &= np.asarray(covers[:, [best]].todense()).ravel() == 0
    return np.array(chosen, dtype=np.int64)


def most_useful(question: Question, rough: Ints) -> tuple[Ints, float] | None:
    """Return the best choice of so many sites and a bound, None when the solver had no time.

    Args:
        rough: a good choice, taken when capacities leave the solver without one in time.
    """
    cost, weight = question.cost, question.weight
    c, n = cost.shape
    place, building = (index.ravel() for index in np.indices((c, n)))
    pair = np.arange(c * n)
    served = coo_matrix((np.ones(c * n), (building, c + pair)), shape=(n, c + c * n))
    opened = coo_matrix(
        (
            np.concatenate([np.ones(c * n), -np.ones(c * n)]),
            (np.concatenate([pair, pair]), np.concatenate([c + pair, place])),
        ),
        shape=(c * n, c + c * n),
    )
    number = coo_matrix((np.ones(c), (np.zeros(c, int), np.arange(c))), shape=(1, c + c * n))
    rows = [served, opened, number]
    sites = np.array([float(question.sites or 0)])
    least = [np.ones(n), np.full(c * n, -np.inf), sites]
    most = [np.ones(n), np.zeros(c * n), sites]
    if question.capacity is not None:
        rows.append(_loads(question, place, building))
        least.append(np.full(c, -np.inf))
        most.append(np.zeros(c))
    lower = np.zeros(c + c * n)
    lower[: question.fixed] = 1.0
    solved = milp(
        np.concatenate([np.zeros(c), (cost * weight).ravel()]),
        constraints=LinearConstraint(
            vstack(rows).tocsr(), np.concatenate(least), np.concatenate(most)
        ),
        integrality=np.concatenate([np.ones(c), np.zeros(c * n)]),
        bounds=Bounds(lower, 1.0),
        options={"time_limit": question.seconds},
    )
    if solved.x is None:
        return None if question.capacity is None else (rough, 0.0)
    return np.flatnonzero(solved.x[:c] > 0.5), max(0.0, float(solved.mip_dual_bound))


def _loads(question: Question, place: Ints, building: Ints) -> coo_matrix:
    """Return rows that keep the households of each site to its capacity."""
    c, n = question.cost.shape
    capacity = float(question.capacity or 0.0)
    return coo_matrix(
        (
            np.concatenate([question.weight[building], np.full(c, -capacity)]),
            (
                np.concatenate([place, np.arange(c)]),
                np.concatenate([c + np.arange(c * n), np.arange(c)]),
            ),
        ),
        shape=(c, c + c * n),
    )


def share_out(question: Question, chosen: Ints) -> Ints:
    """Return (n,) the place of the site that serves most of each building, within capacities.

    Raises:
        TownError: ``sites.capacity_short``.
    """
    cost = question.cost[chosen]
    k, n = cost.shape
    pair = np.arange(k * n)
    place, building = (index.ravel() for index in np.indices((k, n)))
    served = coo_matrix((np.ones(k * n), (building, pair)), shape=(n, k * n)).tocsr()
    loads = coo_matrix((question.weight[building], (place, pair)), shape=(k, k * n)).tocsr()
    solved = linprog(
        (cost * question.weight).ravel(),
        A_ub=loads,
        b_ub=np.full(k, float(question.capacity or 0.0)),
        A_eq=served,
        b_eq=np.ones(n),
        bounds=(0, 1),
    )
    if solved.x is None:
        raise TownError("sites.capacity_short")
    most: Ints = solved.x.reshape(k, n).argmax(axis=0)
    return most
