"""A storm of work orders between a county and the hotline's twin: faults, and kills on both sides.

Web server, worker and twin are processes of their own and are killed by SIGKILL, by their ids. At
the end the books of both sides are laid side by side.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

COUNTY = 370725
KEY, SECRET = "storm", "storm-secret-of-both-sides-1"
CONTROL = {"X-Demo-Control": "1"}
MOST_RESTARTS = 3


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_county(now: datetime, hotline: str) -> None:
    """Make the county that takes the storm (runs inside Django)."""
    from onegrid.accounts.actions import create_county
    from onegrid.accounts.viewer import Viewer
    from onegrid.common.tenancy.context import tenant_tx
    from onegrid.exchange.actions import set_partner
    from onegrid.starter.build import build

    create_county(code=COUNTY, name="风暴县", hosts=[], is_demo=True, now=now)
    with tenant_tx(COUNTY):
        build(now=now)
        set_partner(
            viewer=Viewer.system(COUNTY), system="hotline12345", url=hotline, key_id=KEY,
            secret=SECRET, is_active=True, caller=None, now=now,
        )  # fmt: skip


def county_book() -> dict[str, Any]:
    """Return the county's side of the books (runs inside Django)."""
    from django.db.models import Max

    from onegrid.cases.models import Case
    from onegrid.common.tenancy.context import tenant_tx
    from onegrid.core.flow import FINAL
    from onegrid.exchange.models import ExternalOrder, Message
    from onegrid.exchange.queries import book

    with tenant_tx(COUNTY):
        out = Message.objects.filter(direction="out").values_list("order__external_id")
        return {
            "orders": book(system="hotline12345"),
            "cases": Counter(Case.objects.values_list("external_id", flat=True)),
            "pending": Message.objects.filter(state="pending").count(),
            "unsettled": Message.objects.filter(state__in=["held", "failed"]).count(),
            "open": Case.objects.exclude(state__in=list(FINAL)).count(),
            "in_seq": dict(ExternalOrder.objects.values_list("external_id", "in_seq")),
            "out_seq": dict(out.annotate(most=Max("seq"))),
            "messages": Message.objects.count(),
        }


@dataclass
class Storm:
    """Both sides and what happens to them.

    Attributes:
        environment: variables of the county's processes, the database among them.
        patience: seconds after which a hang is told; nothing is measured by it.
    """

    folder: Path
    environment: Mapping[str, str]
    orders: int
    rate: float = 0.2
    patience: float = 300.0
    web_port: int = field(default_factory=free_port)
    twin_port: int = field(default_factory=free_port)
    #: how often a process ended that nobody had killed
    restarts: Counter[str] = field(default_factory=Counter)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def hotline(self) -> str:
        """Return the address that the county sends to."""
        return f"http://127.0.0.1:{self.twin_port}/v1"

    @property
    def _twin(self) -> str:
        return f"http://127.0.0.1:{self.twin_port}"

    def start(self, *names: str) -> None:
        """Start processes: ``web``, ``staff``, ``twin``."""
        from onegrid.commands.services import web

        commands: dict[str, tuple[str, ...]] = {
            "web": _one_worker(web("127.0.0.1", self.web_port).command),
            "staff": (sys.executable, "-m", "benchmarks.storm_staff"),
            "twin": (
                *(sys.executable, "-m", "onegrid.integrations.hotline12345.demo"),
                *("--port", str(self.twin_port), "--store", str(self.folder / "hotline.sqlite3")),
                *("--county", f"http://127.0.0.1:{self.web_port}/exchange/hotline/v1/messages"),
                *("--first-pause", "0.2", "--longest-pause", "1"),
            ),
        }
        variables = {
            **os.environ, **self.environment, "ONEGRID_PRIVATE_HOSTS": "127.0.0.1",
            "ONEGRID_EXCHANGE_PER_MINUTE": "0", "ONEGRID_HOTLINE_KEY": KEY,
            "ONEGRID_HOTLINE_SECRET": SECRET, "DJANGO_SETTINGS_MODULE": "onegrid.conf.settings",
        }  # fmt: skip
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self._running[name] = subprocess.Popen(
                    commands[name], env=variables, stdout=log, stderr=log, start_new_session=True
                )
        if "twin" in names:
            self.control("/control", {"rate": self.rate, "seed": 1})

    def kill(self, *names: str) -> None:
        """Kill processes and what they started, by their ids."""
        for name in names:
            process = self._running.pop(name, None)
            if process is not None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def stop(self) -> None:
        """Kill everything."""
        self.kill(*list(self._running))

    def control(self, path: str, order: Mapping[str, Any]) -> None:
        """Give the twin an order, as soon as it listens."""
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            with suppress(httpx.TransportError):
                answer = httpx.post(
                    self._twin + path, json=order, headers=CONTROL, timeout=10, trust_env=False
                )
                if answer.status_code != 204:
                    raise RuntimeError(answer.text)
                return
            time.sleep(0.05)
        raise TimeoutError(f"the twin does not answer; see {self.folder}")

    def books(self) -> dict[str, Any]:
        """Return the hotline's side of the books; empty while it is down."""
        with suppress(httpx.TransportError):
            found: dict[str, Any] = httpx.get(
                f"{self._twin}/books", timeout=10, trust_env=False
            ).json()
            return found
        return {}

    def run(self, county: Callable[[], dict[str, Any]], kills: int = 3) -> dict[str, Any]:
        """Let the storm pass; return what the books say, how many faults and kills there were.

        Raises:
            TimeoutError: the books do not come to rest.
        """
        began = time.monotonic()
        self.start("web", "staff", "twin")
        entered = faults = 0
        for turn in range(kills + 1):
            upto = self.orders * (turn + 1) // (kills + 1)
            self._enter(entered, upto)
            entered = upto
            if turn < kills:
                self._wait(lambda upto=upto: self._taken(county) >= upto * 3 // 4)  # type: ignore[misc]
                faults += self.books().get("faults", 0)
                self.kill("web", "staff", "twin")
                self.start("web", "staff", "twin")
        self._wait(lambda: self._at_rest(county))
        return {
            "county": county(),
            "hotline": self.books(),
            "faults": faults + self.books().get("faults", 0),
            "restarts": dict(self.restarts),
            "seconds": time.monotonic() - began,
        }

    def _enter(self, first: int, last: int) -> None:
        """Enter orders; one in eight is recalled at once, one in eight reminded of."""
        numbers = range(first, last)
        self.control(
            "/control/orders",
            {"orders": [{"id": f"WF{n:06d}", "body": _body(n)} for n in numbers]},
        )
        for n in numbers:
            if n % 8 == 5:
                said = {"id": f"WF{n:06d}", "kind": "recall", "body": {"text": "来电人撤回"}}
                self.control("/control/say", said)
            elif n % 8 == 1:
                said = {"id": f"WF{n:06d}", "kind": "remind", "body": {"text": "再催一次"}}
                self.control("/control/say", said)

    @staticmethod
    def _taken(county: Callable[[], dict[str, Any]]) -> int:
        return len(county()["orders"])

    def _at_rest(self, county: Callable[[], dict[str, Any]]) -> bool:
        if self.books().get("waiting") != 0:
            return False
        ours = county()
        return not (ours["pending"] or ours["open"]) and len(ours["orders"]) == self.orders

    def _wait(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + self.patience
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(f"the books do not come to rest; see {self.folder}")
            self._revive()
            time.sleep(0.25)

    def _revive(self) -> None:
        """Start again what has ended by itself, as a supervisor would.

        Raises:
            RuntimeError: it ended too often.
        """
        for name, process in list(self._running.items()):
            if process.poll() is None:
                continue
            self.restarts[name] += 1
            if self.restarts[name] > MOST_RESTARTS:
                raise RuntimeError(f"{name} ends again and again; see {self.folder / name}.log")
            self.kill(name)
            self.start(name)


def _one_worker(command: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command of the web server with one worker: four starts cost less."""
    at = command.index("--workers") + 1
    return (*command[:at], "1", *command[at + 1 :])


def _body(n: int) -> dict[str, Any]:
    return {
        "title": f"第{n}件",
        "text": f"来电人反映第{n}号路口路灯不亮。",
        "place": {"address": f"第{n}号路口"},
        "reporter": {"name": f"来电人{n}", "phone": f"138{n:08d}"},
    }


def differences(found: Mapping[str, Any], orders: int) -> list[str]:
    """Return what the books do not agree on; nothing when all is well."""
    ours, theirs = found["county"], {row["id"]: row for row in found["hotline"]["orders"]}
    wrong = [f"{len(theirs)} orders there"] if len(theirs) != orders else []
    wrong += [f"{name}: {count} cases" for name, count in ours["cases"].items() if count != 1]
    wrong += ["messages left over"] if ours["unsettled"] else []
    for name, row in theirs.items():
        book = (row["number"], row["state"], row["in_seq"], row["out_seq"])
        number, state = ours["orders"].get(name, ("", ""))
        mine = (number, str(state), ours["out_seq"].get(name, 0), ours["in_seq"].get(name, 0))
        if book != mine:
            wrong.append(f"{name}: {mine} here, {book} there")
    return wrong
