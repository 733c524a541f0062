"""The short code that is read at the site: it changes every minute and says nothing about where.

Whoever enters it has just heard or seen it from the caller. The code before still counts, so that
two minutes are the most it is good for. It is made from the signing key and kept nowhere.
"""

from __future__ import annotations

import hmac
import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.crypto import salted_hmac

PERIOD = timedelta(seconds=60)
_SALT = "onegrid.calls.code"


def _step(at: datetime) -> int:
    return int(at.timestamp() // PERIOD.total_seconds())


def _code(call_id: UUID, step: int) -> str:
    digest = salted_hmac(_SALT, f"{call_id}:{step}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def current(call_id: UUID, *, now: datetime) -> str:
    """Return the six digits of this minute."""
    return _code(call_id, _step(now))


def changes_at(*, now: datetime) -> datetime:
    """Return when the next code comes."""
    left = PERIOD.total_seconds() - now.timestamp() % PERIOD.total_seconds()
    return now + timedelta(seconds=left)


def matches(call_id: UUID, typed: str, *, now: datetime) -> bool:
    """Tell whether somebody typed the code of this minute or of the one before."""
    plain = "".join(unicodedata.normalize("NFKC", typed).split())
    if not (plain.isascii() and plain.isdigit()):
        return False
    step = _step(now)
    return any(hmac.compare_digest(plain, _code(call_id, each)) for each in (step, step - 1))
