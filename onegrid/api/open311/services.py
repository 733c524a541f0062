"""Discovery, and what can be reported: services and their attributes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from onegrid.accounts.queries import county_name
from onegrid.api.open311 import reading
from onegrid.api.open311.formats import Told, answer, known
from onegrid.cases.questions import QuestionRow, questions_of
from onegrid.cases.reference import CategoryRow, categories
from onegrid.common.refusals import NotFound

#: When the interface last changed in a way that callers notice.
CHANGESET = "2026-11-23T00:00:00+08:00"
_SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


@require_safe
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """Say where this interface is and which formats it speaks."""
    reading.check_caller(request, {})
    endpoint = {
        "specification": _SPECIFICATION,
        "url": request.build_absolute_uri("/open311/v2"),
        "changeset": CHANGESET,
        "type": "test" if settings.DEMO else "production",
        "formats": ["text/xml", "application/json"],
    }
    content = {
        "changeset": CHANGESET,
        "contact": f"{county_name()} {request.build_absolute_uri('/help/')}",
        "key_service": request.build_absolute_uri("/account/tokens/"),
        "endpoints": [endpoint],
    }
    return answer(Told("discovery", content), form)


@require_safe
def services(request: HttpRequest, form: str) -> HttpResponse:
    """List what can be reported."""
    reading.check_caller(request, request.GET)
    content = [_service(row) for row in offered().values()]
    return answer(Told("services", content), form)


@require_safe
def definition(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Name the attributes of a service."""
    reading.check_caller(request, request.GET)
    rows = questions_of(service(code))
    attributes = [_attribute(row, order) for order, row in enumerate(rows, start=1)]
    return answer(
        Told("service_definition", {"service_code": code, "attributes": attributes}), form
    )


def offered() -> dict[str, CategoryRow]:
    """Return the categories that can be reported, by code: groups are not, their members are."""
    rows = categories.get().values()
    groups = {row.parent_id for row in rows}
    return {row.code: row for row in rows if row.id not in groups}


def service(code: str) -> CategoryRow:
    """Return the category of a service.

    Raises:
        NotFound: there is none.
    """
    found = offered().get(code)
    if found is None:
        raise NotFound("open311.service", code=code[:40])
    return found


def language() -> str:
    """Return the language of this answer."""
    return get_language() or settings.LANGUAGE_CODE


def _service(row: CategoryRow) -> dict[str, Any]:
    above = categories.get().get(row.parent_id) if row.parent_id else None
    return known(
        service_code=row.code,
        service_name=row.label(language()),
        metadata=bool(questions_of(row)),
        type="realtime",
        keywords=",".join(row.words),
        group=above.label(language()) if above else "",
    )


def _attribute(row: QuestionRow, order: int) -> dict[str, Any]:
    values = [{"key": key, "name": name} for key, name in row.options(language())]
    return known(
        variable=row.asked.asks,
        code=row.asked.code,
        datatype=row.asked.datatype.value,
        required=row.asked.required and row.asked.asks,
        datatype_description=row.told(language()),
        order=order,
        description=row.label(language()),
        **({"values": values} if values else {}),
    )
