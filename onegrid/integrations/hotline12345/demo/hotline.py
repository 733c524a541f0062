"""What the hotline does: takes messages, sends its own, and answers by itself like its staff."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from onegrid.integrations.hotline12345 import schema
from onegrid.integrations.hotline12345.demo.book import Book, Outgoing
from onegrid.integrations.hotline12345.demo.faults import SENDING, Faults
from onegrid.integrations.hotline12345.demo.gate import Gate

_log = logging.getLogger(__name__)
_AT_ONCE = 20


def moment() -> str:
    """Return this moment with its offset."""
    return datetime.now(UTC).isoformat()


@dataclass(slots=True)
class Hotline:
    """The hotline's staff and machinery.

    Attributes:
        county: address that messages go to.
        staffed: answers of the county are followed up: call-backs, rulings, answers.
        first_pause, longest_pause: seconds until another attempt; they double.
    """

    book: Book
    gate: Gate
    county: str
    faults: Faults = field(default_factory=Faults)
    staffed: bool = True
    first_pause: float = 1.0
    longest_pause: float = 20.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def take(self, message: dict[str, Any]) -> dict[str, Any]:
        """Take a message of the county in, and do what the hotline's staff would do.

        Raises:
            DoesNotFit, Unknown, Clash: see there.
        """
        schema.check(schema.TO_HOTLINE, message)
        outcome, again, counted = self.book.take(message)
        if self.staffed:
            self._follow_up(counted)
        return {"outcome": outcome, "again": again}

    def _follow_up(self, counted: Iterable[dict[str, Any]]) -> None:
        for message in counted:
            said = _reaction(message)
            if said is not None:
                kind, body = said
                self.book.say(message["order_id"], kind, body, sent_at=moment())

    def new_order(self, order_id: str, body: dict[str, Any]) -> None:
        """Enter a new order.

        Raises:
            DoesNotFit: the schema does not allow it.
        """
        schema.check("body-order", body)
        self.book.open(order_id, body, sent_at=moment())

    def run(self) -> None:
        """Send what waits until told to stop."""
        with httpx.Client(timeout=httpx.Timeout(10.0, connect=2.0), trust_env=False) as http:
            while not self._stop.wait(0.05):
                for row in self.book.due(_AT_ONCE):
                    if self._stop.is_set():
                        return
                    self._send(http, row)

    def stop(self) -> None:
        """Stop sending."""
        self._stop.set()

    def _send(self, http: httpx.Client, row: Outgoing) -> None:
        fault = self.faults.draw(SENDING)
        if fault == "out_of_order":
            self.book.settle(row.message_id, "pending", "held back", self.first_pause)
            return
        if fault == "late":
            time.sleep(self.faults.seconds)
        status, answer = self._post(http, row)
        if fault == "duplicate":
            status, answer = self._post(http, row)
        if fault == "lost" or status in {0, 401, 408, 409, 429} or status >= 500:
            pause = min(self.first_pause * 2 ** min(row.attempts, 8), self.longest_pause)
            self.book.settle(row.message_id, "pending", f"again ({status})", pause)
        elif status == 200:
            outcome = f"{answer.get('outcome')} {answer.get('code', '')}".strip()
            self.book.settle(row.message_id, "sent", outcome)
        else:
            self.book.settle(row.message_id, "failed", f"{status} {answer.get('code', '')}")

    def _post(self, http: httpx.Client, row: Outgoing) -> tuple[int, dict[str, Any]]:
        """Return status and answer; status 0 without one."""
        message = {
            "version": 1,
            "message_id": row.message_id,
            "order_id": row.order_id,
            "seq": row.seq,
            "sent_at": row.sent_at,
            "kind": row.kind,
            "body": row.body,
        }
        body = json.dumps(message, ensure_ascii=False).encode()
        path = urlsplit(self.county).path
        try:
            answer = http.post(self.county, content=body, headers=self.gate.headers(path, body))
            return answer.status_code, answer.json()
        except (httpx.HTTPError, ValueError) as error:
            _log.info("county: %s", type(error).__name__)
            return 0, {}


def _reaction(message: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Return what the hotline's staff says to a message; nothing to most of them.

    Call-backs find one caller in ten dissatisfied, once: an order that was reopened is good then.
    """
    kind, order_id = message["kind"], message["order_id"]
    if kind == "consult":
        return "consult", {"text": "已致电来电人：地点在东门旁边，情况没有变化。"}
    if kind == "return":
        return "ruling", {"upheld": True, "text": "同意退回，转市直部门办理。"}
    if kind != "finish":
        return None
    bad = sum(order_id.encode()) % 10 == 0 and message["seq"] < 8
    if bad:
        verdict = {"answered": True, "solved": "no", "satisfied": "no"}
        return "callback", {**verdict, "text": "来电人反映问题仍未解决。"}
    return "callback", {"answered": True, "solved": "yes", "satisfied": "yes", "text": ""}


def due_in(hours: float) -> str:
    """Return the moment so many hours from now, as the schema wants it."""
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
