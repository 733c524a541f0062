"""Exchange with a city once, look whether it answers, and keep how that went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onegrid.common.sealed import SealBroken
from onegrid.common.tenancy.context import tenant_tx
from onegrid.integrations.open311.client import Forbidden, Refused, Unsure
from onegrid.integrations.open311.models import Neighbour
from onegrid.integrations.open311.pull import pull
from onegrid.integrations.open311.push import push
from onegrid.integrations.open311.setup import any_neighbour, client_of
from onegrid.integrations.outgoing import Outgoing

#: Words for what went wrong where they gave none of their own.
SEAL, LATER = "seal", "later"
_SERVICES_MAX = 300


@dataclass(frozen=True, slots=True)
class Exchange:
    """What became of both directions; ``error`` says why it ended early."""

    counts: Counter[str]
    error: str


def exchanged(*, tenant_id: int, code: str, outgoing: Outgoing, now: datetime) -> Exchange:
    """Hand over what waits for a city, take in what is new there, and keep how it went.

    Raises:
        NotFound: no such city.
        SealBroken: its key must be entered again.
    """
    try:
        sent = push(tenant_id=tenant_id, code=code, outgoing=outgoing, now=now)
        done = pull(tenant_id=tenant_id, code=code, outgoing=outgoing, now=now)
    except SealBroken:
        _keep(tenant_id, code, error=SEAL, failed_at=now)
        raise
    error = done.error or (LATER if sent[LATER] else "")
    went = {} if sent[LATER] else {"pushed_at": now}
    _keep(tenant_id, code, error=error[:80], **went, **({"failed_at": now} if error else {}))
    return Exchange(sent + done.counts, error)


def wanted_checks() -> tuple[str, ...]:
    """Return the codes of the cities that somebody wants to know about."""
    rows = Neighbour.objects.filter(check_wanted=True).order_by("code")
    return tuple(rows.values_list("code", flat=True))


def check(*, tenant_id: int, code: str, outgoing: Outgoing, now: datetime) -> None:
    """Ask a city for its services and keep what it says; no transaction is open meanwhile.

    Raises:
        NotFound: no such city.
    """
    with tenant_tx(tenant_id):
        neighbour = any_neighbour(code)
    found: dict[str, Any] = {"check_error": ""}
    try:
        services = client_of(neighbour, outgoing).services()
        found["their_services"] = [list(pair) for pair in services[:_SERVICES_MAX]]
    except SealBroken:
        found["check_error"] = SEAL
    except (Unsure, Refused, Forbidden) as error:
        found["check_error"] = str(error)[:80] or LATER
    _keep(tenant_id, code, check_wanted=False, checked_at=now, **found)


def _keep(tenant_id: int, code: str, **values: Any) -> None:
    with tenant_tx(tenant_id):
        Neighbour.objects.filter(code=code).update(**values)
