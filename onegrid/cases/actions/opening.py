"""Open a case: the same for every channel (S25)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.timezone import localtime

from onegrid.accounts.queries import own_phone
from onegrid.accounts.viewer import Viewer
from onegrid.cases import alike, certificates, clocks, notify, reference, watching
from onegrid.cases.actions.questions import keep_answers
from onegrid.cases.actions.step import Doing
from onegrid.cases.models import Case, Contact, Part, Step
from onegrid.cases.request import Place, Reporter, Request, numbers_only
from onegrid.cases.terms import MAX_TEXT, CaseClass, Channel, Kind
from onegrid.common.ids import uuid7
from onegrid.common.refusals import Conflict, Invalid, TooLarge
from onegrid.common.tenancy.context import current_tenant
from onegrid.core import geo, numbers, triage
from onegrid.core.clock import Event
from onegrid.core.flow import Action, Actor, State
from onegrid.grids import queries as grids

MAX_PARTS = 5
MAX_TITLE = 120
MAX_ADDRESS = 200


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the reporter gets at once: number and query code.

    The code is empty on a receipt that is shown again after its signing key has gone.
    """

    case_id: UUID
    number: str
    token: str
    due_at: datetime | None
    #: the key was used before; nothing was opened now
    again: bool = False


def open_case(*, viewer: Viewer, request: Request, now: datetime, key: UUID) -> Receipt:
    """Open a case and answer with its receipt; the same key answers with the same receipt.

    Args:
        viewer: who enters it; the reporter, or staff with ``request.on_behalf``.
        now: time of the event, aware.
        key: idempotency key of the form or call.

    Raises:
        Invalid: text, place, kind, phone, category or an answer to one of its questions cannot be
            used; the field is named.
        TooLarge: the text is longer than `terms.MAX_TEXT` characters.
    """
    _check(request)
    serial = _turn(key)
    earlier = Step.objects.filter(key=key).only("case_id", "action", "actor_id")[:1]
    for step in earlier:
        _check_same(step, viewer)
        return replace(_receipt(Case.objects.get(pk=step.case_id)), again=True)
    case = _new_case(viewer, request, now, serial)
    readings = clocks.readings(case, [Event(now, Action.OPEN, State.REGISTERED)], now=now)
    clocks.project(case, readings)
    case.save(force_insert=True)
    Part.objects.bulk_create(
        Part(case_id=case.pk, n=n, text=text)
        for n, text in enumerate(request.parts or (request.text.strip(),), start=1)
    )
    certificates.recognise(case, now=now)
    reporter = _reporter(viewer, request)
    if reporter.name or reporter.phone:
        Contact.objects.create(
            case_id=case.pk,
            name=reporter.name.strip(),
            phone=numbers_only(reporter.phone),
            wants_reply=reporter.wants_reply,
        )
    if request.answers is not None:
        keep_answers(case, _category(request), request.answers)
    first = _first_step(case, Doing(viewer, now, key, request.channel), request)
    clocks.store(case, readings)
    watching.tell(case, [first])
    receipt = _receipt(case)
    notify.received(case, reporter, receipt.token, now=now)
    return receipt


def _reporter(viewer: Viewer, request: Request) -> Reporter:
    """Return how to reach the reporter: what was given, or the account it is reported with."""
    given = request.reporter
    if request.on_behalf or given.name or given.phone:
        return given
    phone = own_phone(viewer)
    return replace(given, name=viewer.name, phone=phone) if phone else given


def _check_same(earlier: Step, viewer: Viewer) -> None:
    """Refuse to show the receipt to anybody but the one who got it the first time."""
    if earlier.action != Action.OPEN or earlier.actor_id != viewer.user_id:
        raise Conflict("case.key_used", field="key")


def _check(request: Request) -> None:
    text = request.text.strip()
    if not text:
        raise Invalid("case.text_empty", field="text")
    if len(text) > MAX_TEXT:
        raise TooLarge("case.text_too_long", field="text", most=MAX_TEXT, got=len(text))
    if len(request.parts) > MAX_PARTS or any(not part.strip() for part in request.parts):
        raise Invalid("case.parts", field="parts", most=MAX_PARTS)
    _check_words(request)


def _check_words(request: Request) -> None:
    if request.kind not in Kind.values:
        raise Invalid("case.kind_unknown", field="kind")
    if request.channel not in Channel.values:
        raise Invalid("case.channel_unknown", field="channel")
    phone = numbers_only(request.reporter.phone)
    if phone and not (phone.lstrip("+").isdigit() and 5 <= len(phone) <= 16):
        raise Invalid("case.phone", field="phone")
    if len(request.title) > MAX_TITLE:
        raise Invalid("case.title_too_long", field="title", most=MAX_TITLE)
    if len(request.place.address) > MAX_ADDRESS:
        raise Invalid("place.address_too_long", field="address", most=MAX_ADDRESS)


def _new_case(viewer: Viewer, request: Request, now: datetime, serial: int) -> Case:
    case_id = uuid7()
    category = _category(request)
    danger = bool(triage.safety_words(request.text))
    text = request.text.strip()
    case = Case(
        id=case_id,
        number=numbers.make(current_tenant(), localtime(now).date(), serial),
        token_hash=numbers.token_hash(_token(case_id)),
        state=State.REGISTERED,
        channel=request.channel,
        kind=request.kind,
        title=request.title.strip() or _title(text),
        text=text,
        language=request.language,
        category_id=category.id if category else None,
        case_class=category.default_class if category else CaseClass.GENERAL,
        safety=danger,
        confidential=request.confidential,
        reporter_id=None if request.on_behalf else viewer.user_id,
        entered_by=viewer.user_id if request.on_behalf else None,
        opened_at=now,
        changed_at=now,
        batch=request.batch,
        external_id=request.external_id,
    )
    locate(case, request.place, now=now)
    case.cell = alike.cell_of(case)
    case.to_check = bool(case.cell)
    return case


def _category(request: Request) -> reference.CategoryRow | None:
    if not request.category_code:
        return None
    category = reference.category_by_code(request.category_code)
    if category is None:
        raise Invalid("case.category_unknown", field="category", code=request.category_code)
    return category


def locate(case: Case, place: Place, *, now: datetime) -> None:
    """Set point, address and areas of a case from what was given.

    Raises:
        Invalid: nothing given, outside the county, or a point in another coordinate system.
    """
    area_id = place.area_id
    if place.building_id is not None:
        building = grids.building(building_id=place.building_id, on=now)
        case.building_id, case.lon, case.lat = building.id, building.lon, building.lat
        case.address, area_id = place.address.strip() or building.address, building.grid_id
    elif place.lon is not None and place.lat is not None:
        case.lon, case.lat = geo.convert(place.lon, place.lat, place.system)
        case.input_system, area_id = place.system, None
        case.address = place.address.strip()
    elif place.area_id is not None or place.address.strip():
        case.address = place.address.strip()
    else:
        raise Invalid("place.missing", field="place")
    found = _areas(case, area_id, now)
    if found is None:
        return
    case.grid_id, case.community_id, case.street_id = (
        found.grid_id,
        found.community_id,
        found.street_id,
    )
    case.address = (case.address or found.label)[:MAX_ADDRESS]


def _areas(case: Case, area_id: UUID | None, now: datetime) -> grids.Place | None:
    """Return the areas of a case: of the area or building chosen, else at its point, else none."""
    if area_id is not None:
        return grids.place_of_area(area_id=area_id, on=now)
    if case.lon is not None and case.lat is not None:
        return grids.place_of(tenant_id=current_tenant(), lon=case.lon, lat=case.lat, on=now)
    return None


def _title(text: str) -> str:
    line = text.splitlines()[0].strip()
    for mark in "。！？!?；;":
        head = line.split(mark, 1)[0]
        if 4 <= len(head) < len(line):
            line = head
    return line if len(line) <= 40 else f"{line[:39]}…"


def _turn(key: UUID) -> int:
    """Let two tries with one key go one after the other, and draw the next serial number.

    One statement for both; a number drawn by a second try is left unused.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s), nextval('cases_number_seq')", [key.int >> 65]
        )
        return int(cursor.fetchone()[1])


def _token(case_id: UUID) -> str:
    return numbers.query_token(settings.SECRET_KEY.encode(), case_id)


def _first_step(case: Case, doing: Doing, request: Request) -> Step:
    by_reporter = not request.on_behalf
    return Step.objects.create(
        case_id=case.pk,
        seq=1,
        at=doing.now,
        action=Action.OPEN,
        to_state=State.REGISTERED,
        actor_id=doing.viewer.user_id,
        actor_name="" if by_reporter or doing.viewer.is_system else doing.viewer.name,
        actor_role="system" if doing.viewer.is_system else _first_role(doing.viewer),
        relation=Actor.REPORTER if by_reporter else Actor.TRIAGE,
        channel=doing.channel,
        data=_first_data(case, request),
        key=doing.key,
    )


def _first_data(case: Case, request: Request) -> dict[str, object]:
    data: dict[str, object] = {"round": 1, "on_behalf": request.on_behalf, "safety": case.safety}
    return {**data, "media_url": request.media_url} if request.media_url else data


def _first_role(viewer: Viewer) -> str:
    return next(iter(sorted(viewer.roles)), "")


def _receipt(case: Case) -> Receipt:
    """Return the receipt of a case; only a code that opens it is shown."""
    keys = (key.encode() for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    usable = (key for key in keys if len(key) >= numbers.MIN_SECRET_BYTES)
    codes = (numbers.query_token(key, case.pk) for key in usable)
    right = (code for code in codes if numbers.token_matches(code, case.token_hash))
    return Receipt(case_id=case.pk, number=case.number, token=next(right, ""), due_at=case.due_at)
