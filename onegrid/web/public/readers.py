"""Read one page of the report into the draft; what cannot be used is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from math import isfinite
from uuid import UUID

from django.utils.translation import gettext as _

from onegrid.accounts.terms import Role
from onegrid.cases.actions.files import prepare
from onegrid.cases.actions.opening import MAX_ADDRESS, MAX_PARTS
from onegrid.cases.questions import FIELD, questions_by_code, read
from onegrid.cases.reference import category_by_code
from onegrid.cases.request import numbers_only
from onegrid.cases.terms import MAX_TEXT, FileKind, Kind
from onegrid.common.refusals import Invalid, TooLarge
from onegrid.core import geo
from onegrid.grids import queries as grids
from onegrid.web.middleware import Request
from onegrid.web.public.draft import Draft, Who
from onegrid.web.uploads import PHOTOS_MOST, photos_of, voice_of

Reader = Callable[[Request, Draft], None]
MAX_NAME = 40


def read_what(request: Request, draft: Draft) -> None:
    """Take the category, or the wish to leave it to us, and a first photo."""
    code = request.POST.get("category", draft.category)
    if code and category_by_code(code) is None:
        raise Invalid("case.category_unknown", field="category", code=code[:40])
    add_files(request, draft)
    draft.category, draft.category_seen = code, True
    asked = {row.asked.code for row in questions_by_code(code)}
    draft.answers = {name: said for name, said in draft.answers.items() if name in asked}


def read_place(request: Request, draft: Draft) -> None:
    """Take a building or area of the list, a point of the map, or words; check that it is here."""
    if request.POST.get("building"):
        _read_building(request, draft)
    elif request.POST.get("area"):
        _read_area(request, draft)
    else:
        _read_point_or_words(request, draft)


def _read_point_or_words(request: Request, draft: Draft) -> None:
    address = request.POST.get("address", "").strip()
    lon, lat = request.POST.get("lon", "").strip(), request.POST.get("lat", "").strip()
    system = request.POST.get("system", "wgs84")
    if len(address) > MAX_ADDRESS:
        raise Invalid("place.address_too_long", field="address", most=MAX_ADDRESS)
    if lon or lat:
        _check_point(request, lon, lat, system)
    elif not address:
        raise Invalid("place.missing", field="address")
    if draft.building and lon and address == draft.address:
        address = ""
    if lon or address != draft.address:
        draft.building = ""
    if lon or not address.startswith(_area_label(request, draft)):
        draft.area = ""
    draft.lon, draft.lat, draft.system, draft.address = lon, lat, system, address


def _read_building(request: Request, draft: Draft) -> None:
    found = grids.building(building_id=_uuid(request.POST["building"]), on=request.now)
    draft.building, draft.address = str(found.id), found.address
    draft.lon = draft.lat = draft.area = ""


def _read_area(request: Request, draft: Draft) -> None:
    """Take a community or street as a whole: what is known of a place without an outline."""
    area_id = _uuid(request.POST["area"])
    draft.address = grids.place_of_area(area_id=area_id, on=request.now).label
    draft.area = str(area_id)
    draft.lon = draft.lat = draft.building = ""


def _area_label(request: Request, draft: Draft) -> str:
    """Return the words that an address begins with as long as it lies in the area chosen."""
    if not draft.area:
        return ""
    return grids.place_of_area(area_id=UUID(draft.area), on=request.now).label


def _check_point(request: Request, lon: str, lat: str, system: str) -> None:
    if system not in set(geo.System):
        known = ", ".join(geo.System)
        raise Invalid("place.unknown_system", field="address", system=system[:20], known=known)
    try:
        point = float(lon), float(lat)
    except ValueError as error:
        raise Invalid("place.not_a_number", field="address") from error
    if not all(isfinite(value) for value in point):
        raise Invalid("place.not_a_number", field="address")
    x, y = geo.convert(*point, system)
    try:
        grids.place_of(tenant_id=request.tenant_id, lon=x, lat=y, on=request.now)
    except Invalid as refusal:
        raise Invalid(refusal.code, field="address", **refusal.params) from refusal


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("place.unknown_building", field="address") from error


def read_text(request: Request, draft: Draft) -> None:
    """Take one text per matter, the kind of message, answers, photos and a voice note."""
    _read_words(request, draft)
    if "more" not in request.POST:
        read(category_by_code(draft.category), draft.answers)


def typed_answers(request: Request, draft: Draft) -> dict[str, list[str]]:
    """Return what was typed under the further questions of the category."""
    codes = (row.asked.code for row in questions_by_code(draft.category) if row.asked.asks)
    typed = {code: request.POST.getlist(f"{FIELD}{code}") for code in codes}
    return {code: values for code, values in typed.items() if any(values)}


def _read_words(request: Request, draft: Draft) -> None:
    texts = typed_texts(request)
    whole = "\n\n".join(text.strip() for text in texts if text.strip())
    if len(whole) > MAX_TEXT:
        raise TooLarge("case.text_too_long", field="text", most=MAX_TEXT, got=len(whole))
    if len(texts) > MAX_PARTS:
        raise Invalid("case.parts", field="text", most=MAX_PARTS)
    kind = request.POST.get("kind", draft.kind)
    if kind not in Kind.values:
        raise Invalid("case.kind_unknown", field="kind")
    add_files(request, draft)
    draft.texts, draft.kind = texts or [""], kind
    if whole or "more" in request.POST:
        return
    if not any(item.kind == FileKind.VOICE for item in draft.kept):
        raise Invalid("case.text_empty", field="text")
    draft.texts = [_("Voice message, please listen to it.")]


def typed_texts(request: Request) -> list[str]:
    """Return the texts as typed, one per matter, with plain line ends."""
    return [text.replace("\r\n", "\n") for text in request.POST.getlist("text")]


def read_who(request: Request, draft: Draft) -> None:
    """Take how the reporter wants to be known."""
    who = request.POST.get("who", "")
    name, phone = request.POST.get("name", "").strip(), request.POST.get("phone", "").strip()
    if who not in {Who.ANONYMOUS, Who.CONTACT, Who.ACCOUNT}:
        raise Invalid("report.who", field="who")
    if who == Who.ACCOUNT and not request.viewer.has(Role.RESIDENT):
        raise Invalid("report.signed_out", field="who")
    if who == Who.CONTACT:
        _check_contact(name, phone)
    draft.who = who
    draft.name, draft.phone = (name, phone) if who == Who.CONTACT else ("", "")
    draft.confidential = request.POST.get("confidential") == "1"


def _check_contact(name: str, phone: str) -> None:
    digits = numbers_only(phone)
    if not digits:
        raise Invalid("report.phone_missing", field="phone")
    if not (digits.lstrip("+").isdigit() and 5 <= len(digits) <= 16):
        raise Invalid("case.phone", field="phone")
    if len(name) > MAX_NAME:
        raise Invalid("report.name_too_long", field="name", most=MAX_NAME)


def add_files(request: Request, draft: Draft) -> None:
    """Clean and keep what was sent along; the same file counts once."""
    files = list(draft.files)
    for upload in (*photos_of(request), *voice_of(request)):
        kept = asdict(prepare(upload))
        if kept["kind"] == FileKind.VOICE:
            files = [item for item in files if item["kind"] != FileKind.VOICE]
        if kept["sha256"] not in {item["sha256"] for item in files}:
            files.append(kept)
    if sum(item["kind"] == FileKind.PHOTO for item in files) > PHOTOS_MOST:
        raise Invalid("request.too_many_photos", field="photos", most=PHOTOS_MOST)
    draft.files = files
