"""Which community lies where, how roads are called, and on which road a plot has its number."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from onegrid.demo.divisions import Division
from onegrid.demo.town.names import Names
from onegrid.demo.town.streets import Road

# Where a name suggests its place: kilometres east and north of the middle.
_WISHES = {
    "西湖社区": (-1.6, 0.3),
    "湖滨社区": (-1.2, -0.2),
    "西河社区": (-0.8, -0.9),
    "西苑社区": (-1.8, -0.4),
    "东山社区": (1.7, 0.2),
    "故城社区": (0.2, 0.1),
    "站前社区": (0.3, -1.8),
    "南苑社区": (-0.6, -1.6),
    "虹桥社区": (-0.5, 0.4),
    "学苑社区": (1.0, 1.2),
    "翰苑社区": (1.4, 0.9),
    "学府社区": (0.4, 1.7),
    "新城社区": (-0.3, 1.7),
    "宝石城社区": (-1.0, 1.4),
}


def community_names(centres: NDArray[np.float64], names: list[Division]) -> list[Division]:
    """Match communities to places (metres) by exchanging pairs until no exchange helps."""
    wishes = np.array([_WISHES.get(d.name, (np.nan, np.nan)) for d in names]) * 1_000.0
    gap = centres[:, None, :] - wishes[None, :, :]
    cost = np.nan_to_num(np.hypot(gap[..., 0], gap[..., 1]), nan=1_400.0)
    order = np.arange(len(names))
    better = True
    while better:
        better = False
        for i in range(len(order)):
            for j in range(i):
                now = cost[i, order[i]] + cost[j, order[j]]
                if cost[i, order[j]] + cost[j, order[i]] < now - 1e-6:
                    order[[i, j]] = order[[j, i]]
                    better = True
    return [names[k] for k in order]


def road_names(roads: tuple[Road, ...], names: Names) -> list[tuple[str, Road]]:
    """Name the roads; the ring and the river banks have their own names."""
    out, bank = [], iter(("丹河西路", "丹河东路"))
    for road in roads:
        if road.axis == "ring":
            out.append(("环城路", road))
        elif road.axis == "bank":
            out.append((next(bank), road))
        else:
            out.append((names.road(road.axis), road))
    return out


def addresses(plots: list[Polygon], roads: list[tuple[str, Road]]) -> list[str]:
    """Return for each plot its nearest named road and the number on it, like 永康路128号.

    Numbers count ten metres each from the road's beginning; odd ones lie on one side.
    """
    lines = np.array([road.line for _, road in roads], dtype=object)
    doors = shapely.centroid(np.array(plots, dtype=object))
    found = []
    for door in doors:
        i = int(np.argmin(shapely.distance(lines, door)))
        name, road = roads[i]
        west, south, _, _ = road.line.bounds
        along = door.x - west if road.axis == "x" else door.y - south
        side = door.y > road.line.centroid.y if road.axis == "x" else door.x > road.line.centroid.x
        number = 2 * max(1, round(along / 20.0)) + int(side)
        found.append(f"{name}{number}号")
    return found
