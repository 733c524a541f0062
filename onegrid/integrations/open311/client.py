"""Ask another city, and report to it; knows HTTP and the standard, but no cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode
from uuid import UUID

from onegrid.integrations.open311 import reading
from onegrid.integrations.open311.reading import NotUnderstood, Theirs
from onegrid.integrations.outgoing import Forbidden, NotReached, Outgoing

_MOST_BYTES = 8_000_000
_MOST_PAGES = 100
_PAGE = 200


class Unsure(Exception):
    """No answer, or none that makes sense: a report may have arrived or not."""


class Refused(Exception):
    """They answered, and the answer is no; ``status`` is that of HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(f"http_{status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Report:
    """What is handed over: never a name, a number or an address of a person."""

    service_code: str
    description: str
    address: str
    lon: float | None
    lat: float | None
    key: UUID


@dataclass(frozen=True, slots=True)
class Client:
    """A city as we talk to it."""

    outgoing: Outgoing
    url: str
    form: str
    jurisdiction_id: str = ""
    api_key: str = field(default="", repr=False)

    def listed(self, **query: str) -> Iterator[Theirs]:
        """Yield requests page after page; a city that knows no pages sends its only one again.

        Raises:
            Unsure, Refused: see there.
        """
        seen: set[str] = set()
        for page in range(1, _MOST_PAGES + 1):
            rows = self._get("requests", {**query, "page": str(page), "page_size": str(_PAGE)})
            fresh = [row for row in rows if row.id and row.id not in seen]
            yield from fresh
            seen.update(row.id for row in fresh)
            if not fresh or "service_request_id" in query:
                return

    def services(self) -> list[tuple[str, str]]:
        """Return code and name of its services.

        Raises:
            Unsure, Refused, Forbidden: see there.
        """
        body = self._asked("services", {})
        try:
            return reading.services(body, self.form)
        except NotUnderstood as error:
            raise Unsure(str(error)) from error

    def one(self, external_id: str) -> Theirs | None:
        """Return a request by its number, or None if they have none.

        Raises:
            Unsure, Refused: see there.
        """
        try:
            rows = self._get(f"requests/{quote(external_id, safe='')}", {})
        except Refused as refused:
            if refused.status in {404, 410}:
                return None
            raise
        return next((row for row in rows if row.id == external_id), None)

    def by_token(self, token: str) -> str:
        """Return the number a token has become; empty while there is none.

        Raises:
            Unsure: no answer.
        """
        try:
            rows = self._get(f"tokens/{quote(token, safe='')}", {})
        except Refused:
            return ""
        return rows[0].id if rows else ""

    def report(self, given: Report) -> Theirs:
        """Hand a request over; the answer has a number or a token.

        The key goes along as Idempotency-Key: whoever knows it opens nothing twice.

        Raises:
            Unsure, Refused: see there.
        """
        form = {
            "api_key": self.api_key,
            "jurisdiction_id": self.jurisdiction_id,
            "service_code": given.service_code,
            "description": given.description,
            "address_string": given.address,
        }
        if given.lon is not None and given.lat is not None:
            form |= {"lat": f"{given.lat:.6f}", "long": f"{given.lon:.6f}"}
        body = urlencode({name: value for name, value in form.items() if value}).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Idempotency-Key": str(given.key),
        }
        try:
            reply = self.outgoing.post(self._address("requests", {}), body, headers)
        except NotReached as error:
            raise Unsure(str(error)) from error
        rows = self._understood(reply.status, reply.body)
        if not rows:
            raise Unsure("no number")
        return rows[0]

    def _get(self, path: str, query: Mapping[str, str]) -> list[Theirs]:
        return self._understood(200, self._asked(path, query))

    def _asked(self, path: str, query: Mapping[str, str]) -> bytes:
        try:
            reply = self.outgoing.get(self._address(path, query), {}, most=_MOST_BYTES)
        except NotReached as error:
            raise Unsure(str(error)) from error
        _check_status(reply.status)
        return reply.body

    def _understood(self, status: int, body: bytes) -> list[Theirs]:
        _check_status(status)
        try:
            return reading.requests(body, self.form)
        except NotUnderstood as error:
            raise Unsure(str(error)) from error

    def _address(self, path: str, query: Mapping[str, str]) -> str:
        given = dict(query)
        if self.jurisdiction_id:
            given["jurisdiction_id"] = self.jurisdiction_id
        told = f"?{urlencode(given)}" if given else ""
        return f"{self.url.rstrip('/')}/{path}.{self.form}{told}"


def _check_status(status: int) -> None:
    if 400 <= status < 500 and status not in {408, 429}:
        raise Refused(status)
    if not 200 <= status < 300:
        raise Unsure(f"http_{status}")


def w3c(moment: datetime) -> str:
    """Write a time as the standard has it."""
    return moment.isoformat(timespec="seconds")


__all__ = ["Client", "Forbidden", "Refused", "Report", "Unsure", "w3c"]
