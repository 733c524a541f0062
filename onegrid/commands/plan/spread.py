"""Plan the parts of a town beside each other: in processes of this machine, or with Ray."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from importlib.util import find_spec
from multiprocessing.synchronize import Event

from onegrid.core.planning.apart import Done, Errand, do
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.words import words

SPREADS = ("processes", "ray")
_POLL_SECONDS = 0.2
#: in a process of the pool: set when planning shall end
_ended: list[Event] = []

#: Told how many parts are done; answers whether to go on.
Tell = Callable[[int], bool]


def check_ray() -> None:
    """Refuse to spread with Ray where it is not installed.

    Raises:
        Refused: says what to install.
    """
    if find_spec("ray") is None:
        raise Refused(
            words(
                "Ray is not installed. Run: .venv/bin/pip install 'ray>=2.9' — or leave --spread "
                "out: then processes of this machine are used.",
                "尚未安装 Ray。请运行：.venv/bin/pip install 'ray>=2.9'；或不写 --spread，"
                "改用本机多进程。",
            ),
            Exit.MISSING_PACKAGE,
        )


def spread(errands: Sequence[Errand], way: str, tell: Tell) -> list[Done]:
    """Do all errands, as many at a time as there are cores; keep their order."""
    return _by_ray(errands, tell) if way == "ray" else _by_processes(errands, tell)


def _begin(ended: Event) -> None:
    """Prepare a process: Ctrl-C is for the one that started it, which sets the event."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _ended.append(ended)


def _do(errand: Errand) -> Done:
    return do(errand, lambda _: not (_ended and _ended[0].is_set()))


def _by_processes(errands: Sequence[Errand], tell: Tell) -> list[Done]:
    context = multiprocessing.get_context("spawn")
    ended = context.Event()
    many = min(len(errands), os.cpu_count() or 1)
    with ProcessPoolExecutor(many, context, _begin, (ended,)) as pool:
        futures = [pool.submit(_do, errand) for errand in errands]
        waiting = set(futures)
        while waiting:
            waiting = wait(waiting, _POLL_SECONDS, FIRST_COMPLETED).not_done
            if not tell(len(futures) - len(waiting)):
                ended.set()
        return [future.result() for future in futures]


def _by_ray(errands: Sequence[Errand], tell: Tell) -> list[Done]:
    """Do the errands on the cluster that RAY_ADDRESS names, else on a Ray of this machine."""
    import ray

    mine = not ray.is_initialized()
    if mine:
        paths = os.pathsep.join(path for path in sys.path if path)
        ray.init(
            include_dashboard=False,
            log_to_driver=False,
            runtime_env={"env_vars": {"PYTHONPATH": paths}},
        )
    try:
        far = ray.remote(_do)
        futures = [far.remote(errand) for errand in errands]
        waiting = list(futures)
        while waiting:
            _, waiting = ray.wait(waiting, num_returns=len(waiting), timeout=_POLL_SECONDS)
            if not tell(len(futures) - len(waiting)):
                raise KeyboardInterrupt
        found: list[Done] = ray.get(futures)
        return found
    finally:
        if mine:
            ray.shutdown()
