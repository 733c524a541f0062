"""The port of the exchange, filled by the hotline's HTTP interface or its demo twin."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils.dateparse import parse_datetime

from onegrid.common.refusals import Invalid
from onegrid.exchange.ports import Access, Answer, Carrier, Incoming, Outcome, Parcel
from onegrid.exchange.terms import System
from onegrid.integrations.hotline12345 import schema, signing
from onegrid.integrations.outgoing import Forbidden, NotReached, Outgoing, Reply

#: Under the address of the hotline.
PATH = "/messages"
#: Answers after which the same message may succeed.
_TRY_AGAIN = frozenset({401, 403, 404, 408, 409, 425, 429})


def _new_nonce() -> str:
    return uuid4().hex


class HotlineCarrier(Carrier):
    """Sends our messages to the hotline."""

    def __init__(
        self, outgoing: Outgoing, *, instead: str = "", nonce: Callable[[], str] = _new_nonce
    ) -> None:
        """Take what sends requests.

        Args:
            instead: address used whatever is set up; a demo's twin may have another port today.
        """
        self._outgoing = outgoing
        self._instead = instead
        self._nonce = nonce

    def carry(self, parcel: Parcel, access: Access | None, *, now: datetime) -> Answer:
        """Hand one message over; a message that breaks the schema is never sent."""
        address = self._instead or (access.url if access else "")
        if access is None or not address:
            return Answer(Outcome.LATER, error="not_set_up")
        message = envelope(parcel)
        try:
            schema.check(schema.TO_HOTLINE, message)
        except schema.DoesNotFit as error:
            return Answer(Outcome.NEVER, error=f"schema {error.where} {error.what}")
        url, body = address + PATH, schema.encode(message)
        try:
            target = self._outgoing.check(url)
            signed = signing.headers(
                key_id=access.key_id,
                secret=access.secret,
                method="POST",
                path=target.path,
                body=body,
                nonce=self._nonce(),
                now=now,
            )
            reply = self._outgoing.post(url, body, {**signed, "Content-Type": "application/json"})
        except Forbidden as error:
            return Answer(Outcome.LATER, error=f"address {error.code}")
        except NotReached as error:
            return Answer(Outcome.LATER, error=f"no answer: {error}")
        return _answer(reply)


def envelope(parcel: Parcel) -> dict[str, Any]:
    """Return a message of ours as the schema wants it."""
    return {
        "version": 1,
        "message_id": parcel.message_id,
        "order_id": parcel.external_id,
        "number": parcel.number,
        "seq": parcel.seq,
        "supersedes": parcel.supersedes,
        "sent_at": parcel.at.isoformat(),
        "kind": parcel.kind,
        "body": dict(parcel.body),
    }


def _answer(reply: Reply) -> Answer:
    if reply.status == 200:
        try:
            schema.check(schema.ANSWER, json.loads(reply.body))
        except ValueError:
            return Answer(Outcome.LATER, error="answer not understood", status=200)
        return Answer(Outcome.ACCEPTED, status=200)
    again = reply.status >= 500 or reply.status in _TRY_AGAIN
    outcome = Outcome.LATER if again else Outcome.NEVER
    return Answer(outcome, error=f"{reply.status} {_code(reply.body)}", status=reply.status)


def _code(body: bytes) -> str:
    try:
        return str(json.loads(body)["code"])[:80]
    except (ValueError, KeyError, TypeError):
        return ""


def incoming(body: bytes) -> Incoming:
    """Return a message of the hotline.

    Raises:
        Invalid: it is not JSON, or does not fit the schema; the field is named.
    """
    try:
        message = json.loads(body)
        schema.check(schema.TO_COUNTY, message)
    except schema.DoesNotFit as error:
        raise Invalid(
            "exchange.schema", field=error.where, where=error.where, what=error.message
        ) from error
    except ValueError as error:
        raise Invalid("exchange.schema", field="message", where="message", what="JSON?") from error
    at = parse_datetime(message["sent_at"])
    if at is None or at.tzinfo is None:
        raise Invalid("exchange.schema", field="sent_at", where="sent_at", what="date-time")
    return Incoming(
        system=System.HOTLINE,
        external_id=message["order_id"],
        message_id=message["message_id"],
        kind=message["kind"],
        seq=message["seq"],
        supersedes=message.get("supersedes", 0),
        at=at,
        body=message["body"],
        digest=schema.digest(message),
    )


def from_settings() -> HotlineCarrier:
    """Return the carrier that settings describe; connections are kept between calls."""
    return _carrier(tuple(settings.PRIVATE_HOSTS), settings.DEMO_HOTLINE_URL)


@lru_cache(maxsize=1)
def _carrier(private_hosts: tuple[str, ...], instead: str) -> HotlineCarrier:
    return HotlineCarrier(Outgoing(private_hosts), instead=instead)
