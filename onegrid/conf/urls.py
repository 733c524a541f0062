"""Addresses: one include per audience."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("onegrid.api.urls")),
    path("", include("onegrid.reports.urls")),
]
