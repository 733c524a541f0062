"""The demo twin of the SMS provider on a free port, and clients that end with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Thread

from onegrid.integrations.sms.adapter import AliyunGateway
from onegrid.integrations.sms.catalogue import codes, filed_texts
from onegrid.integrations.sms.client import Endpoint, SmsClient
from onegrid.integrations.sms.demo.gate import Gate
from onegrid.integrations.sms.demo.provider import Provider
from onegrid.integrations.sms.demo.server import Server, Twin
from onegrid.integrations.sms.demo.store import Store
from onegrid.integrations.sms.signing import Credentials

LOOPBACK = ["127.0.0.1"]
KEY = Credentials("demo-key", "demo-secret")


@dataclass
class RunningTwin:
    """A twin that serves, with what tests want of it."""

    server: Server
    clients: list[SmsClient] = field(default_factory=list)

    @property
    def twin(self) -> Twin:
        return self.server.twin

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def client(self, **other: object) -> SmsClient:
        given = {"endpoint": Endpoint.checked(self.address, LOOPBACK), "credentials": KEY, **other}
        self.clients.append(SmsClient(sign_name="昌乐网格", **given))  # type: ignore[arg-type]
        return self.clients[-1]

    def gateway(self, **other: object) -> AliyunGateway:
        return AliyunGateway(self.client(**other), codes([]))

    def shown(self) -> list[str]:
        return [sms.text for sms in self.twin.provider.store.newest(100)]

    def at(self, now: datetime) -> None:
        self.twin.clock = now.timestamp


@contextmanager
def running_twin(store: Path, now: datetime) -> Iterator[RunningTwin]:
    provider = Provider(Store(store), filed_texts())
    server = Server(Twin(Gate(KEY.key_id, KEY.secret), provider, clock=now.timestamp), port=0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    running = RunningTwin(server)
    try:
        yield running
    finally:
        for client in running.clients:
            client.close()
        server.shutdown()
        thread.join()
        server.server_close()
