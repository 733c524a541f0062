"""Read what another city answers: JSON or XML, whole or with fields missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from onegrid.integrations.open311.terms import Form

_STATUS = frozenset({"open", "closed"})
#: Names under which some cities put their list.
_LISTS = ("service_requests", "requests", "services")


class NotUnderstood(ValueError):
    """The answer is not what the standard says."""


@dataclass(frozen=True, slots=True)
class Theirs:
    """A request as another city shows it; what is not known is empty.

    Attributes:
        lon, lat: WGS 84 degrees, both or neither.
    """

    id: str
    token: str = ""
    status: str = "open"
    notes: str = ""
    service_code: str = ""
    service_name: str = ""
    description: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    media_url: str = ""
    requested_at: datetime | None = None
    updated_at: datetime | None = None


def requests(body: bytes, form: str) -> list[Theirs]:
    """Return the requests of an answer; rows without number and token are left out.

    Raises:
        NotUnderstood: it cannot be read.
    """
    found = (_theirs(row) for row in _rows(body, form))
    return [row for row in found if row.id or row.token]


def services(body: bytes, form: str) -> list[tuple[str, str]]:
    """Return code and name of the services of an answer.

    Raises:
        NotUnderstood: it cannot be read, or is no list of services.
    """
    rows = _rows(body, form, name="service")
    found = [(_words(row, "service_code")[:64], _words(row, "service_name")[:80]) for row in rows]
    if rows and not any(code for code, _name in found):
        raise NotUnderstood("not a list of services")
    return [(code, name) for code, name in found if code]


def _rows(body: bytes, form: str, *, name: str = "request") -> list[Mapping[str, Any]]:
    rows = _from_xml(body, name) if form == Form.XML else _from_json(body)
    if not all(isinstance(row, Mapping) for row in rows):
        raise NotUnderstood("not a list of requests")
    return rows


def _from_json(body: bytes) -> list[Any]:
    try:
        content = json.loads(body)
    except ValueError as error:
        raise NotUnderstood("not JSON") from error
    if isinstance(content, Mapping):
        content = next((content[key] for key in _LISTS if key in content), [content])
    if not isinstance(content, list):
        raise NotUnderstood("not a list of requests")
    return content


def _from_xml(body: bytes, name: str) -> list[Any]:
    try:
        root = ElementTree.fromstring(body, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NotUnderstood("not XML") from error
    nodes = [root] if root.tag == name else root.findall(name)
    return [{child.tag: child.text or "" for child in node} for node in nodes]


def _theirs(row: Mapping[str, Any]) -> Theirs:
    lon, lat = _degrees(row.get("long"), 180), _degrees(row.get("lat"), 90)
    whole = lon is not None and lat is not None and (lon, lat) != (0.0, 0.0)
    status = _words(row, "status").lower()
    return Theirs(
        id=_words(row, "service_request_id")[:64],
        token=_words(row, "token")[:64],
        status=status if status in _STATUS else "open",
        notes=_words(row, "status_notes"),
        service_code=_words(row, "service_code"),
        service_name=_words(row, "service_name"),
        description=_words(row, "description"),
        address=_words(row, "address"),
        lon=lon if whole else None,
        lat=lat if whole else None,
        media_url=_words(row, "media_url"),
        requested_at=_time(row, "requested_datetime"),
        updated_at=_time(row, "updated_datetime"),
    )


def _words(row: Mapping[str, Any], name: str) -> str:
    """Return a value as text; numbers are as good as texts, and a NUL cannot be kept."""
    value = row.get(name)
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    kept = str(value).replace("\0", "")
    return kept.encode("utf-8", "ignore").decode().strip()


def _degrees(value: Any, most: int) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) and abs(number) <= most else None


def _time(row: Mapping[str, Any], name: str) -> datetime | None:
    """Return a time; one without zone says too little to be used."""
    try:
        moment = datetime.fromisoformat(_words(row, name))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
