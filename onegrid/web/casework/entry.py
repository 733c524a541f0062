"""Enter a request on somebody's behalf: what the forms of worker, counter and phone desk share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from django.http import HttpRequest

from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, reference
from onegrid.cases.actions import Place, Receipt, Reporter, Upload
from onegrid.cases.actions import Request as Said
from onegrid.cases.terms import FilePhase, Kind
from onegrid.common.refusals import Invalid
from onegrid.web.edge import doing_of, new_key
from onegrid.web.middleware import Request

#: Fields that every form of this sort has.
FIELDS = (
    "text", "address", "building", "area", "lon", "lat", "category", "exact", "channel", "name",
    "phone", "kind",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """The page as typed; ``ticked`` are the boxes."""

    values: dict[str, str]
    ticked: frozenset[str]
    key: str

    def __getitem__(self, name: str) -> str:
        return self.values[name]


def typed_of(
    request: HttpRequest, *, channel: str, more: Sequence[str] = (), boxes: Sequence[str] = ()
) -> Typed:
    """Return what was typed, or what the address begins with.

    Args:
        channel: chosen when nothing is.
        more: names of further fields.
        boxes: names of boxes to tick.
    """
    given = request.POST if request.method == "POST" else request.GET
    values = {
        name: given.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()
        for name in (*FIELDS, *more)
    }
    values["channel"] = values["channel"] or channel
    values["kind"] = values["kind"] or Kind.HELP
    ticked = frozenset(name for name in boxes if given.get(name))
    return Typed(values, ticked, request.POST.get("key", "") or new_key())


def said_of(request: Request, typed: Typed) -> Said:
    """Return what was typed as a request on somebody's behalf.

    Raises:
        Invalid: the building or area of the list is none.
    """
    return Said(
        text=typed["text"],
        place=place_of(typed),
        category_code=typed["exact"] or typed["category"],
        kind=typed["kind"],
        reporter=Reporter(name=typed["name"], phone=typed["phone"]),
        on_behalf=True,
        confidential="confidential" in typed.ticked,
        language=request.viewer.language,
        channel=typed["channel"],
    )


def place_of(typed: Typed) -> Place:
    """Return the place: the building of the list, then its area, then the point of the map."""
    if typed["building"]:
        return Place(address=typed["address"], building_id=_chosen(typed, "building"))
    if typed["area"]:
        return Place(address=typed["address"], area_id=_chosen(typed, "area"))
    try:
        lon, lat = float(typed["lon"]), float(typed["lat"])
    except ValueError:
        return Place(address=typed["address"])
    return Place(address=typed["address"], lon=lon, lat=lat)


def _chosen(typed: Typed, name: str) -> UUID:
    try:
        return UUID(typed[name])
    except ValueError as error:
        raise Invalid("place.unknown_building", field=name) from error


def entered(
    request: Request, typed: Typed, *, channels: Sequence[str], uploads: tuple[Upload, ...]
) -> Receipt:
    """Open the case and keep its photos; the same key again gives the same receipt.

    Raises:
        Invalid, TooLarge: as `cases.actions.open_case` and `attach`, or another channel.
    """
    doing = doing_of(request, channel=typed["channel"])
    if typed["channel"] not in channels:
        raise Invalid("case.channel_unknown", field="channel")
    receipt = actions.open_case(
        viewer=request.viewer, request=said_of(request, typed), now=request.now, key=doing.key
    )
    if uploads:
        actions.attach(
            case_id=receipt.case_id,
            doing=replace(doing, key=uuid5(doing.key, "photos"), as_reporter=True),
            uploads=uploads,
            phase=FilePhase.REPORT,
        )
    return receipt


def tiles(viewer: Viewer) -> list[tuple[str, str, str]]:
    """Return the groups of categories: code, name, icon."""
    rows = reference.categories.get().values()
    return [(row.code, row.label(viewer.language), row.icon) for row in rows if not row.parent_id]


def exact(viewer: Viewer) -> list[tuple[str, str]]:
    """Return the categories below the groups, named with their group."""
    rows = reference.categories.get()
    return [
        (row.code, f"{rows[row.parent_id].label(viewer.language)} / {row.label(viewer.language)}")
        for row in rows.values()
        if row.parent_id in rows
    ]
