"""Share a number of grids out among pieces in the cheapest way, exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def share_out(options: Sequence[dict[int, float]], grids: int) -> list[int]:
    """Return a number of grids for each piece; the costs of all together are least.

    Args:
        options: what each number of grids costs a piece; at least one each, infinite ones are
            taken where nothing else is left.
        grids: at most so many together, or as few as the options allow.
    """
    fewest = [min(costs) for costs in options]
    room = max(0, grids - sum(fewest))
    least, ways = np.zeros(room + 1), []
    for costs, few in zip(options, fewest, strict=True):
        numbers = [few, *sorted(k for k in costs if few < k <= few + room)]
        table = np.full((len(numbers), room + 1), np.inf)
        for row, number in enumerate(numbers):
            table[row, number - few :] = least[: room + 1 - (number - few)] + costs[number]
        ways.append((numbers, table.argmin(axis=0)))
        least = table.min(axis=0)
    left, out = int(least.argmin()), []
    for (numbers, way), few in zip(reversed(ways), reversed(fewest), strict=True):
        number = numbers[int(way[left])]
        out.append(number)
        left -= number - few
    return out[::-1]
