"""Who calls: a bearer token, its account and its scopes; and how often it may open cases."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from ninja.security import HttpBearer

from onegrid.accounts.queries import hash_token, token_viewer
from onegrid.accounts.terms import TokenScope
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Forbidden, Throttled


class ApiRequest(HttpRequest):
    """The request as endpoints see it; for annotations only."""

    viewer: Viewer
    scopes: frozenset[str]
    token: str
    now: datetime


class Bearer(HttpBearer):
    """Checks the token and that it has one of the scopes; no scope named: any token will do."""

    openapi_description = "A token of an account; its scopes say what it may be used for."

    def __init__(self, *scopes: TokenScope) -> None:
        super().__init__()
        self.scopes = frozenset(scope.value for scope in scopes)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Set ``viewer`` and ``scopes`` on the request.

        Raises:
            Forbidden: the token is good but lacks the scope.
        """
        now: datetime = request.now  # type: ignore[attr-defined]
        found = token_viewer(token=token, now=now)
        if found is None:
            return None
        viewer, scopes = found
        if self.scopes and scopes.isdisjoint(self.scopes):
            raise Forbidden("api.scope", scope=" / ".join(sorted(self.scopes)))
        if "Accept-Language" in request.headers:
            viewer = replace(viewer, language=get_language() or viewer.language)
        request.viewer, request.scopes = viewer, scopes  # type: ignore[attr-defined]
        request.token = token  # type: ignore[attr-defined]
        return viewer


class Throttle:
    """A bucket per token that fills up evenly; each web process counts for itself.

    It is kept in memory so that counting costs no statement and survives the rollback of a refused
    request. The oldest buckets are forgotten first; a forgotten bucket is a full one.
    """

    MOST_TOKENS = 10_000

    def __init__(self, per_minute: Callable[[], int], code: str = "api.throttled") -> None:
        """Name the limit, which is read at each call, and the refusal."""
        self._per_minute = per_minute
        self._code = code
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, token: str, *, now: datetime) -> None:
        """Take one drop out of a token's bucket.

        Raises:
            Throttled: it is empty; ``seconds`` says when there will be one.
        """
        limit = self._per_minute()
        if limit <= 0:
            return
        name, moment = hash_token(token), now.timestamp()
        level, filled_at = self._buckets.pop(name, (float(limit), moment))
        level = min(limit, level + max(0.0, moment - filled_at) * limit / 60)
        enough = level >= 1
        self._buckets[name] = (level - 1 if enough else level, moment)
        while len(self._buckets) > self.MOST_TOKENS:
            self._buckets.popitem(last=False)
        if not enough:
            raise Throttled(self._code, seconds=max(1, round((1 - level) * 60 / limit + 0.5)))

    def clear(self) -> None:
        """Forget every bucket."""
        self._buckets.clear()


opening = Throttle(lambda: settings.API_OPEN_PER_MINUTE)
