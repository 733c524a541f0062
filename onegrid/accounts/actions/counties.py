"""Found a county: the one row that makes a tenant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from onegrid.accounts.models import County
from onegrid.common.refusals import Conflict, Invalid

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_NAME_MAX = 64


def create_county(
    *, code: int, name: str, now: datetime, hosts: Sequence[str] = (), is_demo: bool = False
) -> int:
    """Write a county; its reference lists come from `starter.build`.

    Args:
        code: GB/T 2260 code of six digits, e.g. 370725.
        hosts: names of the addresses at which exactly this county answers.

    Returns:
        The code.

    Raises:
        Invalid: code, name or a host name cannot be.
        Conflict: the county exists, or another one answers at one of the addresses.
    """
    named = " ".join(name.split())
    answering = [host.strip().lower() for host in hosts]
    if not 100000 <= code <= 999999:
        raise Invalid("county.code_form", field="code")
    if not 1 <= len(named) <= _NAME_MAX:
        raise Invalid("county.name_form", field="name", most=_NAME_MAX)
    for host in answering:
        if _HOST.fullmatch(host) is None:
            raise Invalid("county.host_form", field="hosts", host=host)
    if County.objects.filter(hosts__overlap=answering).exists():
        raise Conflict("county.host_taken", field="hosts")
    row = County(code=code, name=named, hosts=answering, is_demo=is_demo, created_at=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("county.exists", field="code", code=code) from error
    return code
