"""Calls web hooks: signed JSON to addresses that were looked at, never inside this network."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from functools import lru_cache

from django.conf import settings

from onegrid.common.refusals import Invalid
from onegrid.exchange.ports import Answer, Call, Caller, Outcome
from onegrid.integrations.outgoing import Forbidden, NotReached, Outgoing

EVENT, CALL_ID, TIME, SIGNATURE = (
    "X-Onegrid-Event",
    "X-Onegrid-Call",
    "X-Onegrid-Time",
    "X-Onegrid-Signature",
)


def signature(secret: str, time: str, body: bytes) -> str:
    """Return the signature of a call: HMAC-SHA256 over time, a dot and the body, hexadecimal."""
    return hmac.digest(secret.encode(), f"{time}.".encode() + body, hashlib.sha256).hex()


class HookCaller(Caller):
    """Calls web hooks over HTTPS."""

    def __init__(self, outgoing: Outgoing) -> None:
        """Take what sends requests."""
        self._outgoing = outgoing

    def check(self, url: str) -> None:
        """Refuse an address that may not be called.

        Raises:
            Invalid: not a plain HTTPS address, an unknown host, or one inside this network.
        """
        try:
            self._outgoing.check(url)
        except Forbidden as error:
            raise Invalid(f"hook.{error.code}", field="url", host=error.host) from error

    def call(self, call: Call, *, now: datetime) -> Answer:
        """Make one call; every answer but 2xx counts as a failure, a redirect too."""
        body = json.dumps(dict(call.payload), ensure_ascii=False, separators=(",", ":")).encode()
        time = str(int(now.timestamp()))
        headers = {
            EVENT: call.event,
            CALL_ID: call.call_id,
            TIME: time,
            SIGNATURE: signature(call.secret, time, body),
            "Content-Type": "application/json",
        }
        try:
            reply = self._outgoing.post(call.url, body, headers)
        except Forbidden as error:
            return Answer(Outcome.LATER, error=f"address {error.code}")
        except NotReached as error:
            return Answer(Outcome.LATER, error=f"no answer: {error}")
        if 200 <= reply.status < 300:
            return Answer(Outcome.ACCEPTED, status=reply.status)
        outcome = Outcome.NEVER if reply.status == 410 else Outcome.LATER
        return Answer(outcome, error=f"answered {reply.status}", status=reply.status)


def from_settings() -> HookCaller:
    """Return the caller that settings describe; connections are kept between calls."""
    return _caller(tuple(settings.PRIVATE_HOSTS))


@lru_cache(maxsize=1)
def _caller(private_hosts: tuple[str, ...]) -> HookCaller:
    return HookCaller(Outgoing(private_hosts))
