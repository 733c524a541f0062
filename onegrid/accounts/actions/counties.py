"""Make a county: one row; everything else of it is written inside its own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from onegrid.accounts.models import County
from onegrid.common.refusals import Conflict, Invalid


def create_county(
    *, code: int, name: str, hosts: Sequence[str], now: datetime, is_demo: bool = False
) -> int:
    """Make a county that answers at some host names; return its code.

    Args:
        code: GB/T 2260 code of six digits, e.g. 370725.
        hosts: names without port, lower case; empty: the only county of an installation.

    Raises:
        Invalid: code, name or host cannot be.
        Conflict: the code or a host is taken.
    """
    if not 100_000 <= code <= 999_999:
        raise Invalid("county.code", field="county", code=code)
    if not name.strip() or len(name) > 64:
        raise Invalid("county.name", field="name")
    wanted = [host.strip().lower() for host in hosts]
    if any(not host or " " in host or "/" in host for host in wanted):
        raise Invalid("county.host", field="host")
    if County.objects.filter(code=code).exists():
        raise Conflict("county.code_taken", field="county", code=code)
    taken = County.objects.filter(hosts__overlap=wanted).values_list("name", flat=True).first()
    if wanted and taken:
        raise Conflict("county.host_taken", field="host", name=taken)
    County.objects.create(
        code=code, name=name.strip(), hosts=wanted, is_demo=is_demo, created_at=now
    )
    return code
