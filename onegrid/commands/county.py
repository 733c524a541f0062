"""``demo`` and ``serve``: from an empty folder or a stopped county to one that answers."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from onegrid.commands import demo_files, services, steps
from onegrid.commands.terminal import say, show, show_table
from onegrid.runtime import database, vendor
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.lock import Lock
from onegrid.runtime.paths import ROOT, var_folder
from onegrid.runtime.postgres import Cluster
from onegrid.runtime.service import Service
from onegrid.runtime.supervisor import Supervisor
from onegrid.runtime.words import words

_ANSWER_SECONDS = 120.0
_SERVER_ERROR = 500
#: Stamp of a demo that is the whole county.
_WHOLE = "demo-full"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked for.

    Attributes:
        full: the whole demo county instead of a part of it.
        reset: drop the demo data and start over.
    """

    host: str
    port: int
    demo: bool = False
    full: bool = False
    reset: bool = False

    @property
    def address(self) -> str:
        """Where the pages will be."""
        return f"http://{self.host}:{self.port}/"


def run(wish: Wish) -> None:
    """Start everything, tell where it is, and stay until told to stop.

    Raises:
        Refused: something is missing, busy or in the way; nothing keeps running.
    """
    began = time.monotonic()
    signal.signal(signal.SIGTERM, _interrupt)
    var = var_folder()
    with Lock(var, purpose=database.SERVE) as lock:
        services.refuse_taken_port(wish.host, wish.port)
        cluster = None if database.outside() else Cluster(var, lock=lock, say=say)
        try:
            _serve(wish, var, lock, cluster, began)
        finally:
            if cluster is not None:
                cluster.stop()


def _serve(wish: Wish, var: Path, lock: Lock, cluster: Cluster | None, began: float) -> None:
    urls = None
    if cluster is not None:
        cluster.start()
        cluster.create_roles_and_database()
        urls = database.urls(cluster)
    variables = services.environment(database.environment(var, urls))
    if wish.demo:
        variables |= services.demo_variables(wish.address, wish.port + 1)
    _prepare(wish, var, cluster, variables)
    supervisor = _supervisor(wish, var, cluster, variables)
    try:
        supervisor.start()
        _wait_for_pages(wish, var, supervisor)
        if not supervisor.stopping():
            supervisor.start_rest()
            lock.tell(address=wish.address, urls=urls)
            _announce(wish, var, began)
    except BaseException:
        supervisor.stop()
        raise
    supervisor.run()
    say(words("Stopped.", "已停止。"))


def _prepare(wish: Wish, var: Path, cluster: Cluster | None, variables: Mapping[str, str]) -> None:
    """Do what this code and database still lack."""
    if (ROOT / "node_modules").is_dir():
        vendor.copy(ROOT, vendor.TARGET)
    todo = steps.Steps(var, cluster, variables)
    if wish.reset:
        _start_over(todo, var, cluster)
    wanted = steps.ORDER if wish.demo else steps.FOR_SERVING
    missing = todo.missing(wanted)
    if wish.full and steps.DEMO not in missing:
        refuse_smaller(var)
    with ThreadPoolExecutor(1) as beside:
        compiled = beside.submit(todo.run, [step for step in missing if step == steps.PLANNER])
        todo.run([step for step in missing if step == steps.MESSAGES])
        apart = {steps.PLANNER, steps.MESSAGES, steps.DEMO}
        todo.run([step for step in missing if step not in apart])
        compiled.result()
    if steps.DEMO in missing:
        _build_demo(wish, todo, var, cluster)


def refuse_smaller(var: Path) -> None:
    """Refuse the whole county where a part of it was built: its data are kept, not mixed.

    Raises:
        Refused: the demo here was built without ``--full`` (exit code 5).
    """
    if not (var / "stamps" / _WHOLE).exists():
        raise Refused(
            words(
                "The demo here was built without --full and is kept. To drop it and build the "
                "whole county: ./run demo --full --reset",
                "此处的演示数据不是以 --full 建立的，现予保留。如需清除并建立全县演示："
                "./run demo --full --reset",
            ),
            Exit.REFUSED,
        )


def _build_demo(wish: Wish, todo: steps.Steps, var: Path, cluster: Cluster | None) -> None:
    """Build the demo county; half of one, left by an interrupted start, is dropped first."""
    todo.call("guard-demo")
    begun = var / "stamps" / "demo-begun"
    if begun.exists():
        say(words("Unfinished demo data: starting over.", "演示数据未完成，重新建立。"))
        _start_over(todo, var, cluster)
        todo.run([steps.MIGRATE])
    begun.touch()
    whole = var / "stamps" / _WHOLE
    whole.unlink(missing_ok=True)
    todo.run([steps.DEMO], full=wish.full)
    if wish.full:
        whole.touch()
    begun.unlink()


def _start_over(todo: steps.Steps, var: Path, cluster: Cluster | None) -> None:
    """Drop the database and the files, if all that is in them is a demo.

    Raises:
        Refused: there are real data, or the database is not ours to drop (exit code 5).
    """
    if cluster is None:
        raise Refused(
            words(
                "--reset drops only the built-in database; empty yours yourself.",
                "--reset 只清除内置数据库；外部数据库请自行清空。",
            ),
            Exit.REFUSED,
        )
    todo.call("guard-demo")
    cluster.drop_database()
    cluster.create_roles_and_database()
    todo.forget()
    for name in demo_files.EVERY:
        (var / name).unlink(missing_ok=True)
    shutil.rmtree(var / "files", ignore_errors=True)


def _supervisor(
    wish: Wish, var: Path, cluster: Cluster | None, variables: Mapping[str, str]
) -> Supervisor:
    wanted: list[Service] = [services.web(wish.host, wish.port), services.worker()]
    if wish.demo:
        wanted += [
            services.sms_twin(wish.port + 1, var),
            services.hotline_twin(wish.port + 2, var, host=wish.host, web_port=wish.port),
            services.mail_twin(wish.port + 3, var),
        ]
    return Supervisor(
        wanted,
        var=var,
        cluster=cluster,
        environment=variables,
        say=say,
        log_folder=var / "log" if wish.demo else None,
    )


def _announce(wish: Wish, var: Path, began: float) -> None:
    """Print the address and the ready logins."""
    if wish.demo:
        show_table(_logins(var))
        twins = f"http://127.0.0.1:{wish.port + 2}/  http://127.0.0.1:{wish.port + 3}/"
        show(words(f"Demo hotline and demo mail: {twins}", f"演示热线、演示邮箱：{twins}"))
    took = time.monotonic() - began
    show(words(f"Ready in {took:.1f} s: {wish.address}", f"{took:.1f} 秒后就绪：{wish.address}"))
    say(words("Ctrl-C stops everything; the data stay.", "按 Ctrl-C 全部停止，数据保留。"))


def _wait_for_pages(wish: Wish, var: Path, supervisor: Supervisor) -> None:
    """Wait for the first answer.

    Raises:
        Refused: the web server does not answer in time.
    """

    def go_on() -> bool:
        supervisor.watch()
        return not supervisor.stopping()

    status = services.wait_for_answer(
        wish.port, host=wish.host, seconds=_ANSWER_SECONDS, go_on=go_on
    )
    log = var / "log"
    if status is not None and status >= _SERVER_ERROR:
        say(words(f"The first page is an error; see {log}", f"首页出错，请查看 {log}"))
    if status is None and not supervisor.stopping():
        raise Refused(
            words(
                f"The pages do not answer; see {log}",
                f"页面没有响应，请查看 {log}",
            )
        )


def _logins(var: Path) -> Sequence[Mapping[str, str]]:
    path = var / demo_files.LOGINS
    found: list[dict[str, str]] = json.loads(path.read_text()) if path.exists() else []
    return found


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
