"""Sign-in of residents by a code sent to their phone (trust.md S15).

A code has six digits, lives ten minutes, opens for the browser that asked for it only, and dies
after five tries. Only a keyed hash of it is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from onegrid.accounts.actions.people import ensure_resident
from onegrid.accounts.models import LoginCode, User
from onegrid.accounts.queries import phone_number
from onegrid.common.ids import uuid7
from onegrid.common.refusals import Forbidden, Invalid, Throttled
from onegrid.common.tenancy.context import current_tenant

VALID = timedelta(minutes=10)
TRIES = 5
_DIGITS = 6
_DAY = timedelta(days=1)
#: At most so many codes to one number in so long.
PER_NUMBER = (
    (timedelta(minutes=1), 1),
    (timedelta(hours=1), 5),
    (_DAY, 10),
)
#: At most so many codes asked for from one address; a community's office shares one.
PER_ADDRESS = ((timedelta(hours=1), 30), (_DAY, 100))


@dataclass(frozen=True, slots=True)
class Issued:
    """A code to be sent; the only place where it can be read."""

    code_id: UUID
    phone: str
    code: str
    expires_at: datetime


def issue_code(
    *,
    phone: str,
    browser: str,
    address: str,
    county_day_cap: int,
    now: datetime,
    draw: Callable[[int], int] = secrets.randbelow,
) -> Issued:
    """Draw a code for a number; whether the number has an account makes no difference.

    Args:
        browser: a random value only this browser knows.
        address: network address of the visitor; only a keyed hash is kept.
        county_day_cap: most codes the county sends in 24 hours.
        draw: returns a whole number below its argument.

    Raises:
        Invalid: this is no mobile number.
        Throttled: too many codes; ``seconds`` says how long to wait.
    """
    number = phone_number(phone)
    source = _keyed("address", _network(address))
    _one_at_a_time(number)
    _check(LoginCode.objects.filter(phone=number), PER_NUMBER, now, "signin.too_many_codes")
    _check(LoginCode.objects.filter(source=source), PER_ADDRESS, now, "signin.too_many_here")
    cap = ((_DAY, county_day_cap),)
    _check(LoginCode.objects.all(), cap, now, "signin.county_cap")
    code_id = uuid7()
    code = f"{draw(10**_DIGITS):0{_DIGITS}d}"
    LoginCode.objects.create(
        id=code_id,
        phone=number,
        browser=_keyed("browser", browser),
        source=source,
        code_hash=_code_hash(code_id, code),
        sent_at=now,
        expires_at=now + VALID,
    )
    return Issued(code_id, number, code, now + VALID)


def verify_code(
    *, phone: str, browser: str, code: str, now: datetime, language: str = "zh-hans"
) -> UUID:
    """Return the account of a number whose code is right; make it at the first success.

    The caller must keep what this writes even when it refuses: each wrong try counts.

    Raises:
        Invalid: the code is wrong, too old, used, or was asked for by another browser.
        Forbidden: the account has been closed.
    """
    number = phone_number(phone)
    row = (
        LoginCode.objects.select_for_update()
        .filter(phone=number, browser=_keyed("browser", browser))
        .order_by("-sent_at", "-id")
        .first()
    )
    if row is None or row.used_at is not None or now >= row.expires_at:
        raise Invalid("signin.code_expired", field="code")
    if row.tries >= TRIES:
        raise Invalid("signin.code_spent", field="code")
    LoginCode.objects.filter(id=row.id).update(tries=F("tries") + 1)
    typed = "".join(char for char in code if char.isdecimal())
    plain = "".join(str(int(char)) for char in typed)
    if not constant_time_compare(row.code_hash, _code_hash(row.id, plain)):
        left = TRIES - row.tries - 1
        raise Invalid("signin.code_wrong" if left else "signin.code_spent", field="code", left=left)
    LoginCode.objects.filter(id=row.id).update(used_at=now)
    user_id = ensure_resident(tenant_id=current_tenant(), phone=number, now=now, language=language)
    if not User.objects.filter(id=user_id, is_active=True).exists():
        raise Forbidden("signin.account_closed")
    return user_id


def forget_codes(*, before: datetime) -> int:
    """Remove codes sent before a moment, phone numbers and all; return how many."""
    removed, _ = LoginCode.objects.filter(sent_at__lt=before).delete()
    return removed


def _check(
    rows: object, limits: tuple[tuple[timedelta, int], ...], now: datetime, refusal: str
) -> None:
    """Refuse when a window is full; say when its oldest code leaves it."""
    longest = max(window for window, _ in limits)
    most = max(count for _, count in limits)
    found = rows.filter(sent_at__gt=now - longest).order_by("-sent_at")  # type: ignore[attr-defined]
    sent = list(found.values_list("sent_at", flat=True)[:most])
    for window, count in limits:
        if len(sent) >= count and sent[count - 1] > now - window:
            wait = sent[count - 1] + window - now
            seconds = max(1, int(wait.total_seconds()) + 1)
            raise Throttled(refusal, seconds=seconds, minutes=-(-seconds // 60))


def _one_at_a_time(number: str) -> None:
    """Let two requests for one number count each other; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [number, current_tenant()]
        )


def _network(address: str) -> str:
    """Return the address, of IPv6 its /64: one household holds so many."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))


def _keyed(kind: str, value: str) -> str:
    return salted_hmac(f"onegrid.login.{kind}", value, algorithm="sha256").hexdigest()


def _code_hash(code_id: UUID, code: str) -> str:
    return _keyed("code", f"{code_id}:{code}")
