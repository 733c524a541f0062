"""Messages of the hotline for tests, and its twin on a free port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

from onegrid.accounts.viewer import Viewer
from onegrid.exchange.actions import set_partner
from onegrid.exchange.ports import Access, Incoming
from onegrid.integrations.hotline12345 import adapter
from onegrid.integrations.hotline12345.demo.book import Book
from onegrid.integrations.hotline12345.demo.gate import Gate
from onegrid.integrations.hotline12345.demo.hotline import Hotline
from onegrid.integrations.hotline12345.demo.server import Server
from onegrid.integrations.outgoing import Outgoing

COUNTY = 370725
KEY, SECRET = "demo", "demo-hotline-12345-secret"
ORDER = {
    "text": "来电人反映小区东门路灯不亮已一周。",
    "title": "路灯不亮",
    "place": {"address": "小区东门外"},
    "reporter": {"name": "王女士", "phone": "13800000009"},
}


def message(
    order_id: str, seq: int, kind: str, body: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """Return a message of the hotline."""
    return {
        "version": 1,
        "message_id": more.pop("message_id", uuid4().hex),
        "order_id": order_id,
        "seq": seq,
        "sent_at": "2026-03-02T09:00:00+08:00",
        "kind": kind,
        "body": ORDER if body is None else body,
        **more,
    }


def incoming(*args: Any, **more: Any) -> Incoming:
    """Return a message of the hotline as the port hands it over."""
    return adapter.incoming(json.dumps(message(*args, **more)).encode())


def set_up(now: datetime, url: str = "http://127.0.0.1:9/v1") -> None:
    """Tell the county where its hotline is."""
    set_partner(
        viewer=Viewer.system(COUNTY),
        system="hotline12345",
        url=url,
        key_id=KEY,
        secret=SECRET,
        is_active=True,
        caller=None,
        now=now,
    )


@dataclass
class RunningHotline:
    """A twin that serves, with what tests want of it; it sends nothing by itself."""

    server: Server
    carrier: adapter.HotlineCarrier

    @property
    def hotline(self) -> Hotline:
        return self.server.hotline

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    @property
    def access(self) -> Access:
        return Access(self.url, KEY, SECRET)

    def states(self) -> dict[str, str]:
        return {order.id: order.state for order in self.hotline.book.orders()}


@contextmanager
def running_hotline(store: Path, *, staffed: bool = True) -> Iterator[RunningHotline]:
    """Serve a twin on a free port."""
    book = Book(store)
    server = Server(
        Hotline(book, Gate(KEY, SECRET), county="http://127.0.0.1:9/", staffed=staffed), 0
    )
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    outgoing = Outgoing(("127.0.0.1",))
    try:
        yield RunningHotline(server, adapter.HotlineCarrier(outgoing))
    finally:
        outgoing.close()
        server.shutdown()
        thread.join()
        server.server_close()
        book.close()
