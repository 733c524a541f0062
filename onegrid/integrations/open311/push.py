"""Hand cases over to another city, each once even when answers are lost, and follow them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from onegrid.cases.queries.outside import OutsideCase, handed_over
from onegrid.common.tenancy.context import tenant_tx
from onegrid.integrations.open311.client import Client, Forbidden, Refused, Report, Unsure, w3c
from onegrid.integrations.open311.models import Exchanged, Neighbour
from onegrid.integrations.open311.news import hear, tell
from onegrid.integrations.open311.reading import Theirs
from onegrid.integrations.open311.setup import Talk, talk_to
from onegrid.integrations.open311.terms import Direction, Standing
from onegrid.integrations.outgoing import Outgoing

#: Service that most cities have for what fits nowhere else.
_OTHER = "other"
_LOOK_BACK = timedelta(minutes=10)
#: Their key or their address is wrong: an operator can set it right, so it is tried again.
_OURS_TO_MEND = frozenset({401, 403})


def push(*, tenant_id: int, code: str, outgoing: Outgoing, now: datetime) -> Counter[str]:
    """Carry every case that was handed over to a city there, and ask how those there stand.

    No transaction is open while the other side is asked.

    Raises:
        NotFound: no such city.
    """
    talk = talk_to(code, outgoing, tenant_id=tenant_id, now=now)
    done: Counter[str] = Counter()
    if not talk.neighbour.api_key:
        return done
    with tenant_tx(tenant_id):
        cases = handed_over(body=talk.neighbour.name)
    for case in cases:
        with tenant_tx(tenant_id):
            row, again = _row_of(talk.neighbour, case, now)
        if row.standing == Standing.SENDING:
            done[_send(talk, case, row, again=again)] += 1
        elif row.standing in {Standing.SHARED, Standing.ENDED}:
            done[_follow(talk, row)] += 1
    return done


def _row_of(neighbour: Neighbour, case: OutsideCase, now: datetime) -> tuple[Exchanged, bool]:
    """Return the exchange of a case, begun if need be, and whether it was tried before.

    A case that was taken back and handed over again begins anew.
    """
    row = Exchanged.objects.filter(neighbour=neighbour, case_id=case.id).first()
    if row is not None and row.first_at >= case.since:
        return row, True
    row = row or Exchanged(neighbour=neighbour, case_id=case.id)
    row.direction, row.standing, row.external_id, row.token = Direction.OUT, "sending", "", ""
    row.first_at = row.tried_at = now
    row.their_status = row.their_notes = row.error = ""
    reason = _reason(neighbour, case)
    if reason:
        row.standing, row.error = Standing.REFUSED, reason
    row.save()
    if reason:
        tell(neighbour, row, _not_sent(neighbour), now=now)
    return row, False


def _not_sent(neighbour: Neighbour) -> str:
    city = {"city": neighbour.name}
    return _("This could not be sent to %(city)s by the interface. Please pass it on.") % city


def _reason(neighbour: Neighbour, case: OutsideCase) -> str:
    """Return why a case is not sent; empty: it is."""
    if case.secret:
        return "secret"
    if not case.address and case.lon is None:
        return "no_place"
    return ""


def _send(talk: Talk, case: OutsideCase, row: Exchanged, *, again: bool) -> str:
    key = _key(row)
    try:
        theirs = _found_there(talk.client, case, row, key) if again else None
        theirs = theirs or talk.client.report(_report(talk.neighbour, case, key))
    except Refused as refused:
        if refused.status in _OURS_TO_MEND:
            return _failed(talk, row, str(refused))
        return _never(talk, row, str(refused))
    except (Unsure, Forbidden) as error:
        return _failed(talk, row, str(error))
    with tenant_tx(talk.tenant_id):
        row.external_id, row.token = theirs.id, theirs.token
        row.standing, row.error, row.tried_at = Standing.SHARED, "", talk.now
        row.save()
        told = {"city": talk.neighbour.name, "number": theirs.id or theirs.token}
        text = _("%(city)s has it under the number %(number)s.") % told
        tell(talk.neighbour, row, text, now=talk.now)
    return "sent"


def _report(neighbour: Neighbour, case: OutsideCase, key: UUID) -> Report:
    """Return what goes out; our number in it lets the report be found when its answer is lost."""
    services = {ours: theirs for theirs, ours in neighbour.services.items()}
    return Report(
        service_code=services.get(case.category_code, case.category_code or _OTHER),
        description=f"{case.text}\n[{case.number}]",
        address=case.address,
        lon=case.lon,
        lat=case.lat,
        key=key,
    )


def _found_there(client: Client, case: OutsideCase, row: Exchanged, key: UUID) -> Theirs | None:
    """Return the report of an earlier attempt, if it arrived: by its key, else by our number."""
    number = client.by_token(str(key))
    if number:
        return Theirs(id=number)
    since = w3c(row.first_at - _LOOK_BACK)
    for theirs in client.listed(start_date=since, end_date=w3c(row.first_at + timedelta(days=89))):
        if case.number in theirs.description:
            return theirs
    return None


def _key(row: Exchanged) -> UUID:
    return uuid5(row.pk, row.first_at.isoformat())


def _failed(talk: Talk, row: Exchanged, error: str) -> str:
    with tenant_tx(talk.tenant_id):
        Exchanged.objects.filter(pk=row.pk).update(error=error[:80], tried_at=talk.now)
    return "later"


def _never(talk: Talk, row: Exchanged, error: str) -> str:
    with tenant_tx(talk.tenant_id):
        row.standing, row.error, row.tried_at = Standing.REFUSED, error[:80], talk.now
        row.save()
        tell(talk.neighbour, row, _not_sent(talk.neighbour), now=talk.now)
    return "refused"


def _follow(talk: Talk, row: Exchanged) -> str:
    """Ask how a request stands there; a token is exchanged for its number first."""
    try:
        external_id = row.external_id or talk.client.by_token(row.token)
        theirs = talk.client.one(external_id) if external_id else None
    except (Unsure, Refused, Forbidden) as error:
        return _failed(talk, row, str(error))
    if theirs is None:
        return _failed(talk, row, "not_there")
    with tenant_tx(talk.tenant_id):
        row.external_id, row.error = external_id, ""
        return hear(talk.neighbour, row, theirs, now=talk.now)
