"""What happens around every page: headers, county and transaction, viewer, refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from onegrid.accounts import queries as accounts
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Refusal
from onegrid.common.tenancy.context import tenant_tx
from onegrid.web import errors, gate, health

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_PERMISSIONS = (
    "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=(), browsing-topics=()"
)


class Request(HttpRequest):
    """The request as pages see it; for annotations only."""

    viewer: Viewer
    tenant_id: int
    now: datetime


class SecurityHeaders:
    """Headers that Django does not set by itself; pages of signed-in people are never stored."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("Server", "")  # else the server names itself
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        viewer = getattr(request, "viewer", None)
        if viewer is not None and viewer.user_id is not None:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class TenantTransaction:
    """One request, one county, one transaction; everything is undone when the answer is an error.

    It stands outside the session so that lazy templates are rendered inside the transaction, and it
    undoes by status because Django has already turned exceptions into answers at this point. A page
    whose refusal must be remembered (a wrong sign-in code) says so by ``response.keep_writes``.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.directory = accounts.CountyDirectory()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.now = timezone.now()  # type: ignore[attr-defined]
        if request.path_info in health.PATHS and request.method in {"GET", "HEAD"}:
            return health.answer(request)
        try:
            return self._serve(request)
        except (OperationalError, InterfaceError):
            return errors.unavailable(request)

    def _serve(self, request: HttpRequest) -> HttpResponseBase:
        host = request.get_host().rsplit(":", 1)[0].lower()
        tenant_id = self.directory.county_at(
            host=host,
            default=settings.DEFAULT_TENANT,
            now=request.now,  # type: ignore[attr-defined]
        )
        if tenant_id is None:
            return errors.no_county(request)
        request.tenant_id = tenant_id  # type: ignore[attr-defined]
        with tenant_tx(tenant_id):
            response = self.get_response(request)
            if isinstance(response, HttpResponse) and hasattr(response, "render"):
                response = response.render()
            if response.status_code >= 400 and not getattr(response, "keep_writes", False):
                transaction.set_rollback(True)
            return response


class ViewerMiddleware:
    """Sets ``request.viewer``; an account of another county is nobody here."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        request.viewer = self._viewer(request)
        return self.get_response(request)

    def _viewer(self, request: Request) -> Viewer:
        user = request.user
        language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
        if user.is_authenticated and gate.has_run_out(request):
            user = request.user
        if not user.is_authenticated or user.tenant_id != request.tenant_id:
            return Viewer.anonymous(request.tenant_id, language)
        verified = not user.is_staff_account or errors.second_factor_shown(request)
        return accounts.viewer_of(user=user, now=request.now, verified=verified)


class RefusalMiddleware:
    """Turns a typed refusal that no page has handled into its page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return errors.refused(request, exception)
        if isinstance(exception, OperationalError | InterfaceError):
            return errors.unavailable(request)
        return None
