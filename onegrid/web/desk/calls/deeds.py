"""What can be done to a call on its page, and doing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from onegrid.calls import actions
from onegrid.calls.flow import Deed, Side
from onegrid.calls.queries.calls import CallView, Way
from onegrid.calls.terms import POINTS
from onegrid.cases.actions import Doing
from onegrid.common.refusals import Invalid, NotFound
from onegrid.web.desk.calls.shared import words
from onegrid.web.edge import new_key
from onegrid.web.uploads import photos_of

#: In the order in which they come up.
OFFERED = (
    Deed.SIGN_IN,
    Deed.ARRIVE,
    Deed.REPORT,
    Deed.RATE,
    Deed.CONFIRM_ARRIVAL,
    Deed.CALL_OFF,
)
SCALE = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a rating."""

    name: str
    label: Any
    choices: tuple[tuple[int, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class DeedForm:
    """One thing that can be done; names of fields begin with the deed and the unit's place."""

    deed: str
    unit_id: UUID
    key: str
    prefix: str
    text: str
    points: tuple[Point, ...] = ()

    @property
    def text_name(self) -> str:
        """Return the name of the field for words."""
        return f"{self.prefix}-text"

    @property
    def code_name(self) -> str:
        """Return the name of the field for the code."""
        return f"{self.prefix}-code"

    @property
    def photos_name(self) -> str:
        """Return the name of the field for photos."""
        return f"{self.prefix}-photos"


def prefix_of(deed: str, unit_id: UUID) -> str:
    """Return what the names of a form's fields begin with; the page may have one per unit."""
    return f"{deed}-{str(unit_id)[-6:]}"


def forms_of(request: HttpRequest, way: Way) -> list[DeedForm]:
    """Return the forms that a viewer is offered for one department."""
    found = []
    for deed in OFFERED:
        if deed in way.deeds:
            prefix = prefix_of(deed, way.unit_id)
            typed = request.POST.get("way", "") == prefix
            found.append(
                DeedForm(
                    deed=deed.value,
                    unit_id=way.unit_id,
                    key=request.POST.get("key", "") if typed else new_key(),
                    prefix=prefix,
                    text=request.POST.get(f"{prefix}-text", ""),
                    points=_points(request, prefix, way) if deed is Deed.RATE else (),
                )
            )
    return found


def _points(request: HttpRequest, prefix: str, way: Way) -> tuple[Point, ...]:
    left = sorted(way.sides - way.rated)
    side = Side(left[0]) if left else Side.CALLER
    return tuple(
        Point(
            name=f"{prefix}-point{n}",
            label=label,
            choices=tuple((mark, str(mark)) for mark in SCALE),
            value=request.POST.get(f"{prefix}-point{n}", ""),
        )
        for n, label in enumerate(POINTS[side], start=1)
    )


@dataclass(frozen=True, slots=True)
class Posted:
    """What one form posted."""

    request: HttpRequest
    prefix: str

    def text(self, name: str = "text") -> str:
        """Return a text field."""
        return words(self.request, f"{self.prefix}-{name}")

    def points(self) -> tuple[int, int, int]:
        """Return the marks; a missing one is 0."""
        first, second, third = (self.text(f"point{n}") for n in (1, 2, 3))
        return _mark(first), _mark(second), _mark(third)


def _mark(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 1 else 0


def _arrive(form: Posted, way: UUID, doing: Doing) -> actions.Arrival:
    return actions.arrive(summons_id=way, doing=doing, code=form.text("code"))


def _report(form: Posted, way: UUID, doing: Doing) -> object:
    return actions.report(
        summons_id=way,
        doing=doing,
        text=form.text(),
        uploads=photos_of(form.request, f"{form.prefix}-photos"),
    )


def _rate(form: Posted, way: UUID, doing: Doing) -> object:
    return actions.rate(summons_id=way, doing=doing, points=form.points(), words=form.text())


ACTS: dict[str, Callable[[Posted, UUID, Doing], object]] = {
    Deed.SIGN_IN: lambda form, way, doing: actions.sign_in(summons_id=way, doing=doing),
    Deed.ARRIVE: _arrive,
    Deed.CONFIRM_ARRIVAL: lambda form, way, doing: actions.confirm_arrival(
        summons_id=way, doing=doing, text=form.text()
    ),
    Deed.REPORT: _report,
    Deed.RATE: _rate,
    Deed.CALL_OFF: lambda form, way, doing: actions.call_off(
        summons_id=way, doing=doing, text=form.text()
    ),
}
#: Fields of actions that go by other names on the page.
_FIELDS = {"words": "text", "points": "point1"}


def act(request: HttpRequest, deed: str, view: CallView, doing: Doing) -> None:
    """Do what a form says.

    Raises:
        NotFound: there is no such deed, or no such department in this call.
        Refusal: as the action says; its field is that of the form.
        WrongCode: the code was wrong; its count must be kept.
    """
    given = request.POST.get("way", "")
    way = next((one for one in view.ways if prefix_of(deed, one.unit_id) == given), None)
    if deed not in ACTS or way is None:
        raise NotFound("call.not_found")
    done = ACTS[deed](Posted(request, given), way.id, doing)
    if isinstance(done, actions.Arrival) and not done.ok:
        raise WrongCode("call.code", field="code", left=done.left)


class WrongCode(Invalid):
    """Says that a code was wrong, after the try was counted."""


def field_of(request: HttpRequest, field: str | None) -> str:
    """Return the name on the page of a field that an action refused."""
    given = request.POST.get("way", "")
    return f"{given}-{_FIELDS.get(field, field)}" if field and given else ""
