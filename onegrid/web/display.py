"""The display choices of a reader, kept in cookies; works without JavaScript."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

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


def _back(request: HttpRequest) -> str:
    """Return the page to go back to, of this site only."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if ours else "/"
