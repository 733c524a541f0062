"""The demo's mail servers as one process: what is typed comes in, what goes out is shown."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from onegrid.cases.models import Case
from onegrid.exchange.actions import deliver_due
from onegrid.integrations.mail.adapter import Login, MailCarrier, MailFetcher, Server
from tests.county import COUNTY, Town
from tests.mail import PATIENCE

LOGIN = Login("county", "demo", "county@example.org")


@dataclass
class Running:
    port: int

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def server(self, scheme: str, above: int) -> Server:
        return Server.of(f"{scheme}://127.0.0.1:{self.port + above}")


def three_ports() -> int:
    """Return the first of three free ports in a row."""
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            with suppress(OSError, OverflowError):
                second.bind(("127.0.0.1", port + 1))
                third.bind(("127.0.0.1", port + 2))
                return port


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Running]:
    running = Running(three_ports())
    command = [sys.executable, "-m", "onegrid.integrations.mail.demo", "--port", str(running.port)]
    environment = {
        **os.environ, "ONEGRID_VAR": str(tmp_path), "ONEGRID_MAIL_USER": "county",
        "ONEGRID_MAIL_PASSWORD": "demo",
    }  # fmt: skip
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + PATIENCE
    listening = [running.port, running.port + 1, running.port + 2]
    try:
        for port in listening:
            while True:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                    break
                assert time.monotonic() < end and process.poll() is None
                time.sleep(0.05)
        yield running
    finally:
        process.kill()
        process.wait()


def test_s26_a_typed_mail_becomes_a_case_and_its_receipt_is_shown(
    town: Town, twin: Running
) -> None:
    typed = {"from": "lisi@example.org", "subject": "路灯坏了", "text": "东门路灯坏了"}
    foreign = httpx.post(f"{twin.page}/new", data=typed, trust_env=False)
    assert foreign.status_code == 403
    posted = httpx.post(
        f"{twin.page}/new", data=typed, headers={"Origin": twin.page}, trust_env=False
    )
    assert posted.status_code == 303
    fetcher = MailFetcher(twin.server("imap", 2), LOGIN)
    assert fetcher.fetch(tenant_id=COUNTY, now=town.now) == 1
    assert fetcher.fetch(tenant_id=COUNTY, now=town.now) == 0
    carriers = {"email": MailCarrier(twin.server("smtp", 1), LOGIN)}
    assert deliver_due(tenant_id=COUNTY, now=town.now, carriers=carriers, limit=5).sent == 1
    page = httpx.get(twin.page, trust_env=False).text
    assert Case.objects.get().number in page and "lisi@example.org" in page
