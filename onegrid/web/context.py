"""What every template may use."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from onegrid.accounts.queries import county_name
from onegrid.cases.queries.oversight import unread
from onegrid.common.tenancy.context import tenant_or_none


def page(request: HttpRequest) -> dict[str, Any]:
    """Return viewer, county and display choices (cookies, so that pages arrive as chosen).

    What menus count is asked for once, and only by pages that show it.
    """
    viewer = getattr(request, "viewer", None)
    return {
        "viewer": viewer,
        "reminders_unread": cache(lambda: unread(viewer) if viewer is not None else 0),
        "now": getattr(request, "now", None),
        "county_name": county_name() if tenant_or_none() is not None else "",
        "demo": settings.DEMO,
        "demo_phone_url": settings.DEMO_PHONE_URL,
        "elder": request.COOKIES.get("elder") == "1",
        "theme": request.COOKIES.get("theme", "auto"),
    }
