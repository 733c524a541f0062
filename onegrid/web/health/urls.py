"""Addresses of the probes."""

from django.urls import path
from django.views.decorators.http import require_safe

from onegrid.web.health import answer

urlpatterns = [
    path("healthz", require_safe(answer), name="healthz"),
    path("readyz", require_safe(answer), name="readyz"),
]
