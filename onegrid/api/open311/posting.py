"""Take what another application reports, and what it has heard since: one form, one step."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import uuid4, uuid5

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from onegrid.accounts.viewer import Viewer
from onegrid.api.open311 import reading
from onegrid.api.open311.formats import Told, answer, known, moment
from onegrid.api.open311.services import language, service
from onegrid.cases import actions, queries
from onegrid.cases.terms import Channel
from onegrid.common.refusals import Invalid

#: Service of requests that nobody has sorted yet.
OTHER = "other"
_MEDIA_MAX = 1_000
_NAME_MAX = 40


def report(request: HttpRequest, form: str) -> HttpResponse:
    """Open a case and answer with its number.

    Parameters are read from the form and, for clients made from the Swagger file of the standard,
    from the query as well; the form counts.
    """
    given = _given(request)
    viewer = reading.reporter_of(request, given)
    asked = _request(viewer, given)
    key = request.headers.get("Idempotency-Key", "")
    receipt = actions.open_case(
        viewer=viewer,
        request=asked,
        now=request.now,  # type: ignore[attr-defined]
        key=reading.uuid(key, "open311.idempotency") if key else uuid4(),
    )
    due = receipt.due_at
    promised = _("Promised by %(time)s.") % {"time": moment(due)} if due else ""
    told = known(service_request_id=receipt.number, service_notice=promised)
    return answer(Told("service_requests", [told]), form)


def update(request: HttpRequest, form: str) -> HttpResponse:
    """Keep what another application has heard on a request; a city that extends the standard does.

    Those who handle the case read the words; they alone say how it stands, so `status` is read but
    closes nothing. The same `update_id` of one key is kept once.
    """
    given = _given(request)
    viewer = reading.reporter_of(request, given)
    said = _text(given, "description")
    named = _text(given, "update_id")
    if not (said and named):
        missing = "update_id" if said else "description"
        raise Invalid("open311.missing", field=missing, name=missing)
    if given.get("status", "open").lower() not in {"open", "closed"}:
        raise Invalid("open311.status", field="status")
    number = _text(given, "service_request_id")
    case_id = queries.case_id_of(number)
    now, key = request.now, uuid5(case_id, f"{viewer.user_id}/{named}")  # type: ignore[attr-defined]
    actions.repeat(case_id=case_id, doing=actions.Doing(viewer, now, key, Channel.API), text=said)
    told = known(update_id=named, service_request_id=number)
    return answer(Told("service_request_updates", [told]), form)


def _given(request: HttpRequest) -> QueryDict:
    """Return the parameters of a call that writes, once its caller is counted."""
    given = request.GET.copy()
    for name, values in request.POST.lists():
        given.setlist(name, values)
    reading.check_caller(request, given)
    return given


def _request(viewer: Viewer, given: QueryDict) -> actions.Request:
    code = _text(given, "service_code")
    if not code:
        raise Invalid("open311.no_service_code", field="service_code")
    category = service(code)
    return actions.Request(
        text=_text(given, "description") or category.label(language()),
        place=_place(given),
        category_code=code,
        reporter=_reporter(given),
        on_behalf=viewer.is_staff,
        language=language(),
        channel=Channel.API,
        media_url=_media_url(given),
        answers=_answers(given),
    )


def _text(given: QueryDict, name: str) -> str:
    return reading.storable(given.get(name, "").strip(), name)


def _place(given: QueryDict) -> actions.Place:
    """Read where it is: a known address before a point before words."""
    words, point = _text(given, "address_string"), [_text(given, name) for name in ("lat", "long")]
    if known_as := _text(given, "address_id"):
        building = reading.uuid(known_as, "open311.address_id")
        return actions.Place(address=words, building_id=building)
    if any(point):
        lat, lon = (reading.degrees(value) for value in point)
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise Invalid("open311.half_point", field="lat")
        return actions.Place(address=words, lon=lon, lat=lat)
    if not words:
        raise Invalid("open311.place", field="lat")
    return actions.Place(address=words)


def _reporter(given: QueryDict) -> actions.Reporter:
    """Read who asks; mail address, device and account of the other application are not kept."""
    first, last = _text(given, "first_name"), _text(given, "last_name")
    name = f"{first} {last}".strip() if (first + last).isascii() else last + first
    return actions.Reporter(name=name[:_NAME_MAX], phone=_text(given, "phone"))


def _media_url(given: QueryDict) -> str:
    url = _text(given, "media_url")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        fits = False
    if not fits or len(url) > _MEDIA_MAX or any(letter.isspace() for letter in url):
        raise Invalid("open311.media_url", field="media_url")
    return url


def _answers(given: QueryDict) -> dict[str, list[str]]:
    """Read ``attribute[CODE]=…``, several times or with ``[]`` where several may be chosen."""
    found: dict[str, list[str]] = {}
    for name in given:
        if not name.startswith("attribute["):
            continue
        code = reading.storable(name[len("attribute[") :].removesuffix("[]"), "attribute")
        values = [reading.storable(value, "attribute") for value in given.getlist(name)]
        found.setdefault(code.removesuffix("]"), []).extend(values)
    return found
