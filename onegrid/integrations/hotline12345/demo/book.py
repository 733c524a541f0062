"""The hotline's books: orders and messages of both directions in one SQLite file.

Every change is on the disk before anybody is told of it; a killed twin goes on where it was.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any
from uuid import uuid4

_TABLES = """
CREATE TABLE IF NOT EXISTS orders (
  id TEXT PRIMARY KEY, at REAL NOT NULL, title TEXT NOT NULL, number TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'sent', in_seq INTEGER NOT NULL DEFAULT 0,
  out_seq INTEGER NOT NULL DEFAULT 0, text TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS outbox (
  message_id TEXT PRIMARY KEY, order_id TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL,
  body TEXT NOT NULL, sent_at TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'pending',
  attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL, outcome TEXT NOT NULL DEFAULT '',
  UNIQUE (order_id, seq));
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS inbox (
  message_id TEXT PRIMARY KEY, order_id TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL,
  message TEXT NOT NULL, state TEXT NOT NULL, UNIQUE (order_id, seq));
"""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the hotline knows it."""

    id: str
    at: float
    title: str
    number: str
    state: str
    in_seq: int
    out_seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to the county that waits to be sent."""

    message_id: str
    order_id: str
    seq: int
    kind: str
    body: dict[str, Any]
    sent_at: str
    attempts: int


class Unknown(Exception):
    """There is no such order."""


class Clash(Exception):
    """The id or the number in the sequence belongs to another message."""


class Book:
    """The hotline's books; safe for several threads."""

    def __init__(self, path: Path) -> None:
        """Open the file, made if it is new."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def open(self, order_id: str, body: dict[str, Any], *, sent_at: str) -> None:
        """Enter a new order and its first message; a known number changes nothing."""
        with self._change() as db:
            title = str(body.get("title") or body["text"])[:40]
            made = db.execute(
                "INSERT OR IGNORE INTO orders (id, at, title) VALUES (?, ?, ?)",
                (order_id, time.time(), title),
            )
            if made.rowcount:
                self._say(db, order_id, "order", body, sent_at)

    def say(self, order_id: str, kind: str, body: dict[str, Any], *, sent_at: str) -> None:
        """Write a message about an order.

        Raises:
            Unknown: there is no such order.
        """
        with self._change() as db:
            self._say(db, order_id, kind, body, sent_at)

    def _say(
        self, db: sqlite3.Connection, order_id: str, kind: str, body: dict[str, Any], sent_at: str
    ) -> None:
        row = db.execute(
            "UPDATE orders SET out_seq = out_seq + 1 WHERE id = ? RETURNING out_seq", (order_id,)
        ).fetchone()
        if row is None:
            raise Unknown(order_id)
        db.execute(
            "INSERT INTO outbox (message_id, order_id, seq, kind, body, sent_at, due) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                uuid4().hex,
                order_id,
                row[0],
                kind,
                json.dumps(body, ensure_ascii=False),
                sent_at,
                time.time(),
            ),
        )

    def due(self, limit: int) -> list[Outgoing]:
        """Return messages that wait, the longest due first; several of one order in their order."""
        with self._lock:
            rows = self._db.execute(
                "SELECT message_id, order_id, seq, kind, body, sent_at, attempts FROM outbox "
                "WHERE state = 'pending' AND due <= ? ORDER BY due, order_id, seq LIMIT ?",
                (time.time(), limit),
            ).fetchall()
        return [
            Outgoing(name, order_id, seq, kind, json.loads(body), sent_at, attempts)
            for name, order_id, seq, kind, body, sent_at, attempts in rows
        ]

    def settle(self, message_id: str, state: str, outcome: str, pause: float = 0) -> None:
        """Write down what became of an attempt.

        Args:
            state: ``pending`` (again after ``pause`` seconds), ``sent`` or ``failed``.
        """
        with self._change() as db:
            db.execute(
                "UPDATE outbox SET state = ?, outcome = ?, attempts = attempts + 1, due = ? "
                "WHERE message_id = ? AND state = 'pending'",
                (state, outcome, time.time() + pause, message_id),
            )

    def take(self, message: dict[str, Any]) -> tuple[str, bool, list[dict[str, Any]]]:
        """Keep a message of the county; return outcome, whether it came before, what now counts.

        Raises:
            Unknown: there is no such order.
            Clash: the id or the number in the sequence belongs to another message.
        """
        with self._change() as db:
            text = json.dumps(message, ensure_ascii=False, sort_keys=True)
            row = db.execute(
                "SELECT message, state FROM inbox WHERE message_id = ?", (message["message_id"],)
            ).fetchone()
            if row is not None:
                if row[0] != text:
                    raise Clash(message["message_id"])
                return str(row[1]), True, []
            return self._keep(db, message, text)

    def _keep(
        self, db: sqlite3.Connection, message: dict[str, Any], text: str
    ) -> tuple[str, bool, list[dict[str, Any]]]:
        order_id, seq = message["order_id"], message["seq"]
        row = db.execute("SELECT in_seq FROM orders WHERE id = ?", (order_id,)).fetchone()
        if row is None:
            raise Unknown(order_id)
        upto = max(row[0], message.get("supersedes", 0))
        state = "superseded" if seq <= upto else "held"
        try:
            db.execute(
                "INSERT INTO inbox VALUES (?, ?, ?, ?, ?, ?)",
                (message["message_id"], order_id, seq, message["kind"], text, state),
            )
        except sqlite3.IntegrityError as error:
            raise Clash(f"{order_id} {seq}") from error
        counted = list(self._count(db, order_id, upto))
        done = [one["message_id"] for one in counted]
        return ("applied" if message["message_id"] in done else state), False, counted

    def _count(self, db: sqlite3.Connection, order_id: str, upto: int) -> Iterator[dict[str, Any]]:
        """Let every message count that has no gap before it any more."""
        while True:
            row = db.execute(
                "SELECT message FROM inbox WHERE order_id = ? AND seq = ?", (order_id, upto + 1)
            ).fetchone()
            if row is None:
                break
            upto += 1
            message = json.loads(row[0])
            body = message["body"]
            db.execute(
                "UPDATE orders SET state = ?, number = ?, text = ? WHERE id = ?",
                (body["state"], message["number"], body.get("text", ""), order_id),
            )
            db.execute(
                "UPDATE inbox SET state = 'applied' WHERE message_id = ?", (message["message_id"],)
            )
            yield message
        db.execute("UPDATE orders SET in_seq = ? WHERE id = ?", (upto, order_id))

    def orders(self, limit: int = -1) -> list[Order]:
        """Return the orders, the newest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT id, at, title, number, state, in_seq, out_seq, text FROM orders "
                "ORDER BY at DESC, id LIMIT ?",
                (limit,),
            ).fetchall()
        return [Order(*row) for row in rows]

    def waiting(self) -> int:
        """Return how many messages to the county wait."""
        with self._lock:
            row = self._db.execute("SELECT count(*) FROM outbox WHERE state = 'pending'").fetchone()
        return int(row[0])

    def troubles(self) -> list[tuple[str, str, str]]:
        """Return order, kind and outcome of messages that the county refused or held."""
        with self._lock:
            rows = self._db.execute(
                "SELECT order_id, kind, outcome FROM outbox WHERE state = 'failed' "
                "OR outcome LIKE 'refused%' ORDER BY sent_at DESC LIMIT 100"
            ).fetchall()
        return [(str(a), str(b), str(c)) for a, b, c in rows]
