"""Enter other cities, and make what talks to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from onegrid.cases.reference import category_by_code
from onegrid.common.refusals import Invalid, NotFound
from onegrid.common.sealed import seal, unseal
from onegrid.common.tenancy.context import tenant_tx
from onegrid.integrations.open311.client import Client
from onegrid.integrations.open311.models import Neighbour
from onegrid.integrations.open311.terms import Form
from onegrid.integrations.outgoing import Forbidden, Outgoing

_CODE_MAX, _NAME_MAX, _URL_MAX, _JURISDICTION_MAX = 24, 60, 150, 64


def define_neighbour(
    *,
    code: str,
    name: str,
    url: str,
    form: str = Form.JSON,
    jurisdiction_id: str = "",
    api_key: str = "",
    services: Mapping[str, str] | None = None,
    pulls: bool = True,
    tells_updates: bool = False,
) -> Neighbour:
    """Add or change a city; the code is its identity.

    Args:
        url: the endpoint of its discovery document, e.g. ``https://311.example.org/open311/v2``.
        api_key: empty: the one that is there stays.
        services: codes of our categories by its service codes; the same codes need not be named.

    Raises:
        Invalid: a word cannot be used, or the address may not be called.
    """
    plain = code.replace("-", "")
    if not (plain.isascii() and plain.isalnum() and code.islower() and len(code) <= _CODE_MAX):
        raise Invalid("neighbour.code", field="code", most=_CODE_MAX)
    if not 1 <= len(name.strip()) <= _NAME_MAX:
        raise Invalid("neighbour.name", field="name", most=_NAME_MAX)
    if Neighbour.objects.filter(name=name.strip()).exclude(code=code).exists():
        raise Invalid("neighbour.name_taken", field="name", name=name.strip())
    if len(jurisdiction_id) > _JURISDICTION_MAX:
        raise Invalid("neighbour.jurisdiction", field="jurisdiction_id", most=_JURISDICTION_MAX)
    if form not in Form.values:
        raise Invalid("neighbour.form", field="form")
    _check_url(url)
    for theirs, ours in (services or {}).items():
        if category_by_code(ours) is None:
            raise Invalid("neighbour.service", field="services", code=ours, theirs=theirs)
    words = {
        "name": name.strip(),
        "url": url,
        "form": form,
        "jurisdiction_id": jurisdiction_id,
        "services": dict(services or {}),
        "pulls": pulls,
        "tells_updates": tells_updates,
        **({"api_key": seal(api_key)} if api_key else {}),
    }
    row, _ = Neighbour.objects.update_or_create(code=code, defaults=words)
    return row


def _check_url(url: str) -> None:
    outgoing = Outgoing(private_hosts=settings.PRIVATE_HOSTS)
    try:
        if len(url) > _URL_MAX or "?" in url:
            raise Forbidden("url")
        outgoing.check(url)
    except Forbidden as error:
        raise Invalid("neighbour.url", field="url") from error
    finally:
        outgoing.close()


def switch(*, code: str, on: bool) -> None:
    """Exchange with a city from now on, or no more; what both have stays.

    Raises:
        NotFound: there is no such city.
    """
    if not Neighbour.objects.filter(code=code).update(is_active=on):
        raise NotFound("neighbour.unknown", code=code[:40])


def neighbour_by_code(code: str) -> Neighbour:
    """Return a city.

    Raises:
        NotFound: there is none.
    """
    for row in Neighbour.objects.filter(code=code, is_active=True):
        return row
    raise NotFound("neighbour.unknown", code=code[:40])


def any_neighbour(code: str) -> Neighbour:
    """Return a city, one that is switched off as well.

    Raises:
        NotFound: there is none.
    """
    for row in Neighbour.objects.filter(code=code):
        return row
    raise NotFound("neighbour.unknown", code=code[:40])


def active_codes() -> tuple[str, ...]:
    """Return the codes of the cities that are exchanged with."""
    rows = Neighbour.objects.filter(is_active=True).order_by("code")
    return tuple(rows.values_list("code", flat=True))


@dataclass(frozen=True, slots=True)
class Talk:
    """A city, what talks to it, and when; no transaction is open while it does."""

    tenant_id: int
    neighbour: Neighbour
    client: Client
    now: datetime


def talk_to(code: str, outgoing: Outgoing, *, tenant_id: int, now: datetime) -> Talk:
    """Return a talk with a city.

    Raises:
        NotFound: no such city.
        SealBroken: its key must be entered again.
    """
    with tenant_tx(tenant_id):
        neighbour = neighbour_by_code(code)
        return Talk(tenant_id, neighbour, client_of(neighbour, outgoing), now)


def client_of(neighbour: Neighbour, outgoing: Outgoing) -> Client:
    """Return what talks to a city.

    Raises:
        SealBroken: its key must be entered again.
    """
    return Client(
        outgoing=outgoing,
        url=neighbour.url,
        form=neighbour.form,
        jurisdiction_id=neighbour.jurisdiction_id,
        api_key=unseal(neighbour.api_key) if neighbour.api_key else "",
    )
