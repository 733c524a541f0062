"""What a resident says: the same shape from every channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from onegrid.cases.terms import Channel, Kind

#: How the name of a batch of requests out of another city's system begins.
EXCHANGED = "open311/"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is: a point, a building or an area of the address list, or words.

    Attributes:
        lon, lat: degrees in ``system``; both or neither.
        system: ``wgs84``, ``gcj02`` or ``bd09``.
        area_id: street, community or grid; counts where neither building nor point is given.
    """

    address: str = ""
    lon: float | None = None
    lat: float | None = None
    system: str = "wgs84"
    building_id: UUID | None = None
    area_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who asks. Empty name and phone: anonymous, followed by number and query code."""

    name: str = ""
    phone: str = ""
    wants_reply: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """What a resident says, whatever the channel."""

    text: str
    place: Place
    title: str = ""
    parts: tuple[str, ...] = ()
    category_code: str = ""
    kind: str = Kind.HELP
    reporter: Reporter = field(default_factory=Reporter)
    on_behalf: bool = False
    confidential: bool = False
    language: str = "zh-hans"
    channel: str = Channel.WEB
    batch: str = ""
    external_id: str = ""
    #: address of a picture somewhere else; it is shown, never fetched
    media_url: str = ""
    #: to the further questions of the category, by code; None: this channel does not ask them
    answers: Mapping[str, Sequence[str]] | None = None


def numbers_only(phone: str) -> str:
    """Return a phone number without spaces and dashes, full-width digits made plain."""
    return "".join(str(int(c)) if c.isdigit() else c for c in phone if c not in " -　－()（）")
