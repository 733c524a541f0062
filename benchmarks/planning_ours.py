"""Plan one instance in this process: ``python -m benchmarks.planning_ours WAY IN.npz K … OUT.npz``.

WAY is ``first`` (no improvement), ``whole`` (improve for the seconds given) or ``bound`` (half of
the seconds for the plan, then the bound and what it finds on the way). The kernels are compiled and
loaded before the clock starts. Prints figures as the peers do.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

from benchmarks.peers.__main__ import peak_mb
from onegrid.core.planning import Asked, Band, Effort, Town, make_town
from onegrid.core.planning.bounds import lower_bound
from onegrid.core.planning.solve import plan


def town_of(arrays: dict[str, np.ndarray]) -> Town:
    """Return an instance as a town."""
    return make_town(
        xy=arrays["xy"],
        households=arrays["w"],
        edges=arrays["edges"],
        shared=arrays["elen"],
        barrier=arrays["ecls"],
        compound=arrays["comp"],
        area=arrays["area"],
        outer=arrays["perim_out"],
        today=arrays.get("old"),
    )


def warm() -> None:
    """Load the compiled kernels."""
    town = make_town(
        xy=np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), axis=-1).reshape(-1, 2),
        households=np.ones(36),
        edges=np.array(
            [(i, i + 1) for i in range(36) if i % 6 < 5] + [(i, i + 6) for i in range(30)]
        ),
    )
    wanted = Asked(Band(6, 12), 4)
    lower_bound(town=town, asked=wanted, plan=plan(town=town, asked=wanted), seconds=5)


def run(way: str, town: Town, wanted: Asked, seconds: float) -> tuple[np.ndarray, dict[str, float]]:
    """Return labels, and the bound as rms and gap where there is one."""
    if way != "bound":
        effort = Effort(None, 0) if way == "first" else Effort(seconds=seconds)
        return plan(town=town, asked=wanted, effort=effort).labels, {}
    found = plan(town=town, asked=wanted, effort=Effort(seconds=seconds / 2))
    bound = lower_bound(town=town, asked=wanted, plan=found, seconds=seconds / 2)
    rms = float(np.sqrt(bound.value / town.households.sum()))
    labels = found.labels if bound.labels is None else bound.labels
    return labels, {"bound": rms, "gap": bound.gap}


def main(arguments: list[str]) -> int:
    """Plan, write the labels and print the figures."""
    way, instance, grids, least, most, seconds, out = arguments
    with np.load(instance) as file:
        town = town_of(dict(file.items()))
    wanted = Asked(Band(float(least), float(most)), int(grids))
    warm()
    started, spent = time.perf_counter(), time.process_time()
    labels, more = run(way, town, wanted, float(seconds))
    figures = {
        "wall": time.perf_counter() - started,
        "cpu": time.process_time() - spent,
        "memory": peak_mb(),
        **more,
    }
    np.savez_compressed(out, labels=labels)
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
