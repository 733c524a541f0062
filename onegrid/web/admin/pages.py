"""What the administrators' pages share: the way in, paging."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from onegrid.accounts.terms import ADMIN_ROLES, Role
from onegrid.grids.queries import area_names
from onegrid.organisation.queries import units
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request


class Scoped(Protocol):
    """A row that says where something holds."""

    @property
    def area_id(self) -> UUID | None: ...

    @property
    def unit_id(self) -> UUID | None: ...


_Row = TypeVar("_Row", bound=Scoped)

_FIRST = {
    Role.SYSTEM_ADMIN: "admin:accounts",
    Role.SECURITY_ADMIN: "admin:roles",
    Role.AUDIT_ADMIN: "admin:looks",
}


@for_roles(*ADMIN_ROLES)
@require_GET
def home(request: Request) -> HttpResponse:
    """Lead to the administrator's first page."""
    return redirect(next(name for role, name in _FIRST.items() if request.viewer.has(role)))


def page_of(request: HttpRequest) -> int:
    """Return the page asked for; whatever is no page is the first one."""
    typed = request.GET.get("page", "1")
    known = typed.isascii() and typed.isdecimal() and len(typed) < 6
    return max(1, int(typed)) if known else 1


def search_of(request: HttpRequest) -> str:
    """Return the words searched for, without what no text holds."""
    return request.GET.get("search", "").replace("\0", "").strip()[:64]


def paging(*, page: int, total: int, size: int) -> dict[str, Any]:
    """Return what the list's foot shows."""
    return {"page": page, "pages": max(1, -(-total // size)), "total": total}


def placed(rows: Iterable[_Row]) -> list[tuple[_Row, str]]:
    """Return rows with the name of the area or unit where they hold."""
    names, found, county = area_names(), units(), _("whole county")
    pairs = []
    for row in rows:
        if row.unit_id is not None:
            unit = found.get(row.unit_id)
            where = unit.name if unit else ""
        else:
            where = county if row.area_id is None else names.get(row.area_id, "")
        pairs.append((row, where))
    return pairs
