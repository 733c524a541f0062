"""Take requests of another city in: each once, and what became of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.reference import category_by_code
from onegrid.cases.request import EXCHANGED
from onegrid.cases.terms import Channel
from onegrid.common.refusals import Refusal
from onegrid.common.tenancy.context import tenant_tx
from onegrid.integrations.open311.client import Forbidden, Refused, Unsure, w3c
from onegrid.integrations.open311.models import Exchanged, Neighbour
from onegrid.integrations.open311.news import hear
from onegrid.integrations.open311.reading import Theirs
from onegrid.integrations.open311.setup import Talk, talk_to
from onegrid.integrations.open311.terms import Direction, Standing
from onegrid.integrations.outgoing import Outgoing

#: The standard: a query spans at most 90 days.
_MOST = timedelta(days=90)
#: Their clocks and ours differ; what comes twice is known again.
_OVERLAP = timedelta(hours=1)
_TEXT_MAX = 9_000


@dataclass(slots=True)
class Pulled:
    """What became of what they showed: ``opened``, ``heard``, ``same``, ``closed``, and refusals.

    Attributes:
        error: why it ended early; the next run begins where this one began.
    """

    counts: Counter[str] = field(default_factory=Counter)
    error: str = ""


def pull(*, tenant_id: int, code: str, outgoing: Outgoing, now: datetime) -> Pulled:
    """Read what is new at a city since the last time; every request is a transaction of its own.

    Raises:
        NotFound: no such city.
    """
    talk = talk_to(code, outgoing, tenant_id=tenant_id, now=now)
    neighbour, done = talk.neighbour, Pulled()
    if not neighbour.pulls:
        return done
    with tenant_tx(tenant_id):
        known = _open_ids(neighbour)
    try:
        for theirs in talk.client.listed(**_window(neighbour, now)):
            known.discard(theirs.id)
            _count(talk, theirs, done)
        if not neighbour.tells_updates:
            _ask_again(talk, known, done)
    except (Unsure, Refused, Forbidden) as error:
        done.error = str(error)
        return done
    with tenant_tx(tenant_id):
        Neighbour.objects.filter(pk=neighbour.pk).update(pulled_to=now)
    return done


def _count(talk: Talk, theirs: Theirs, done: Pulled) -> None:
    with tenant_tx(talk.tenant_id):
        done.counts[take_in(talk.neighbour, theirs, now=talk.now)] += 1


def _window(neighbour: Neighbour, now: datetime) -> dict[str, str]:
    since = now - _MOST
    if neighbour.pulled_to is not None:
        since = max(since, neighbour.pulled_to - _OVERLAP)
    names = ("updated_after", "updated_before") if neighbour.tells_updates else _BY_REQUEST
    return dict(zip(names, (w3c(since), w3c(now)), strict=True))


_BY_REQUEST = ("start_date", "end_date")


def _open_ids(neighbour: Neighbour) -> set[str]:
    rows = Exchanged.objects.filter(
        neighbour=neighbour, direction=Direction.IN, standing=Standing.SHARED
    )
    return set(rows.values_list("external_id", flat=True))


def _ask_again(talk: Talk, known: set[str], done: Pulled) -> None:
    """Ask for those that were open last time; a city without updates tells them nowhere else."""
    for external_id in sorted(known):
        theirs = talk.client.one(external_id)
        if theirs is not None:
            _count(talk, theirs, done)


def take_in(neighbour: Neighbour, theirs: Theirs, *, now: datetime) -> str:
    """Open a case for a request, or hear what became of it; say in a word what was done."""
    row = Exchanged.objects.filter(neighbour=neighbour, external_id=theirs.id).first()
    row = row or _ours(neighbour, theirs)
    if row is not None:
        return hear(neighbour, row, theirs, now=now)
    if theirs.status == "closed":
        return "closed"
    try:
        with transaction.atomic():
            _open(neighbour, theirs, now)
    except Refusal as refusal:
        return refusal.code
    return "opened"


def _ours(neighbour: Neighbour, theirs: Theirs) -> Exchanged | None:
    """Return the exchange of a case of ours that comes back, although its answer was lost."""
    waiting = Exchanged.objects.filter(
        neighbour=neighbour, direction=Direction.OUT, standing=Standing.SENDING
    ).select_related("case")
    for row in waiting:
        if row.case.number in theirs.description:
            row.external_id, row.standing = theirs.id, Standing.SHARED
            row.save(update_fields=["external_id", "standing"])
            return row
    return None


def _open(neighbour: Neighbour, theirs: Theirs, now: datetime) -> None:
    text = theirs.description or theirs.service_name or theirs.notes or theirs.address
    receipt = actions.open_case(
        viewer=Viewer.system(neighbour.tenant_id),
        request=actions.Request(
            text=text[:_TEXT_MAX],
            place=actions.Place(address=theirs.address[:200], lon=theirs.lon, lat=theirs.lat),
            category_code=_category(neighbour, theirs),
            on_behalf=True,
            channel=Channel.API,
            batch=f"{EXCHANGED}{neighbour.code}",
            external_id=theirs.id,
            media_url=theirs.media_url if theirs.media_url.startswith("http") else "",
        ),
        now=now,
        key=_key(neighbour.pk, theirs.id),
    )
    Exchanged.objects.create(
        neighbour=neighbour,
        direction=Direction.IN,
        case_id=receipt.case_id,
        external_id=theirs.id,
        standing=Standing.SHARED,
        first_at=now,
        tried_at=now,
        their_status=theirs.status,
        their_notes=theirs.notes,
        their_updated_at=theirs.updated_at,
    )


def _category(neighbour: Neighbour, theirs: Theirs) -> str:
    """Return our category of their service; empty: a person sorts it."""
    ours = str(neighbour.services.get(theirs.service_code, theirs.service_code))
    return ours if category_by_code(ours) is not None else ""


def _key(neighbour_id: UUID, external_id: str) -> UUID:
    return uuid5(neighbour_id, external_id)
