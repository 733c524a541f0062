"""Count failed tries per network address in the cache; only a keyed hash of it is kept."""

from __future__ import annotations

import hmac

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register
from onegrid.common.refusals import Throttled

register(
    {
        "lookup.too_many": _(
            "Too many wrong tries. Wait %(minutes)s minutes, or call 12345 with your number."
        ),
    }
)


def _slot(request: HttpRequest, name: str) -> str:
    address = str(get_adapter().get_client_ip(request))
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"{name}:{address}".encode(), "sha256")
    return f"tries:{name}:{digest.hex()[:32]}"


def check(request: HttpRequest, name: str, *, most: int, seconds: int) -> None:
    """Refuse when an address has failed ``most`` times within ``seconds``.

    Raises:
        Throttled: too many tries.
    """
    if int(cache.get(_slot(request, name), 0)) >= most:
        raise Throttled(f"{name}.too_many", minutes=-(-seconds // 60), seconds=seconds)


def failed(request: HttpRequest, name: str, *, seconds: int) -> None:
    """Count one failed try; the time runs from the first one."""
    slot = _slot(request, name)
    if not cache.add(slot, 1, timeout=seconds):
        cache.incr(slot)
