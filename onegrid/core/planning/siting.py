"""Where stations and charging sheds should stand, so that people walk least.

Three questions, one routine: so many sites with the least walk of all households (p-median); so
many sites with the most households within reach (maximal coverage); the fewest sites with everybody
within reach whom any site can reach (set cover). Small towns are solved exactly by a mixed-integer
programme, larger ones by greedy choice and exchange (Teitz & Bart 1968; Whitaker 1983), and each
answer comes with a bound: the solver's own, or a Lagrangian one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.sparse.csgraph import dijkstra

from onegrid.core.planning.sites_exact import Question, fewest, most_useful, share_out
from onegrid.core.planning.town import Floats, Ints, Town, TownError
from onegrid.core.planning.walks import CROSSINGS, FARTHEST, ways_of

#: Pairs of candidate and building up to which the answer is exact.
_EXACT = 30_000
_ROUNDS = 400


@dataclass(frozen=True, eq=False)
class Sites:
    """Where the sites stand and who goes where.

    Attributes:
        rows: buildings at which a site stands, those that were there before first.
        serves: (n,) place in `rows` of the site of each building, -1 where none is in walking
            distance.
        metres: (n,) walk to it, infinite where there is none.
        households: (n,) of the town.
        cost: what was made small: household metres, households out of reach, or number of sites.
        bound: no choice has less.
    """

    rows: Ints
    serves: Ints
    metres: Floats
    households: Floats
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """Return by what share the best choice may be better; 0 when this is the best."""
        return max(0.0, 1 - self.bound / self.cost) if self.cost > 0 else 0.0

    @property
    def mean(self) -> float:
        """Return the mean walk of a household that has a site, metres."""
        near = np.isfinite(self.metres) & (self.households > 0)
        return float(np.average(self.metres[near], weights=self.households[near]))

    def percentile(self, share: float) -> float:
        """Return the walk that so many of the households do not exceed, metres."""
        order = np.argsort(self.metres, kind="stable")
        reached = np.cumsum(self.households[order])
        place = int(np.searchsorted(reached, share * reached[-1] - 1e-9))
        return float(self.metres[order[place]])

    def within(self, metres: float) -> float:
        """Return the share of households that walk no farther."""
        near = self.metres <= metres + 1e-9
        return float(self.households[near].sum() / self.households.sum())


class _Walks(NamedTuple):
    """(c, n) metres from candidates to buildings that have households, and these buildings."""

    metres: Floats
    lives: Ints


def site(
    *,
    town: Town,
    candidates: Ints,
    stations: int | None = None,
    reach_m: float | None = None,
    existing: Ints | None = None,
    capacity: float | None = None,
    farthest_m: float = FARTHEST,
    crossings: Mapping[int, float] = CROSSINGS,
    seconds: float = 20.0,
) -> Sites:
    """Choose sites among candidate buildings.

    Args:
        town: the town; people walk along its pairs of neighbours.
        candidates: rows of buildings where a site may stand.
        stations: number of sites in all, those that exist included; None for the fewest.
        reach_m: a household farther away is out of reach; needed without `stations`.
        existing: rows where a site stands already and stays.
        capacity: households that one site can serve; those of a building may be parted, the site
            of most of them is told.
        farthest_m: nobody walks farther; without a site so near, a household counts as if it did.
        crossings: metres that crossing a barrier adds; what is not named is not crossed.
        seconds: most time for the exact solver.

    Raises:
        TownError: ``sites.unasked``, ``sites.candidate_unknown``, ``sites.too_few_candidates``,
            ``sites.too_many_exist`` or ``sites.capacity_short``.
    """
    stands = np.unique(np.asarray([] if existing is None else existing, dtype=np.int64))
    others = np.setdiff1d(np.asarray(candidates, dtype=np.int64), stands)
    rows = np.concatenate([stands, others])
    if stations is None and reach_m is None:
        raise TownError("sites.unasked")
    _check(town, rows, len(stands), len(rows) if stations is None else stations, capacity)
    walks = _walks(town, rows, farthest_m, crossings)
    question = Question(
        cost=_costs(walks, reach_m, farthest_m),
        weight=town.households[walks.lives],
        sites=stations,
        fixed=len(stands),
        capacity=capacity,
        seconds=seconds,
    )
    chosen, bound = _answer(question)
    sites = _sites(town, walks, question, chosen)
    return replace(sites, rows=rows[chosen], bound=min(bound, sites.cost))


def _check(town: Town, rows: Ints, fixed: int, stations: int, capacity: float | None) -> None:
    wrong = np.flatnonzero((rows < 0) | (rows >= len(town)))
    if len(wrong):
        raise TownError("sites.candidate_unknown", row=int(rows[wrong[0]]))
    if stations > len(rows):
        raise TownError("sites.too_few_candidates")
    if stations < max(1, fixed):
        raise TownError("sites.too_many_exist")
    if capacity is not None and capacity * stations < town.households.sum() - 1e-9:
        raise TownError("sites.capacity_short")


def _walks(town: Town, rows: Ints, farthest: float, crossings: Mapping[int, float]) -> _Walks:
    lives = np.flatnonzero(town.households > 0)
    metres = dijkstra(ways_of(town, crossings), directed=False, indices=rows, limit=farthest)
    return _Walks(metres.reshape(len(rows), len(town))[:, lives], lives)


def _costs(walks: _Walks, reach_m: float | None, farthest: float) -> Floats:
    """Return (c, n) what a household of a building costs at a site."""
    if reach_m is None:
        return np.minimum(walks.metres, farthest)
    return (walks.metres > reach_m + 1e-9).astype(np.float64)


def _answer(question: Question) -> tuple[Ints, float]:
    """Return the places of the chosen rows, and the bound."""
    if question.sites is None:
        return fewest(question)
    rough = exchanged(question, greedy(question))
    if question.cost.size <= _EXACT or question.capacity is not None:
        found = most_useful(question, rough)
        if found is not None:
            return found
    return rough, lagrangian(question, rough)


def greedy(question: Question) -> Ints:
    """Return the sites that help most, one after the other."""
    cost, weight = question.cost, question.weight
    chosen = list(range(question.fixed))
    now = cost[chosen].min(axis=0) if chosen else np.full(cost.shape[1], cost.max() + 1)
    while len(chosen) < (question.sites or 0):
        saved = np.maximum(now - cost, 0.0) @ weight
        saved[chosen] = -1.0
        best = int(saved.argmax())
        chosen.append(best)
        now = np.minimum(now, cost[best])
    return np.array(chosen, dtype=np.int64)


def exchanged(question: Question, chosen: Ints) -> Ints:
    """Exchange a chosen site for another as long as that helps."""
    chosen = chosen.copy()
    free = np.arange(question.fixed, len(chosen))
    for _ in range(_ROUNDS):
        gain, out, into = _best_exchange(question, chosen, free)
        if gain <= 1e-9 * (1.0 + float(question.weight.sum())):
            break
        chosen[out] = into
    return chosen


def _best_exchange(question: Question, chosen: Ints, free: Ints) -> tuple[float, int, int]:
    """Return the gain of the best exchange, the place that leaves and the candidate that comes."""
    cost, weight = question.cost, question.weight
    own = cost[chosen]
    first = own.argmin(axis=0)
    near = own.min(axis=0)
    own[first, np.arange(own.shape[1])] = np.inf
    second = own.min(axis=0) if len(chosen) > 1 else np.full(own.shape[1], cost.max() + 1)
    best = (0.0, -1, -1)
    for candidate in np.setdiff1d(np.arange(len(cost)), chosen):
        new = cost[candidate]
        gain = float(weight @ np.maximum(near - new, 0.0))
        lost = weight * np.maximum(np.minimum(second, new) - near, 0.0)
        loss = np.bincount(first, lost, len(chosen))[free]
        if len(loss) and gain - loss.min() > best[0]:
            best = (gain - float(loss.min()), int(free[loss.argmin()]), int(candidate))
    return best


def lagrangian(question: Question, chosen: Ints) -> float:
    """Return a bound below the cost of every choice of so many sites.

    Every building pays a price to whoever serves it; a site takes the buildings that pay more than
    they cost. For any prices, all prices less what the best sites earn is a bound; the prices are
    moved along what is served too often or not at all (subgradients, step of Polyak).
    """
    cost = question.cost * question.weight
    sites, fixed = question.sites or 0, question.fixed
    ordered = np.sort(cost[chosen], axis=0)
    upper = float(ordered[0].sum())
    price = ordered[min(1, len(chosen) - 1)].copy()
    best, pace = -np.inf, 1.0
    for turn in range(_ROUNDS):
        earned = np.minimum(cost - price, 0.0).sum(axis=1)
        order = np.argsort(earned[fixed:], kind="stable")[: sites - fixed]
        open_ = np.concatenate([np.arange(fixed), fixed + order])
        value = float(price.sum() + earned[open_].sum())
        best = max(best, value)
        served = (cost[open_] < price).sum(axis=0)
        slope = 1.0 - served
        length = float((slope * slope).sum())
        if length == 0.0 or best >= upper * (1 - 1e-9):
            break
        pace = pace if turn % 20 else pace * 0.85
        price = np.maximum(price + pace * max(upper - value, 1e-6 * upper) / length * slope, 0.0)
    return max(0.0, best)


def _sites(town: Town, walks: _Walks, question: Question, chosen: Ints) -> Sites:
    """Return who goes where; the bound is that of the caller."""
    metres = walks.metres[chosen]
    place = metres.argmin(axis=0)
    if question.capacity is not None:
        place = share_out(question, chosen)
    each = np.arange(len(place))
    own = metres[place, each]
    serves = np.full(len(town), -1, dtype=np.int64)
    walk = np.full(len(town), np.inf)
    serves[walks.lives] = np.where(np.isfinite(own), place, -1)
    walk[walks.lives] = own
    spent = float(question.weight @ question.cost[chosen][place, each])
    cost = float(len(chosen)) if question.sites is None else spent
    return Sites(chosen, serves, walk, town.households, cost, cost)
