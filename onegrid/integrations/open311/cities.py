"""Other cities as the system administrator sets them up, and as a case names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Conflict, Forbidden
from onegrid.integrations.open311 import setup
from onegrid.integrations.open311.models import Exchanged, Neighbour
from onegrid.integrations.open311.terms import Direction, Standing

#: Exchanges in trouble that are listed.
MOST = 100


@dataclass(frozen=True, slots=True)
class CityGiven:
    """A city as it is typed; see `setup.define_neighbour`."""

    code: str
    name: str
    url: str
    form: str
    jurisdiction_id: str = ""
    api_key: str = field(default="", repr=False)
    services: Mapping[str, str] = field(default_factory=dict)
    pulls: bool = True
    tells_updates: bool = False

    def values(self) -> dict[str, Any]:
        """Return everything by its name."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class City:
    """A city as the page shows it; its key never leaves the database.

    Attributes:
        services: codes of our categories by its service codes.
        theirs: code and name of its services when it was last looked at.
        pulled_at, pushed_at: when everything new was last taken in, and handed over.
        shared, trouble: requests that both have, and those that could not be sent or heard of.
    """

    code: str
    name: str
    url: str
    form: str
    jurisdiction_id: str
    has_key: bool
    services: Mapping[str, str]
    theirs: tuple[tuple[str, str], ...]
    pulls: bool
    tells_updates: bool
    is_active: bool
    pulled_at: datetime | None
    pushed_at: datetime | None
    error: str
    failed_at: datetime | None
    check_wanted: bool
    checked_at: datetime | None
    check_error: str
    shared: int
    trouble: int


@dataclass(frozen=True, slots=True)
class Trade:
    """A request that both sides have, or that one could not give to the other.

    Attributes:
        number: of our case.
        theirs: its number or token there.
        status: what they said last, ``open`` or ``closed``, or empty.
        error: code of why the last attempt failed.
    """

    city: str
    number: str
    direction: str
    standing: str
    theirs: str
    status: str
    first_at: datetime
    tried_at: datetime
    error: str

    @property
    def direction_label(self) -> str:
        """Return who had it first, in words."""
        return str(Direction(self.direction).label)

    @property
    def standing_label(self) -> str:
        """Return where it stands, in words."""
        return str(Standing(self.standing).label)


def add_city(*, viewer: Viewer, given: CityGiven) -> None:
    """Enter a city.

    Raises:
        Forbidden: the viewer does not set the system up.
        Invalid: a word cannot be used, or the address may not be called.
        Conflict: there is one with this code.
    """
    _check(viewer)
    if Neighbour.objects.filter(code=given.code).exists():
        raise Conflict("neighbour.exists", field="code", code=given.code[:24])
    setup.define_neighbour(**given.values())


def change_city(*, viewer: Viewer, given: CityGiven) -> None:
    """Change a city; an empty key keeps the one that stands.

    Raises:
        Forbidden, Invalid: as in `add_city`.
        NotFound: there is no such city.
        Conflict: cases are with it under the name that would be changed.
    """
    _check(viewer)
    row = setup.any_neighbour(given.code)
    waiting = Exchanged.objects.filter(
        neighbour=row,
        direction=Direction.OUT,
        standing__in=[Standing.SENDING, Standing.SHARED],
    )
    if row.name != given.name.strip() and waiting.exists():
        raise Conflict("neighbour.name_used", field="name", name=row.name)
    setup.define_neighbour(**given.values())


def switch_city(*, viewer: Viewer, code: str, on: bool) -> None:
    """Exchange with a city, or no more.

    Raises:
        Forbidden: the viewer does not set the system up.
        NotFound: there is no such city.
    """
    _check(viewer)
    setup.switch(code=code, on=on)


def forget_key(*, viewer: Viewer, code: str) -> None:
    """Throw our key there away: nothing is handed over any more.

    Raises:
        Forbidden, NotFound: as in `switch_city`.
    """
    _check(viewer)
    Neighbour.objects.filter(pk=setup.any_neighbour(code).pk).update(api_key="")


def want_check(*, viewer: Viewer, code: str) -> None:
    """Let the worker look within seconds whether a city answers.

    Raises:
        Forbidden, NotFound: as in `switch_city`.
    """
    _check(viewer)
    Neighbour.objects.filter(pk=setup.any_neighbour(code).pk).update(check_wanted=True)


def cities(viewer: Viewer) -> tuple[City, ...]:
    """Return every city, those exchanged with first.

    Raises:
        Forbidden: the viewer does not set the system up.
    """
    _check(viewer)
    found = Exchanged.objects.values_list("neighbour_id").order_by()
    counts = {
        pk: (shared, failing)
        for pk, shared, failing in found.annotate(
            shared=Count("id", filter=Q(error="")), failing=Count("id", filter=~Q(error=""))
        )
    }
    rows = Neighbour.objects.order_by("-is_active", "code")
    return tuple(_city(row, *counts.get(row.pk, (0, 0))) for row in rows)


def trouble(viewer: Viewer) -> tuple[Trade, ...]:
    """Return exchanges whose last attempt failed, the latest first, at most `MOST`.

    Raises:
        Forbidden: the viewer does not set the system up.
    """
    _check(viewer)
    return _trades(Exchanged.objects.exclude(error="").order_by("-tried_at")[:MOST])


def trades_of(case_id: UUID) -> tuple[Trade, ...]:
    """Return with which cities a case is shared; the viewer has been let into it already."""
    return _trades(Exchanged.objects.filter(case_id=case_id).order_by("first_at"))


def _check(viewer: Viewer) -> None:
    if not viewer.has(Role.SYSTEM_ADMIN):
        raise Forbidden("forbidden")


def _city(row: Neighbour, shared: int, failing: int) -> City:
    return City(
        code=row.code,
        name=row.name,
        url=row.url,
        form=row.form,
        jurisdiction_id=row.jurisdiction_id,
        has_key=bool(row.api_key),
        services=row.services,
        theirs=tuple((code, name) for code, name in row.their_services),
        pulls=row.pulls,
        tells_updates=row.tells_updates,
        is_active=row.is_active,
        pulled_at=row.pulled_to,
        pushed_at=row.pushed_at,
        error=row.error,
        failed_at=row.failed_at,
        check_wanted=row.check_wanted,
        checked_at=row.checked_at,
        check_error=row.check_error,
        shared=shared,
        trouble=failing,
    )


def _trades(rows: Any) -> tuple[Trade, ...]:
    return tuple(
        Trade(
            city=row.neighbour.name,
            number=row.case.number,
            direction=row.direction,
            standing=row.standing,
            theirs=row.external_id or row.token,
            status=row.their_status,
            first_at=row.first_at,
            tried_at=row.tried_at,
            error=row.error,
        )
        for row in rows.select_related("neighbour", "case")
    )
