"""The arithmetic behind the reports: shares with their interval, quantiles, buckets."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, sqrt

#: 97.5 % quantile of the normal distribution: intervals of 95 %.
_Z = 1.959964
#: Groups below this many cases are not shown: a share of few says nothing, and names somebody.
LEAST = 10
_HOUR = 3600.0
_DAY = 24 * _HOUR
#: Upper bounds of the buckets in seconds; the last bucket is open.
BOUNDS = (_HOUR, _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY, 90 * _DAY)


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``n`` with the Wilson interval of 95 %, all in per cent.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927).
    """

    hits: int
    n: int

    @property
    def percent(self) -> float:
        """The share itself."""
        return 100 * self.hits / self.n

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self._end(-1)

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self._end(1)

    def _end(self, sign: int) -> float:
        share, z2 = self.hits / self.n, _Z * _Z
        middle = share + z2 / (2 * self.n)
        width = _Z * sqrt(share * (1 - share) / self.n + z2 / (4 * self.n * self.n))
        return min(100.0, max(0.0, 100 * (middle + sign * width) / (1 + z2 / self.n)))


def share(hits: int, n: int) -> Share | None:
    """Return a share, or None where ``n`` is below `LEAST`."""
    return Share(hits, n) if n >= LEAST else None


def quantile(ordered: Sequence[float], q: float) -> float | None:
    """Return a quantile of sorted values, by linear interpolation; None where there are too few."""
    if len(ordered) < LEAST:
        return None
    place = q * (len(ordered) - 1)
    lower = floor(place)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (place - lower) * (ordered[upper] - ordered[lower])


def buckets(values: Sequence[float]) -> tuple[int, ...]:
    """Count values in the buckets of `BOUNDS`; a bound belongs to the bucket it closes."""
    counts = [0] * (len(BOUNDS) + 1)
    for value in values:
        counts[bisect_left(BOUNDS, value)] += 1
    return tuple(counts)
