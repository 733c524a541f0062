"""Version 1 of the interface."""

from __future__ import annotations

from onegrid.api import (
    calls,
    deeds_files,
    deeds_joint,
    deeds_outreach,
    doings,
    duties,
    endpoints,
    estates,
    places,
    problems,
    similar,
)
from onegrid.api.description import Described

api = Described(
    title="Onegrid",
    version="1",
    description=(
        "Open cases, follow them and act on them. Every request carries a bearer token; writing "
        "requests carry an Idempotency-Key (a UUID), and the same key never does a thing twice. "
        "Errors are application/problem+json (RFC 9457) in the language of Accept-Language."
    ),
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
)
api.add_router("", endpoints.router)
api.add_router("", similar.router)
api.add_router("", doings.router)
api.add_router("", deeds_files.router)
api.add_router("", deeds_outreach.router)
api.add_router("", calls.router)
api.add_router("", duties.router)
api.add_router("", places.router)
api.add_router("", estates.router)
api.add_router("", deeds_joint.router)
problems.install(api)
