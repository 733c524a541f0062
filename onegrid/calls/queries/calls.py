"""Calls: lists, one call with everything the two sides may see, the service log of a team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, Q, Value, When

from onegrid.accounts.viewer import Viewer
from onegrid.calls import flow, standing
from onegrid.calls.flow import Deed, Side, Stage
from onegrid.calls.models import Call, Event, Photo, Rating, Shift, Summons
from onegrid.calls.queries.rosters import team_of
from onegrid.common.files import default_store
from onegrid.common.refusals import NotFound
from onegrid.common.tenancy.context import current_tenant
from onegrid.grids.queries import area_names
from onegrid.organisation.queries import units

_OPEN = [stage.value for stage in Stage if stage not in flow.FINAL]
#: What still waits for somebody to come stands before what waits for a rating.
_URGENT_FIRST = Case(When(stage=Stage.REPORTED, then=Value(1)), default=Value(0))


@dataclass(frozen=True, slots=True)
class CallRow:
    """One department's way through a call, in a list."""

    number: str
    unit: str
    area: str
    address: str
    what: str
    urgency: str
    stage: str
    opened_at: datetime
    due_at: datetime
    signed_at: datetime | None
    arrived_at: datetime | None
    reported_at: datetime | None
    case_number: str

    @property
    def in_time(self) -> bool | None:
        """Tell whether the team signed in in time; None while that is open."""
        return None if self.signed_at is None else self.signed_at <= self.due_at


@dataclass(frozen=True, slots=True)
class Rated:
    """What one side said; only what the viewer may see now."""

    side: Side
    points: tuple[int, int, int]
    words: str


@dataclass(frozen=True, slots=True)
class Way:
    """One department's way through a call, as a viewer sees it."""

    id: UUID
    unit_id: UUID
    unit: str
    team: str
    row: CallRow
    result: str
    people: tuple[tuple[str, str], ...]
    deeds: frozenset[Deed]
    sides: frozenset[Side]
    ratings: tuple[Rated, ...]
    rated: frozenset[Side]
    photos: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class CallView:
    """One call as a viewer sees it."""

    id: UUID
    number: str
    row: CallRow
    caller: str
    is_caller: bool
    ways: tuple[Way, ...]
    events: tuple[Event, ...]

    @property
    def waits(self) -> bool:
        """Tell whether a team still has to arrive: then the caller shows the code."""
        return any(way.row.stage in {Stage.CALLED, Stage.SIGNED_IN} for way in self.ways)


def _row(summons: Summons) -> CallRow:
    call, names, unit = summons.call, area_names(), units().get(summons.unit_id)
    area = call.community_id or call.street_id
    return CallRow(
        number=call.number,
        unit=unit.name if unit else "",
        area=names.get(area, "") if area else "",
        address=call.address,
        what=call.what,
        urgency=call.urgency,
        stage=summons.stage,
        opened_at=call.opened_at,
        due_at=summons.due_at,
        signed_at=summons.signed_at,
        arrived_at=summons.arrived_at,
        reported_at=summons.reported_at,
        case_number=call.case.number if call.case else "",
    )


def calls(
    viewer: Viewer, *, which: str = "open", page: int = 1, size: int = 50
) -> tuple[tuple[CallRow, ...], int]:
    """Return a page of the ways of departments a viewer sees, and how many there are.

    Args:
        which: ``open``, by the time left to sign in, or ``all``, the newest first.
    """
    rows = Summons.objects.filter(standing.visible(viewer, through="call__"))
    order: tuple[str | Case, ...] = ("-call__opened_at", "id")
    if which == "open":
        rows, order = rows.filter(stage__in=_OPEN), (_URGENT_FIRST, "due_at", "id")
    shown = rows.select_related("call", "call__case").order_by(*order)
    return tuple(_row(row) for row in shown[(page - 1) * size : page * size]), rows.count()


@dataclass(frozen=True, slots=True)
class OpenCalls:
    """Figures for a board."""

    open: int
    unsigned: int
    overdue: int


def open_calls(viewer: Viewer, *, now: datetime) -> OpenCalls:
    """Return how many departments are called now, and how many have not signed in."""
    found = Summons.objects.filter(standing.visible(viewer, through="call__")).aggregate(
        open=Count("id", filter=Q(stage__in=_OPEN)),
        unsigned=Count("id", filter=Q(stage=Stage.CALLED)),
        overdue=Count("id", filter=Q(stage=Stage.CALLED, due_at__lte=now)),
    )
    return OpenCalls(**found)


def call_by_number(viewer: Viewer, *, number: str, now: datetime) -> CallView:
    """Return one call; a department sees its own way only, the community sees all.

    Raises:
        NotFound: there is none, or it is out of the viewer's scope: the same answer.
    """
    call = Call.objects.filter(number=number).first()
    ways = [] if call is None else _summonses(viewer, call)
    if call is None or not ways:
        raise NotFound("call.not_found")
    ids = {way.pk for way in ways}
    events = Event.objects.filter(call_id=call.pk).order_by("at", "id")
    return CallView(
        id=call.pk,
        number=call.number,
        row=_row(ways[0]),
        caller=call.caller_name,
        is_caller=standing.is_caller(viewer, call),
        ways=tuple(_way(viewer, way) for way in ways),
        events=tuple(one for one in events if one.summons_id is None or one.summons_id in ids),
    )


def _summonses(viewer: Viewer, call: Call) -> list[Summons]:
    rows = Summons.objects.filter(standing.visible(viewer, through="call__"), call_id=call.pk)
    order = {unit_id: place for place, unit_id in enumerate(units())}
    found = list(rows.select_related("call", "call__case", "team"))
    return sorted(found, key=lambda row: order.get(row.unit_id, 999))


def _way(viewer: Viewer, summons: Summons) -> Way:
    unit = units().get(summons.unit_id)
    sides = standing.sides(viewer, summons)
    given = list(Rating.objects.filter(summons_id=summons.pk))
    rated = frozenset(Side(one.side) for one in given)
    deeds = flow.possible(stage=Stage(summons.stage), sides=sides)
    if sides and sides <= rated:
        deeds -= {Deed.RATE}
    over = summons.stage == Stage.ENDED
    duty = Shift.objects.filter(pk__in=summons.shift_ids).order_by("person_name")
    return Way(
        id=summons.pk,
        unit_id=summons.unit_id,
        unit=unit.name if unit else "",
        team=summons.team.name if summons.team else "",
        row=_row(summons),
        result=summons.result,
        people=tuple(duty.values_list("person_name", "phone")),
        deeds=deeds,
        sides=sides,
        ratings=tuple(
            Rated(Side(one.side), (one.first, one.second, one.third), one.words)
            for one in given
            if over or one.side in sides
        ),
        rated=rated,
        photos=tuple(
            Photo.objects.filter(summons_id=summons.pk).order_by("at").values_list("pk", flat=True)
        ),
    )


def summons_id(viewer: Viewer, *, number: str, unit_id: UUID | None = None) -> UUID:
    """Return the way of a unit through a call; without a unit: of the viewer's, or the only one.

    Raises:
        NotFound: there is none in the viewer's scope.
    """
    rows = Summons.objects.filter(standing.visible(viewer, through="call__"), call__number=number)
    wanted = frozenset({unit_id}) if unit_id else standing.unit_ids(viewer)
    if wanted:
        rows = rows.filter(unit_id__in=wanted)
    found = list(rows.values_list("pk", flat=True)[:2])
    if len(found) != 1:
        raise NotFound("call.not_found")
    return found[0]


def number_by_key(viewer: Viewer, *, key: UUID) -> str:
    """Return the number of the call that was opened under a key.

    Raises:
        NotFound: there is none by this viewer.
    """
    row = Event.objects.filter(key=key, actor_id=viewer.user_id).select_related("call").first()
    if row is None:
        raise NotFound("call.not_found")
    return str(row.call.number)


def calls_of_case(viewer: Viewer, *, case_id: UUID) -> tuple[CallRow, ...]:
    """Return the departments called for a case, as far as the viewer may see them."""
    rows = Summons.objects.filter(standing.visible(viewer, through="call__"), call__case_id=case_id)
    shown = rows.select_related("call", "call__case").order_by("call__opened_at", "id")
    return tuple(_row(row) for row in shown)


def service_log(
    viewer: Viewer, *, team_id: UUID, page: int = 1, size: int = 50
) -> tuple[str, tuple[CallRow, ...], int]:
    """Return the name of a team, a page of its calls, newest first, and how many there are.

    Raises:
        NotFound: there is no such team, or it is somebody else's.
    """
    team = team_of(viewer, team_id=team_id)
    rows = Summons.objects.filter(standing.visible(viewer, through="call__"), team_id=team.pk)
    shown = rows.select_related("call", "call__case").order_by("-call__opened_at", "id")
    return (
        team.name,
        tuple(_row(row) for row in shown[(page - 1) * size : page * size]),
        rows.count(),
    )


def photo(viewer: Viewer, *, photo_id: UUID, thumb: bool) -> tuple[bytes, str]:
    """Return the bytes and type of a photo of a result.

    Raises:
        NotFound: there is none in the viewer's scope.
    """
    visible = standing.visible(viewer, through="call__")
    row = Photo.objects.filter(
        pk=photo_id, summons_id__in=Summons.objects.filter(visible).values("pk")
    ).first()
    if row is None:
        raise NotFound("call.not_found")
    digest = row.thumb_sha256 if thumb else row.sha256
    content = default_store().read(tenant_id=current_tenant(), sha256=digest)
    return content, "image/jpeg" if thumb else row.mime
