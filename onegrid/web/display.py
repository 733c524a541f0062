"""The choices of a reader: language and display; works without JavaScript."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from onegrid.accounts.actions import change_language
from onegrid.cases import actions as cases
from onegrid.web.middleware import Request

_CHOICES = {"elder": frozenset({"0", "1"}), "theme": frozenset({"auto", "light", "dark"})}
_YEAR = 31_536_000


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep ``elder`` and ``theme`` as given and go back to the page; other values are ignored."""
    response = HttpResponseRedirect(_back(request))
    for name, allowed in _CHOICES.items():
        value = request.POST.get(name, "")
        if value in allowed:
            response.set_cookie(
                name, value, max_age=_YEAR, secure=settings.HTTPS, samesite="Lax", httponly=False
            )
    return response


def language(request: Request) -> HttpResponse:
    """Keep the language in a cookie, and for notices in the account of whoever is signed in."""
    if request.method == "POST":
        wanted = request.POST.get("language", "")
        change_language(viewer=request.viewer, language=wanted, now=request.now)
        cases.change_language(viewer=request.viewer, language=wanted)
    return set_language(request)


def _back(request: HttpRequest) -> str:
    """Return the page to go back to, of this site only."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if ours else "/"
